/* What the browser tests measure inside a page; each check lists what is wrong, as text. */
window.checks = {
  shift: 0,
  stopped: [],

  /** Open everything that is folded, code included; the lines that stand for code stay. */
  unfold() {
    for (const box of document.querySelectorAll(".bd-article details")) box.open = true;
    for (const line of document.querySelectorAll(".d2l-fold[aria-expanded=false]")) line.click();
  },

  /** Wait until nothing changes its size any more: charts follow the width a moment later. */
  async settled() {
    await document.fonts.ready;
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

  /** Go to every chart that is not folded, wait until it is drawn, and come back. */
  async drawCharts() {
    const { scrollX, scrollY } = window;
    for (const chart of document.querySelectorAll("figure.d2l-chart")) {
      while (chart.clientWidth > 0 && !chart.dataset.drawn) {
        if (chart.dataset.failed) throw new Error(`a chart failed: ${chart.textContent}`);
        chart.scrollIntoView({ behavior: "instant" });
        await new Promise(requestAnimationFrame);
      }
    }
    window.scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
  },

  // A chart that the reader did not come near yet is not drawn at all.
  chartsFollow(theme) {
    return [...document.querySelectorAll("figure.d2l-chart")].every(
      ({ clientWidth, dataset }) => clientWidth === 0 || [undefined, theme].includes(dataset.drawn),
    );
  },

  rawMathematics() {
    return [...document.querySelectorAll(".bd-article .math")]
      .filter((math) => !math.querySelector("mjx-container"))
      .concat(...document.querySelectorAll("mjx-merror, [data-mjx-error]"))
      .map((math) => math.textContent)
      .concat(this.asTyped());
  },

  // What Markdown does not read, such as a summary, stays as it was typed: formulas, stress, code.
  asTyped() {
    const found = [];
    const walker = document.createTreeWalker(
      document.querySelector(".bd-article") ?? document.body,
      NodeFilter.SHOW_TEXT,
    );
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      const typed = /\$[^\s$][^$]*\$|`[^`]+`|(?<!\w)\*[^\s*][^*]*\*(?!\w)/;
      if (typed.test(data) && !parentElement.closest("pre, code, script, style, svg"))
        found.push(data.trim());
    }
    return found;
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
    const article = document.querySelector(".bd-article") ?? document.querySelector("main");
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

  /** What scrolls sideways but cannot be reached, and so not scrolled, by keyboard, or has no role
   * that would tell a screen reader's user why it was. */
  unreachable() {
    return [...document.querySelectorAll(".bd-article *")]
      .filter(
        (box) =>
          ["auto", "scroll"].includes(getComputedStyle(box).overflowX) &&
          box.clientWidth > 0 &&
          box.scrollWidth > box.clientWidth + 1 &&
          (box.tabIndex < 0
            ? !box.querySelector("a, button, input, [tabindex='0']")
            : !box.matches("[role][aria-label], figure, a, input, textarea, select")),
      )
      .map((box) => `${box.tagName}.${box.className}: ${box.textContent.slice(0, 50)}`);
  },

  /**
   * Formulas that are wider than their column, so that their end is out of sight: displayed ones
   * would have to be scrolled, those within a line are cut off. Those of quoted statements are not
   * ours to break.
   */
  wideFormulas() {
    const blockOf = (box) =>
      getComputedStyle(box).display.startsWith("inline") ? blockOf(box.parentElement) : box;
    const right = (box) => box.getBoundingClientRect().right;
    const isWide = (box) =>
      box.hasAttribute("display")
        ? box.scrollWidth > box.clientWidth + 1
        : right(box) > right(blockOf(box.parentElement)) + 1;
    return [...document.querySelectorAll("mjx-container[display], .bd-article mjx-container")]
      .filter((box) => !box.closest("blockquote, .d2l-statements"))
      .filter((box) => box.getClientRects().length > 0 && isWide(box))
      .map((box) => `formula: ${box.textContent.slice(0, 60)}`);
  },

  /** Charts in which nothing is drawn but axes and legends. */
  emptyCharts() {
    const drawn = ".role-mark :is(path:not([d='']), text:not(:empty), line, circle, rect)";
    const isWhole = (svg) => {
      const marks = [...svg.querySelectorAll(drawn)];
      return marks.length > 0 && marks.every((mark) => mark.getClientRects().length > 0);
    };
    return [...document.querySelectorAll(".d2l-chart-live svg")]
      .filter((svg) => svg.checkVisibility() && !isWhole(svg))
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
    window.scrollTo(0, 0); // what lies above the window would seem to be off the paper
    const boxes =
      "button:not(.d2l-fold), .d2l-fold-code, dialog, input, select, #pst-primary-sidebar, " +
      "#pst-secondary-sidebar, .bd-header-article, .prev-next-area, .headerlink, .skip-link";
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

  /** Charts that are drawn but not shown, or whose still picture is shown beside them. */
  stillCharts() {
    return [...document.querySelectorAll("figure.d2l-chart")]
      .filter(
        (chart) =>
          !chart.querySelector(".d2l-chart-live svg")?.checkVisibility() ||
          chart.querySelector(".d2l-chart-still").checkVisibility(),
      )
      .map((chart) => chart.id);
  },

  /** Charts that are live, or without a picture, where nothing can be; folded ones aside. */
  liveCharts() {
    return [...document.querySelectorAll("figure.d2l-chart")]
      .filter(
        (chart) =>
          chart.querySelector(".d2l-chart-live").checkVisibility() ||
          !(
            chart.closest("details:not([open])") ||
            chart.querySelector(".d2l-chart-still svg")?.checkVisibility()
          ),
      )
      .map((chart) => chart.id);
  },

  /** What is folded and cannot be opened: no name, no focus, or a press changes nothing. */
  stuckFolds() {
    return [...document.querySelectorAll(".bd-article details")]
      .filter((fold) => {
        const summary = fold.querySelector(":scope > summary");
        if (!summary?.innerText.trim()) return true;
        const was = fold.open;
        summary.focus();
        const focused = document.activeElement === summary;
        summary.click();
        const turned = fold.open !== was;
        summary.click();
        return !focused || !turned || fold.open !== was;
      })
      .map((fold) => `${fold.id}: ${fold.textContent.trim().slice(0, 60)}`);
  },

  /** What is still folded when the page is about to be printed. */
  foldedInPrint() {
    window.dispatchEvent(new Event("beforeprint"));
    return [...document.querySelectorAll(".bd-article details:not([open])")].map(
      (fold) => `${fold.id}: ${fold.textContent.trim().slice(0, 60)}`,
    );
  },

  /** What the page's content security policy has stopped, or that there is none. */
  policy() {
    const policies = document.querySelectorAll('meta[http-equiv="Content-Security-Policy"]').length;
    return policies === 1 ? this.stopped : [`the page has ${policies} policies`, ...this.stopped];
  },

  /** What the page has loaded. A font that an earlier page of the tab has left in memory is loaded
   * without need: the fonts that no text of this page is set in do not count. */
  loaded() {
    const entries = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind));
    const files = new Set(entries.map(({ name }) => name.split("#")[0].split("?")[0]));
    const named = this.namedFonts();
    for (const [file, family] of this.fontFiles()) if (!named.has(family)) files.delete(file);
    return [...files];
  },

  /** The font families that visible text names, drawn by style sheets or not. */
  namedFonts() {
    const named = new Set();
    const boxes = document.querySelectorAll(":not(pre *, svg *)");
    for (const box of [...boxes].filter((each) => each.checkVisibility())) {
      for (const part of [null, "::before", "::after"]) {
        const { content, fontFamily } = getComputedStyle(box, part);
        if (part && ["none", "normal"].includes(content)) continue;
        for (const family of fontFamily.split(",")) named.add(family.replaceAll('"', "").trim());
      }
    }
    return named;
  },

  /** Pairs of a font's file and its family; none where a page may not read its style sheets. */
  fontFiles() {
    const rulesOf = (sheet) => (location.protocol === "file:" ? [] : [...sheet.cssRules]);
    return [...document.styleSheets]
      .flatMap(rulesOf)
      .filter((rule) => rule instanceof CSSFontFaceRule)
      .flatMap(({ style, parentStyleSheet: { href } }) =>
        [...style.getPropertyValue("src").matchAll(/url\("?(.*?)"?\)/g)].map(([, address]) => [
          new URL(address, href ?? location.href).href,
          style.getPropertyValue("font-family").replaceAll('"', "").trim(),
        ]),
      );
  },

  /** Of the elements with text that look alike, with all that is around them, the one that says
   * most: its colours are those of the others. */
  looks() {
    const properties = [
      "color", "backgroundColor", "backgroundImage", "opacity", "filter", "fontSize", "fontWeight",
      "textDecorationLine", "textShadow", "visibility",
    ];
    const keys = new Map([[null, ""]]);
    const key = (box) => {
      if (!keys.has(box)) {
        const style = getComputedStyle(box);
        const state = ["disabled", "aria-disabled", "aria-hidden"].map((n) => box.getAttribute(n));
        const own = [box.tagName, ...state, ...properties.map((name) => style[name])].join("|");
        keys.set(box, `${key(box.parentElement)}>${own}`);
      }
      return keys.get(box);
    };
    const said = (box) =>
      box.matches("input, select, textarea")
        ? Infinity
        : [...box.childNodes]
            .filter((node) => node.nodeType === Node.TEXT_NODE)
            .reduce((length, node) => length + node.data.trim().length, 0);
    const most = new Map();
    for (const box of document.body.querySelectorAll("*")) {
      const length = said(box);
      if (length === 0 || box.closest("mjx-container, script, style") || !box.checkVisibility()) {
        continue;
      }
      if (length === Infinity) most.set(box, [length, box]);
      else if (length > (most.get(key(box))?.[0] ?? 0)) most.set(key(box), [length, box]);
    }
    return [...most.values()].map(([, box]) => box);
  },

  /** How many inputs a chart's specification asks for. */
  boundInputs(chart) {
    const count = (part) => {
      if (part === null || typeof part !== "object") return 0;
      const own = Array.isArray(part.signals) ? part.signals.filter(({ bind }) => bind) : [];
      return Object.values(part).reduce((sum, below) => sum + count(below), own.length);
    };
    const { spec } = JSON.parse(
      chart.querySelector('script[type="application/json"]').textContent,
    );
    return count(spec);
  },

  /** The settings of all charts. */
  settings() {
    return this.controls().map((control) => `${control.ariaLabel}: ${control.value}`);
  },

  /** Keep the settings of all charts in mind. */
  remember() {
    this.first = this.controls().map((control) => control.value);
  },

  /** Set all charts again as they were; gives their settings. */
  reset() {
    this.controls().forEach((control, number) => {
      if (control.value === this.first[number]) return;
      control.value = this.first[number];
      for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind));
    });
    return this.settings();
  },

  controls() {
    return [...document.querySelectorAll(".d2l-chart-controls :is(input, select)")];
  },
};

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) window.checks.shift += entry.value;
  }
}).observe({ type: "layout-shift", buffered: true });

document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
  window.checks.stopped.push(`${violatedDirective}: ${blockedURI} ${sample}`),
);
