/* Read, or read with code. Loaded before the page is drawn, so that it does not jump. */
(function () {
  "use strict";

  const KEY = "d2l-reads";
  const root = document.documentElement;

  /** What a browser keeps may be forbidden, as it is for some files. */
  function remembered() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function remember(way) {
    try {
      localStorage.setItem(KEY, way);
    } catch {
      // Then it is chosen anew on the next page.
    }
  }

  root.dataset.d2lReads = remembered() === "code" ? "code" : "text";

  function show(way) {
    root.dataset.d2lReads = way;
    for (const button of document.querySelectorAll("[data-d2l-reads]:not(html)")) {
      button.setAttribute("aria-pressed", String(button.dataset.d2lReads === way));
    }
    window.dispatchEvent(new Event("resize")); // charts and scrollers measure anew
  }

  /** Keep the line that the reader looks at where it is while code above it comes or goes. */
  function choose(way, anchor) {
    const before = anchor.getBoundingClientRect().top;
    show(way);
    remember(way);
    window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  }

  /** Show or hide the code of the cells that a line stands for. */
  function unfold(line, open) {
    for (const name of line.getAttribute("aria-controls").split(" ")) {
      document.getElementById(name).classList.toggle("d2l-unfolded", open);
    }
    line.setAttribute("aria-expanded", String(open));
  }

  /** Unfold the cell that holds the target of the address. */
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const cell = target?.closest(".cell");
    if (!cell) return;
    const line = cell.id && document.querySelector(`.d2l-fold[aria-controls~="${cell.id}"]`);
    if (line) unfold(line, true);
    target.scrollIntoView();
  }

  document.addEventListener("click", (event) => {
    const way = event.target.closest?.("button[data-d2l-reads]");
    if (way) choose(way.dataset.d2lReads, way);
    const fold = event.target.closest?.(".d2l-fold");
    if (fold) unfold(fold, fold.getAttribute("aria-expanded") !== "true");
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll(".d2l-reading")) box.hidden = false;
    show(root.dataset.d2lReads);
    reveal();
  });
  window.addEventListener("hashchange", reveal);
  // Cells that run are shown, whatever the reader has chosen for the pages that are only read.
  window.addEventListener("d2l-reads", (event) => show(event.detail));
})();
