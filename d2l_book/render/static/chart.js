/* Draws each chart of the page, once it comes near the window, in the colours of the page's theme.
 *
 * A chart arrives as <figure class="d2l-chart"> with a still picture and, in a JSON script element,
 * {spec, colors}: a specification for Vega, and the names behind its light-theme colours. Until it
 * is drawn, or if it cannot be, the still picture stays. The element of this script says where the
 * library lies.
 */
(function () {
  "use strict";

  const root = document.documentElement;
  const own = document.currentScript;
  const QUIET = 500; // milliseconds without a change until a chart says what it shows
  const NEAR = "200% 0px"; // a chart is drawn when it is within two windows of the reader's

  let library = null;

  /** Load the library, once for all charts; after a failure the next chart tries again. */
  function load() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(own.dataset.vega, own.src).href;
      script.onload = resolve;
      script.onerror = () => {
        library = null;
        reject(new Error("the library could not be loaded"));
      };
      document.head.append(script);
    });
    return library;
  }

  /** Replace every named colour inside a specification by the theme's current value. */
  function themed(spec, colors) {
    const style = getComputedStyle(root);
    const current = (hex) => {
      const name = colors[hex.toLowerCase()];
      return (name && style.getPropertyValue(`--d2l-${name}`).trim()) || hex;
    };
    const text = JSON.stringify(spec).replace(/#[0-9a-f]{6}\b/gi, current);
    return JSON.parse(text);
  }

  /** Whether a chart is as wide as its column. */
  const fillsColumn = ({ signals = [] }) =>
    signals.some(({ name, init }) => name === "width" && init?.includes("containerSize"));

  /** What the reader has set in a view, by its controls or by a click. */
  function settings(view, controls) {
    const names = new Set([...controls.querySelectorAll("input, select")].map(({ name }) => name));
    return view.getState({
      signals: (name) => names.has(name),
      data: (name) => name.endsWith("_store"),
      recurse: false, // what is inside follows
    });
  }

  function prepare(figure) {
    const live = figure.querySelector(".d2l-chart-live");
    const plot = figure.querySelector(".d2l-chart-plot");
    const controls = figure.querySelector(".d2l-chart-controls");
    const still = figure.querySelector(".d2l-chart-still");
    const { spec, colors } = JSON.parse(
      figure.querySelector('script[type="application/json"]').textContent,
    );
    const announce = announcer(live, plot);
    let fills = false;
    let view = null;
    let width = 0;
    let drawing = Promise.resolve();

    async function draw() {
      await load();
      const next = themed(spec, colors);
      fills = fillsColumn(next);
      // What the reader has set stays set.
      const state = view && settings(view, controls);
      view?.finalize();
      const focused = [...controls.querySelectorAll("input, select")].indexOf(
        document.activeElement,
      );
      live.classList.toggle("is-drawing", !view);
      live.hidden = false;
      controls.replaceChildren();
      const { Handler, View, Warn, expressionInterpreter, parse } = window.d2lVega;
      // Expressions are interpreted: the page's policy compiles none.
      view = new View(parse(next, null, { ast: true }), {
        expr: expressionInterpreter,
        hover: true,
        logLevel: Warn,
        renderer: "svg",
        tooltip: new Handler({ theme: root.dataset.theme === "dark" ? "dark" : "light" }).call,
      });
      view.initialize(plot, controls);
      await view.runAsync();
      // Setting a state returns at once: only the next run has waited for it.
      if (state) await view.setState(state).runAsync();
      name(controls);
      announce(view, controls);
      still.hidden = true;
      live.classList.remove("is-drawing");
      if (focused >= 0) controls.querySelectorAll("input, select")[focused]?.focus();
      figure.dataset.drawn = root.dataset.theme || "light";
    }

    function redraw() {
      drawing = drawing.then(draw).catch((error) => {
        live.hidden = true;
        still.hidden = false;
        figure.dataset.failed = "true";
        console.error(`chart ${figure.id}: ${error.message}`);
      });
      return drawing;
    }

    const resized = new ResizeObserver(([entry]) => {
      const now = Math.floor(entry.contentRect.width);
      if (now === 0 || now === width) return;
      width = now;
      if (fills) drawing.then(() => view && view.width(now).runAsync());
    });

    // A chart inside something folded is nowhere until it is opened.
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        near.disconnect();
        width = Math.floor(figure.getBoundingClientRect().width);
        redraw().then(() => resized.observe(figure));
      },
      { rootMargin: NEAR },
    );
    near.observe(figure);

    new MutationObserver(() => {
      const theme = root.dataset.theme || "light";
      if (figure.dataset.drawn && figure.dataset.drawn !== theme) redraw();
    }).observe(root, { attributeFilter: ["data-theme"] });
  }

  /** Give each input its label as accessible name. */
  function name(controls) {
    for (const bind of controls.querySelectorAll(".vega-bind")) {
      const shown = bind.querySelector(".vega-bind-name")?.textContent.replace(/:?\s*$/, "").trim();
      for (const input of bind.querySelectorAll("input:not([type=radio]), select")) {
        input.setAttribute("aria-label", shown || input.name);
      }
    }
  }

  /** Say what was changed, and what the chart shows now, to readers who cannot see it.
   *
   * Screen readers read out what is put into a status line. It stays empty until a control moves,
   * and is filled when the reader stops moving it.
   */
  function announcer(live, plot) {
    const status = document.createElement("p");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    live.append(status);
    const changed = new Map();
    let pause = 0;

    function say() {
      const settings = [...changed].map(([label, value]) => `${label}: ${value}`);
      changed.clear();
      status.textContent = [...settings, ...readings(plot)].map((part) => `${part}.`).join(" ");
    }

    return (view, controls) => {
      for (const { name, ariaLabel } of controls.querySelectorAll("input, select")) {
        view.addSignalListener(name, (_, value) => {
          changed.set(ariaLabel || name, value);
          clearTimeout(pause);
          pause = setTimeout(say, QUIET);
        });
      }
    };
  }

  /** What the texts inside a chart say, from top to bottom, each after the name of its row.
   *
   * Vega describes a mark as "field: value; field: value". Values that are bare numbers are left
   * out: they are where the text stands.
   */
  function readings(plot) {
    const isNumber = (text) => !isNaN(text.replace("\u2212", "-").replaceAll(",", ""));
    const height = (text) => text.getBoundingClientRect().top;
    return [...plot.querySelectorAll(".role-mark.mark-text text")]
      .filter((text) => /\p{L}/u.test(text.textContent))
      .sort((one, other) => height(one) - height(other))
      .map((text) => text.getAttribute("aria-label").split(/; (?=[^:;]*: )/))
      .map((fields) => fields.map((field) => field.replace(/^[^:]*: /, "")))
      .map((values) => values.filter((value) => !isNumber(value)).join(": "));
  }

  document.querySelectorAll("figure.d2l-chart").forEach(prepare);
  window.d2lChart = prepare; // for charts that arrive later
})();
