/* What the browser tests measure inside a page; each check lists what is wrong, as text. */
window.checks = {
  /** Open everything that is folded. */
  unfold() {
    for (const box of document.querySelectorAll(".bd-article details")) box.open = true;
  },

  chartsAreDrawn(theme) {
    return [...document.querySelectorAll("figure.d2l-chart")].every(
      (chart) => chart.clientWidth === 0 || (theme ?? chart.dataset.drawn) === chart.dataset.drawn,
    ) && [...document.querySelectorAll("figure.d2l-chart")].every(
      (chart) => chart.clientWidth === 0 || Boolean(chart.dataset.drawn),
    );
  },

  rawMathematics() {
    return [...document.querySelectorAll(".bd-article .math")]
      .filter((math) => !math.querySelector("mjx-container"))
      .concat(...document.querySelectorAll("mjx-merror, [data-mjx-error]"))
      .map((math) => math.textContent);
  },

  tooWide() {
    const limit = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth;
    if (wide <= limit) return [];
    const clips = (box) =>
      box &&
      box !== document.body &&
      (getComputedStyle(box).overflowX !== "visible" || clips(box.parentElement));
    return [...document.querySelectorAll(".bd-main *")]
      .filter((box) => box.getBoundingClientRect().right > limit + 1 && !clips(box.parentElement))
      .slice(0, 5)
      .map((box) => `${box.tagName}.${box.getAttribute("class")}: ${box.textContent.slice(0, 60)}`)
      .concat(`the page is ${wide} px wide`);
  },

  /** Text of the article whose contrast with what is behind it is below 4.5. */
  faintText() {
    const parse = (color) => (color.match(/[\d.]+/g) || []).map(Number);
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) =>
      0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const behind = (box) => {
      for (; box; box = box.parentElement) {
        const color = parse(getComputedStyle(box).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
      }
      return [255, 255, 255];
    };
    /** The last shape of a picture that is painted behind the middle of a text. */
    const paintedBehind = (text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      const shapes = text.closest("svg").querySelectorAll("path, rect, polygon, ellipse, circle");
      let color = null;
      for (const shape of shapes) {
        if (shape.compareDocumentPosition(text) !== Node.DOCUMENT_POSITION_FOLLOWING) continue;
        const style = getComputedStyle(shape);
        const box = shape.getBoundingClientRect();
        const covers = box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
        const fill = parse(style.fill);
        const opacity = style.opacity * style.fillOpacity * (fill[3] ?? 1);
        if (covers && fill.length >= 3 && opacity > 0.5) color = fill;
      }
      return color;
    };
    const skipped = "script, style, mjx-assistive-mml, a.headerlink, button";
    const found = new Map();
    const article = document.querySelector(".bd-article");
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const box = node.parentElement;
      const text = node.textContent.trim();
      if (!text || box.closest(skipped) || !box.checkVisibility({ visibilityProperty: true })) {
        continue;
      }
      const inPicture = box.closest("svg") !== null;
      const own = getComputedStyle(box)[inPicture ? "fill" : "color"];
      const under = (inPicture && paintedBehind(box)) || behind(box);
      const [high, low] = [luminance(parse(own)), luminance(under)].sort((x, y) => y - x);
      const ratio = (high + 0.05) / (low + 0.05);
      if (ratio < 4.5) {
        found.set(`${own} on ${under}: ${ratio.toFixed(2)}`, text.slice(0, 40));
      }
    }
    return [...found].map(([what, text]) => `${what} "${text}"`);
  },

  /** What scrolls sideways but cannot be reached, and so not scrolled, by keyboard. */
  unreachable() {
    return [...document.querySelectorAll(".bd-article *")]
      .filter(
        (box) =>
          ["auto", "scroll"].includes(getComputedStyle(box).overflowX) &&
          box.clientWidth > 0 &&
          box.scrollWidth > box.clientWidth + 1 &&
          box.tabIndex < 0 &&
          !box.querySelector("a, button, input, [tabindex='0']"),
      )
      .map((box) => `${box.tagName}.${box.className}: ${box.textContent.slice(0, 50)}`);
  },

  /** Charts in which nothing is drawn but axes and legends. */
  emptyCharts() {
    const drawn = ".role-mark :is(path:not([d='']), text:not(:empty), line, circle, rect)";
    return [...document.querySelectorAll(".d2l-chart-live svg")]
      .filter((svg) => svg.checkVisibility() && !svg.querySelector(drawn))
      .map((svg) => svg.getAttribute("aria-label"));
  },

  /** What moves or fades: transitions, animations, smooth scrolling. */
  moving() {
    return [...document.querySelectorAll("*")]
      .filter((box) => {
        const style = getComputedStyle(box);
        const lasts = (times) => times.split(",").some((time) => parseFloat(time) > 0);
        return (
          lasts(style.transitionDuration) ||
          style.animationName !== "none" ||
          style.scrollBehavior === "smooth"
        );
      })
      .map((box) => `${box.tagName}.${box.getAttribute("class")}`);
  },

  /** What paper has no use for and yet would carry: controls, and boxes beside the text. */
  printedBesidesText() {
    const boxes =
      "button, dialog, input, select, #pst-primary-sidebar, #pst-secondary-sidebar, " +
      ".bd-header-article, .prev-next-area, .headerlink, .skip-link";
    return [...document.querySelectorAll(boxes)]
      .filter((box) => {
        const { width, height, right, bottom } = box.getBoundingClientRect();
        const shown = box.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        return shown && width * height > 1 && right > 0 && bottom > 0;
      })
      .map((box) => `${box.tagName}#${box.id}.${box.getAttribute("class")}`);
  },

  chartTextColors() {
    return [...document.querySelectorAll(".d2l-chart-live svg")].map((svg) =>
      [...svg.querySelectorAll("text")].map((text) => text.getAttribute("fill")).join(),
    );
  },
};
