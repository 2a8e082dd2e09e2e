/* Buttons that copy code. The Tab key passes them by, or half of its stops would be theirs: the key
   y copies the code that the reader has in view (see keys.js). */
(function () {
  "use strict";

  const SHORTLY = 2000; // milliseconds
  const buttons = [...document.querySelectorAll(".d2l-copy")];
  for (const button of buttons) button.hidden = false;

  /** Copy where the page may not use the clipboard: from a field that is selected for a moment. */
  function copyOldWay(text) {
    const field = document.createElement("textarea");
    const focused = document.activeElement;
    field.value = text;
    field.style.cssText = "position: fixed; opacity: 0";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    focused?.focus?.({ preventScroll: true });
    if (!done) throw new Error("refused");
  }

  async function copy(button) {
    const text = button.parentElement.querySelector("pre").textContent.replace(/\n$/, "");
    let said = "Copied";
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(text).catch(() => copyOldWay(text));
      else copyOldWay(text);
    } catch {
      said = "Not copied";
    }
    button.textContent = said;
    button.classList.add("d2l-copy-done");
    window.d2lTell?.(said === "Copied" ? button.ariaLabel.replace(/^Copy/, "Copied:") : said);
    setTimeout(() => {
      button.textContent = "Copy";
      button.classList.remove("d2l-copy-done");
    }, SHORTLY);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".d2l-copy");
    if (button) copy(button);
  });

  /** Copy the first code that begins in the window; without any, say so. */
  window.d2lCopy = () => {
    const header = document.querySelector(".bd-header-article")?.getBoundingClientRect().bottom ?? 0;
    const inView = buttons.find((button) => {
      const block = button.parentElement;
      const { top } = block.getBoundingClientRect();
      return block.checkVisibility() && top >= Math.max(header, 0) && top < window.innerHeight;
    });
    if (inView) copy(inView);
    else window.d2lTell?.("No code begins here");
  };
})();
