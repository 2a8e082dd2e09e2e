/* Small courtesies that style sheets cannot do; the book reads well without them. */
(function () {
  "use strict";

  // Opened as a file, a page may not read other pages, so search results come without excerpts.
  const isFile = location.protocol === "file:";
  if (isFile && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  /** Opened as a file, a page may not download its neighbours either, but it may run a script. */
  function downloadBesideUs(event) {
    const link = event.target.closest?.("a.btn-download-source-button");
    if (!isFile || !link) return;
    event.preventDefault();
    const script = document.createElement("script");
    script.src = `${link.getAttribute("href")}.js`;
    script.onload = () => {
      const save = document.createElement("a");
      save.href = URL.createObjectURL(new Blob([window.d2lSource], { type: "application/json" }));
      save.download = link.getAttribute("href").split("/").pop();
      save.click();
      script.remove();
    };
    document.head.append(script);
  }
  document.addEventListener("click", downloadBesideUs);

  /** The theme's two buttons with handlers in attributes, which the page's policy does not run. */
  function pressThemeButton(event) {
    if (event.target.closest?.(".btn-fullscreen-button")) window.toggleFullScreen?.();
    else if (event.target.closest?.(".btn-download-pdf-button")) window.print();
  }
  document.addEventListener("click", pressThemeButton);

  const SCROLLERS =
    ".bd-article .highlight pre, .bd-article .cell_output .output, .bd-article div.math, " +
    ".bd-article mjx-container[display], .bd-article .pst-scrollable-table-container, " +
    ".d2l-figure, .d2l-chart-plot";

  /** Let the keyboard reach, and thus scroll, what is wider than its box, and say what was reached. */
  const named = new WeakSet();
  function focusScrollers() {
    for (const box of document.querySelectorAll(SCROLLERS)) {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
        if (box.hasAttribute("role") || box.matches("figure")) continue;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", "scrolls sideways");
        named.add(box);
      } else if (box.getAttribute("tabindex") === "0") {
        box.removeAttribute("tabindex");
        if (!named.delete(box)) continue;
        for (const attribute of ["role", "aria-label"]) box.removeAttribute(attribute);
      }
    }
  }

  /** Unfold whatever hides the target of the address. */
  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) {
      box.open = true;
    }
  }

  /** Show the address of what the reader has just unfolded, to be kept or passed on. */
  function showAddress(event) {
    const box = event.target.closest?.(".bd-article summary")?.parentElement;
    if (!box?.id || box.closest(".d2l-predict")) return; // it would tell what is right
    const page = location.href.split("#")[0];
    if (!box.open) history.replaceState(history.state, "", `${page}#${box.id}`);
    else if (location.hash === `#${box.id}`) history.replaceState(history.state, "", page);
  }
  document.addEventListener("click", showAddress);

  /** Print everything, then fold it back. */
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll(".bd-article details:not([open])")];
    folded.forEach((box) => (box.open = true));
  });
  window.addEventListener("afterprint", () => folded.forEach((box) => (box.open = false)));

  window.addEventListener("hashchange", reveal);
  window.addEventListener("resize", focusScrollers);
  document.addEventListener("toggle", focusScrollers, true);
  window.addEventListener("load", () => {
    reveal();
    focusScrollers();
    window.MathJax?.startup?.promise?.then(focusScrollers);
  });
})();
