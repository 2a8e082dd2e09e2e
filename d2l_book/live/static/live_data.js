/* Shows what a cell displays, in the best form that a page can show.
 *
 * `d2lData.show(box, content)` fills a box with one message of the kernel's. Scripts run only if they
 * are the book's own: the page's policy stops the others, and the output says so.
 */
(function () {
  "use strict";

  const CHART = "application/vnd.vegalite.v5+json";
  const SVG = "image/svg+xml";
  const PICTURES = ["image/png", "image/jpeg", "image/gif"];
  const FORMS = [CHART, SVG, ...PICTURES, "text/html", "text/markdown", "text/latex"];
  const ALT = "A figure that the cell has drawn";
  const NO_SCRIPT = "A script in this output was not run: live pages run only the book’s own.";
  const NO_HOST = "Something in this output could not be loaded: live pages ask no other host.";
  const SOURCE = "What could not be typeset is shown as its source.";
  const UNDRAWN = "The chart could not be drawn; its description is shown.";
  // What an output has no use for, but would act on the whole page.
  const FOREIGN = "base, link, meta, title";
  const FORMULA = /\$\$([^]+?)\$\$|\$(?![\s$])((?:\\[^]|[^$\\])+?)(?<!\s)\$(?!\d)/y;
  // Read now: running its cell takes it away.
  const drawsCharts = document.querySelector("figure.d2l-chart") !== null;

  function make(tag, className, parent, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    parent?.append(element);
    return element;
  }

  const plain = (text) => text.replace(/\x1b\[[0-9;]*m/g, "").replace(/^.*\r(?!\n)/gm, "");
  const whole = (text) => (Array.isArray(text) ? text.join("") : text);

  /** Say once below an output what the page's policy kept it from doing. */
  function noteStopped(box) {
    const note = (text) => {
      const notes = [...box.querySelectorAll(":scope > .d2l-live-full")];
      if (!notes.some((each) => each.textContent === text)) make("p", "d2l-live-full", box, text);
    };
    box.addEventListener("securitypolicyviolation", () => note(NO_SCRIPT));
    box.addEventListener("error", () => note(NO_HOST), true); // such events do not bubble
  }

  /** Let rules of style that come with an output concern that output, not the page. */
  function confineStyles(box) {
    for (const style of box.querySelectorAll("style")) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style.textContent);
      style.textContent = `@scope {${[...sheet.cssRules].map((rule) => rule.cssText).join("\n")}}`;
      box.prepend(style); // the scope is what the element stands in
    }
  }

  /** Insert markup of the reader's own kernel; inserted scripts run only if made anew. */
  function showHtml(box, html) {
    const { head, body } = new DOMParser().parseFromString(html, "text/html");
    for (const part of [head, body]) part.querySelectorAll(FOREIGN).forEach((each) => each.remove());
    noteStopped(box);
    box.innerHTML = head.innerHTML + body.innerHTML;
    confineStyles(box);
    for (const old of box.querySelectorAll("script")) {
      const script = make("script", "", null, old.textContent);
      for (const { name, value } of old.attributes) script.setAttribute(name, value);
      old.replaceWith(script);
    }
  }

  // Formulas: typeset by the server, with the MathJax that has typeset the page's own

  const formula = (tex, display) => ({ tex, display });

  function placeFor({ tex, display }) {
    const place = make(display ? "div" : "span", "d2l-live-formula", null, tex);
    place.dataset.display = display ? "yes" : "no";
    return place;
  }

  /** Replace the source of an output's formulas; what cannot be typeset stays as it is. */
  async function typeset(box) {
    const places = [...box.querySelectorAll(".d2l-live-formula")];
    if (places.length === 0) return;
    const asked = places.map((place) =>
      formula(place.textContent, place.dataset.display === "yes"),
    );
    try {
      const { formulas, rules } = await window.d2lKernel.ask("POST", "formulas", { formulas: asked });
      const sheet = new URL("mathematics.css", window.d2lKernel.static).href;
      if (!document.querySelector(`link[href="${sheet}"]`)) {
        Object.assign(make("link", "", document.head), { rel: "stylesheet", href: sheet });
      }
      make("style", "", document.head, rules);
      formulas.forEach((html, index) => {
        if (!html) return;
        places[index].innerHTML = html;
        places[index].classList.add("math");
      });
      if (formulas.includes(null)) make("p", "d2l-live-full", box, SOURCE);
    } catch {
      make("p", "d2l-live-full", box, SOURCE);
    }
  }

  /** Teach markdown-it the formulas of notebooks: $a$ inside a line, $$a$$ also on lines of its own. */
  function withFormulas(markdown) {
    markdown.inline.ruler.before("escape", "formula", (state, silent) => {
      if (state.src[state.pos] !== "$") return false;
      FORMULA.lastIndex = state.pos;
      const found = FORMULA.exec(state.src);
      if (!found) return false;
      if (!silent) {
        const token = state.push("formula", "", 0);
        token.meta = formula((found[1] ?? found[2]).trim(), found[1] !== undefined);
      }
      state.pos = FORMULA.lastIndex;
      return true;
    });
    markdown.block.ruler.before("fence", "formula", (state, first, end, silent) => {
      const text = (line) => state.getLines(line, line + 1, state.blkIndent, false).trim();
      if (!text(first).startsWith("$$")) return false;
      let last = first;
      const closes = (line) => text(line).length > (line === first ? 3 : 1) && text(line).endsWith("$$");
      while (last < end && !closes(last)) last += 1;
      if (last === end) return false;
      if (silent) return true;
      const tex = state.getLines(first, last + 1, state.blkIndent, false).trim().slice(2, -2);
      state.push("formula", "", 0).meta = formula(tex.trim(), true);
      state.line = last + 1;
      return true;
    });
    markdown.renderer.rules.formula = (tokens, index) => placeFor(tokens[index].meta).outerHTML;
    return markdown;
  }

  let markdown = null;

  function showMarkdown(box, text) {
    markdown ??= withFormulas(window.d2lLibraries.markdownit());
    noteStopped(box);
    box.classList.add("d2l-live-markdown");
    box.innerHTML = markdown.render(text);
    for (const table of box.querySelectorAll("table")) table.className = "d2l-table";
    typeset(box);
  }

  function showLatex(box, text) {
    const [, double, single] = /^\s*(?:\$\$([^]*)\$\$|\$([^]*)\$)\s*$/.exec(text) ?? [];
    box.append(placeFor(formula((double ?? single ?? text).trim(), true)));
    typeset(box);
  }

  // Pictures

  /** A picture's own style rules and ids would reach the whole page: they stay behind a border. */
  function showSvg(box, svg, alt) {
    const figure = make("figure", "d2l-figure", box);
    const inside = make("div", "", figure).attachShadow({ mode: "open" });
    inside.innerHTML = svg.slice(svg.indexOf("<svg"));
    const style = "svg { display: block; margin: 0 auto; max-width: 100%; height: auto; ";
    make("style", "", inside, `${style}fill: var(--d2l-ink); }`);
    const picture = inside.querySelector("svg");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", alt);
  }

  /** Draw a chart as chart.js draws those of the page. */
  async function showChart(box, chart, alt) {
    const figure = make("figure", "d2l-chart", box);
    const live = make("div", "d2l-chart-live", figure);
    live.hidden = true;
    make("div", "d2l-chart-controls", live);
    make("div", "d2l-chart-plot", live);
    make("div", "d2l-chart-still", figure, alt); // stays if it cannot be drawn
    try {
      const payload = await window.d2lKernel.ask("POST", "charts", { chart });
      const data = make("script", "", null, JSON.stringify(payload));
      data.type = "application/json"; // before it is in the page, or it would run
      figure.append(data);
      window.d2lChart?.(figure);
    } catch {
      make("p", "d2l-live-full", box, UNDRAWN);
    }
  }

  /** Show in a box what a cell displays, if it is more than text. */
  function show(box, { data, metadata }) {
    const alt = (type) => metadata?.[type]?.alt ?? ALT;
    const picture = PICTURES.find((type) => type in data);
    if (data[CHART] && drawsCharts) {
      showChart(box, data[CHART], alt(CHART));
    } else if (data[SVG]) {
      showSvg(box, whole(data[SVG]), alt(SVG));
    } else if (picture) {
      const image = make("img", "", box);
      Object.assign(image, { src: `data:${picture};base64,${whole(data[picture])}`, alt: alt(picture) });
    } else if (data["text/html"]) {
      box.classList.add("text_html");
      showHtml(box, whole(data["text/html"]));
    } else if (data["text/markdown"]) {
      showMarkdown(box, whole(data["text/markdown"]));
    } else if (data["text/latex"]) {
      showLatex(box, whole(data["text/latex"]));
    }
  }

  const isText = (data) => !FORMS.some((form) => form in data);

  window.d2lData = { make, plain, whole, show, isText };
})();
