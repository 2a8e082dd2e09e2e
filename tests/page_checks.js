/* What the browser tests measure inside a page; each check lists what is wrong, as text. */
window.checks = {
  /** Open everything that is folded. */
  unfold() {
    for (const box of document.querySelectorAll(".bd-article details")) box.open = true;
  },

  /** Keep in mind what a test may change on a page that several tests read. */
  remember() {
    this.folds = [...document.querySelectorAll("details")].map((box) => [box, box.open]);
    this.place = location.href;
  },

  /** Bring that back. */
  restore() {
    document.activeElement?.blur();
    for (const [box, open] of this.folds) box.open = open;
    history.replaceState(history.state, "", this.place);
    scrollTo(0, 0);
    document.documentElement.dataset.theme = "light";
  },

  /** Wait until nothing changes its size any more: charts follow the width a moment later. */
  async settled() {
    const measured = ".bd-article, .d2l-chart-plot svg";
    const sizes = () =>
      [...document.querySelectorAll(measured)].map((b) => [b.clientWidth, b.clientHeight]).join();
    for (let was = "", frames = 0; frames < 3; ) {
      await new Promise(requestAnimationFrame);
      const now = sizes();
      frames = now === was ? frames + 1 : 0;
      was = now;
    }
  },

  /** Wait for MathJax, but not for ever: where a part of it fails, its promise stays open. */
  typeset() {
    const late = new Promise((_, reject) => {
      setTimeout(() => reject(new Error("MathJax has not finished")), 15000);
    });
    return Promise.race([window.MathJax?.startup?.promise, late]);
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

  /** Text of the article whose contrast with what is behind it is below 4.5, pictures included. */
  faintText() {
    const parse = (color) => (color.match(/[\d.]+/g) || []).map(Number);
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) =>
      0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const contrast = (one, other) => {
      const [high, low] = [luminance(one), luminance(other)].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    };
    const behind = (box) => {
      for (; box; box = box.parentElement) {
        const color = parse(getComputedStyle(box).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
      }
      return [255, 255, 255];
    };
    /** How a part of a picture is filled; its opacity includes that of the groups around it. */
    const paintOf = (part) => {
      const style = getComputedStyle(part);
      const color = style.fill.startsWith("url") ? [] : parse(style.fill);
      let opacity = color.length < 3 ? 0 : style.fillOpacity * (color[3] ?? 1);
      for (let box = part; box.tagName !== "svg"; box = box.parentElement) {
        opacity *= getComputedStyle(box).opacity;
      }
      return { part, color, opacity };
    };
    const mix = ({ color, opacity }, under) =>
      under.map((value, i) => opacity * color[i] + (1 - opacity) * value);
    const paintedShapes = new Map();
    const shapesOf = (svg) => {
      if (!paintedShapes.has(svg)) {
        const shapes = [...svg.querySelectorAll("path, rect, polygon, ellipse, circle")]
          .filter((shape) => !shape.closest("defs, clipPath"))
          .map(paintOf)
          .filter(({ opacity }) => opacity > 0);
        paintedShapes.set(svg, shapes);
      }
      return paintedShapes.get(svg);
    };
    /** The colours of a picture's text and of what is painted behind its start, middle and end. */
    const colorsInPicture = (text) => {
      const ink = paintOf(text);
      if (ink.opacity === 0) return []; // Vega hides labels that would overlap
      const svg = text.closest("svg");
      const { left, top, width, height } = text.getBoundingClientRect();
      return [0.1, 0.5, 0.9].map((share) => {
        const point = new DOMPoint(left + share * width, top + height / 2);
        const isBehind = ({ part }) =>
          part.compareDocumentPosition(text) === Node.DOCUMENT_POSITION_FOLLOWING &&
          part.isPointInFill(point.matrixTransform(part.getScreenCTM().inverse()));
        const page = behind(svg).slice(0, 3);
        const under = shapesOf(svg)
          .filter(isBehind)
          .reduce((color, shape) => mix(shape, color), page);
        return [mix(ink, under), under];
      });
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
      const pairs = box.closest("svg")
        ? colorsInPicture(box)
        : [[parse(getComputedStyle(box).color), behind(box)]];
      for (const [own, under] of pairs) {
        const ratio = contrast(own, under);
        if (!(ratio >= 4.5)) {
          const named = [own, under].map((color) => color.map(Math.round).join());
          found.set(`${named.join(" on ")}: ${ratio.toFixed(2)}`, text.slice(0, 40));
        }
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
