/* Keys of one letter: n and p turn pages, y copies code, / searches, ? lists them. They can be switched off, and a
   field in which one types never gives them up. */
(function () {
  "use strict";

  const KEY = "d2l-keys";
  const PAGES = [
    ["n", "the next page", ".prev-next-area a.right-next"],
    ["p", "the page before", ".prev-next-area a.left-prev"],
  ];
  const search = new URL("../search.html", document.currentScript.src).href;
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  function areOn() {
    try {
      return localStorage.getItem(KEY) !== "off";
    } catch {
      return true;
    }
  }
  let on = areOn();

  function turn(value) {
    on = value;
    try {
      localStorage.setItem(KEY, on ? "on" : "off");
    } catch {
      // Then it holds for this page.
    }
  }

  let dialog = null;
  function build() {
    const rows = [...PAGES.map(([key, what]) => [key, what]), ["y", "copy the code in view"], ["/", "search"], ["?", "this list"]];
    const list = make("dl", {}, ...rows.flatMap(([key, what]) => [
      make("dt", {}, make("kbd", { textContent: key })),
      make("dd", { textContent: what }),
    ]));
    const box = make("input", { type: "checkbox", checked: on });
    box.addEventListener("change", () => turn(box.checked));
    const forget = make("button", { type: "button", textContent: "Forget what I have read and predicted" });
    forget.addEventListener("click", () => {
      window.d2lProgress?.forgetAll();
      forget.textContent = "Forgotten";
    });
    const close = make("button", { type: "submit", textContent: "Close" });
    const form = make("form", { method: "dialog" },
      make("label", {}, box, " Keys work on this device"), forget, close);
    dialog = make("dialog", { className: "d2l-keys" },
      make("h2", { id: "d2l-keys", textContent: "Keys" }), list, form);
    dialog.setAttribute("aria-labelledby", "d2l-keys");
    document.body.append(dialog);
  }

  function help() {
    if (!dialog) build();
    if (!dialog.open) dialog.showModal();
  }

  function press(event) {
    if (!on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.composedPath()[0]; // also inside a figure's own tree
    if (at.isContentEditable || at.closest?.("input, select, textarea, dialog, [role=textbox]")) return;
    const page = PAGES.find(([key]) => key === event.key);
    if (page) document.querySelector(page[2])?.click();
    else if (event.key === "y") window.d2lCopy?.();
    else if (event.key === "/") location.href = search;
    else if (event.key === "?") help();
    else return;
    event.preventDefault();
  }
  document.addEventListener("keydown", press);

  const button = make("button", { type: "button", className: "d2l-keys-button", textContent: "Keys and progress" });
  button.addEventListener("click", help);
  (document.querySelector(".bd-footer-content") ?? document.querySelector(".prev-next-area"))?.append(button);

  /** Say something for a moment, also to who does not see it. */
  const told = make("span", { className: "d2l-copied", hidden: true });
  told.setAttribute("role", "status");
  document.body.append(told);
  let timer = 0;
  window.d2lTell = (text) => {
    clearTimeout(timer);
    told.hidden = false;
    told.textContent = text;
    timer = setTimeout(() => (told.hidden = true), 2000);
  };

  /** The sign beside a heading copies its address, where the browser lets it. */
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a.headerlink");
    if (!link) return;
    try {
      await navigator.clipboard.writeText(link.href);
    } catch {
      return; // the address bar has it
    }
    window.d2lTell("Link copied");
  });
})();
