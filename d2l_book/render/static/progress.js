/* What a reader has read and predicted, kept on this device and shown in the side bar. */
(function () {
  "use strict";

  const KEY = "d2l-progress";
  const book = new URL("../", document.currentScript.src).href;

  /** The name of the page at an address; nothing outside the book. */
  function nameOf(address) {
    const [page] = address.split(/[?#]/);
    return page.startsWith(book) ? page.slice(book.length).replace(/\.html$/, "") : null;
  }

  /** Everything that is kept: page -> { read, of, first: question -> whether it was right }. */
  function all() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      return kept && typeof kept === "object" ? kept : {};
    } catch {
      return {}; // storage may be forbidden, as it is for some files
    }
  }

  function write(kept) {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Then it is forgotten with the page.
    }
    show(kept);
  }

  const page = nameOf(location.href);
  let here = { ...all()[page] };

  /** Keep something about this page; other pages may be open beside it. */
  function keep(change) {
    here = { ...here, ...change };
    write({ ...all(), [page]: here });
  }

  function said(kept) {
    const { read, of, first } = kept ?? {};
    const right = Object.values(first ?? {}).filter(Boolean).length;
    const parts = [];
    if (read) parts.push("read");
    if (first && Object.keys(first).length) parts.push(`${right} of ${of} predicted right`);
    return parts.join(", ");
  }

  /** Say below the name of each page in the side bar how far the reader has come with it. */
  function show(kept) {
    for (const link of document.querySelectorAll(".bd-links a.reference.internal")) {
      const name = link.matches(".current") && link.getAttribute("href") === "#" ? page : nameOf(link.href);
      const text = Object.hasOwn(kept, name) ? said(kept[name]) : "";
      let mark = link.querySelector(".d2l-progress");
      if (!text) {
        mark?.remove();
        continue;
      }
      mark ??= link.appendChild(Object.assign(document.createElement("small"), { className: "d2l-progress" }));
      mark.textContent = text;
    }
  }

  /** A page counts as read when its end has been on the screen. */
  function watch() {
    const end = document.querySelector(".bd-article .d2l-predict") && document.querySelector(".prev-next-area");
    if (!end || here.read) return;
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      watcher.disconnect();
      keep({ read: true });
    });
    watcher.observe(end);
  }

  window.d2lProgress = {
    get: () => here,
    keep,
    forgetAll() {
      here = {};
      write({});
      window.dispatchEvent(new Event("d2l-forgotten"));
    },
  };
  show(all());
  watch();
})();
