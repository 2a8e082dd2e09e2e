/* Draws each chart of the page from its specification, in the colours of the page's theme.
 *
 * A chart arrives as <figure class="d2l-chart"> with a still picture and, in a JSON script element,
 * {spec, colors}: a Vega-Lite specification and the names behind its light-theme colours. Until it
 * is drawn, or if it cannot be, the still picture stays.
 */
(function () {
  "use strict";

  const root = document.documentElement;
  const QUIET = 500; // milliseconds without a change until a chart says what it shows

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

  /** List the parameters, at any level, that have an input of their own. */
  function boundParameters(part) {
    if (part === null || typeof part !== "object") return [];
    const own = Array.isArray(part.params) ? part.params.filter((p) => p.bind) : [];
    return own.concat(...Object.values(part).map(boundParameters));
  }

  function prepare(figure) {
    const live = figure.querySelector(".d2l-chart-live");
    const plot = figure.querySelector(".d2l-chart-plot");
    const controls = figure.querySelector(".d2l-chart-controls");
    const still = figure.querySelector(".d2l-chart-still");
    const { spec, colors } = JSON.parse(
      figure.querySelector('script[type="application/json"]').textContent,
    );
    const fills = spec.width === "container";
    const announce = announcer(live, plot);
    let result = null;
    let width = 0;
    let drawing = Promise.resolve();

    async function draw() {
      const next = themed(spec, colors);
      // What the reader has set stays set.
      if (result) {
        for (const parameter of boundParameters(next)) {
          parameter.value = result.view.signal(parameter.name);
        }
        result.finalize();
      }
      const focused = [...controls.querySelectorAll("input, select")].indexOf(
        document.activeElement,
      );
      live.classList.toggle("is-drawing", !result);
      live.hidden = false;
      controls.replaceChildren();
      const dark = root.dataset.theme === "dark";
      result = await window.vegaEmbed(plot, next, {
        actions: false,
        ast: true, // interpret expressions: the page's policy compiles none
        bind: controls,
        renderer: "svg",
        tooltip: { theme: dark ? "dark" : "light" },
      });
      name(controls, boundParameters(next));
      announce(result.view, controls);
      still.hidden = true;
      live.classList.remove("is-drawing");
      if (focused >= 0) controls.querySelectorAll("input, select")[focused]?.focus();
      figure.dataset.drawn = root.dataset.theme || "light";
    }

    function redraw() {
      drawing = drawing.then(draw).catch((error) => {
        live.hidden = true;
        still.hidden = false;
        console.error(`chart ${figure.id}: ${error.message}`);
      });
      return drawing;
    }

    // A chart inside something folded has no width until it is opened.
    new ResizeObserver(([entry]) => {
      const now = Math.floor(entry.contentRect.width);
      if (now === 0 || now === width) return;
      const first = width === 0;
      width = now;
      if (first) redraw();
      else if (fills) drawing.then(() => result && result.view.width(now).runAsync());
    }).observe(figure);

    new MutationObserver(() => {
      const theme = root.dataset.theme || "light";
      if (figure.dataset.drawn && figure.dataset.drawn !== theme) redraw();
    }).observe(root, { attributeFilter: ["data-theme"] });
  }

  /** Give each input its parameter's label as accessible name, and say its value. */
  function name(controls, parameters) {
    controls.querySelectorAll(".vega-bind").forEach((bind, index) => {
      const parameter = parameters[index];
      const shown = bind.querySelector(".vega-bind-name")?.textContent.replace(/:?\s*$/, "").trim();
      const label = shown || parameter?.name;
      for (const input of bind.querySelectorAll("input:not([type=radio]), select")) {
        input.setAttribute("aria-label", label);
      }
    });
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
