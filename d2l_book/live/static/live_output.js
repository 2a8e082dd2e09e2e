/* Shows what a cell of a live page answers, in the place and the look of the stored output.
 *
 * `d2lOutput.printer(place)` returns a function that takes the kernel's messages about one run.
 */
(function () {
  "use strict";

  const CHART = "application/vnd.vegalite.v5+json";
  const CHECK = "application/vnd.d2l.check+json";
  // Read now: running its cell takes it away.
  const chartOfPage = document.querySelector("figure.d2l-chart script")?.textContent;

  function make(tag, className, parent, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    parent?.append(element);
    return element;
  }

  const plain = (text) => text.replace(/\x1b\[[0-9;]*m/g, "").replace(/^.*\r(?!\n)/gm, "");
  const whole = (text) => (Array.isArray(text) ? text.join("") : text);

  /** Insert markup of the reader's own kernel; inserted scripts run only if made anew. */
  function showHtml(box, html) {
    box.innerHTML = html;
    for (const old of box.querySelectorAll("script")) {
      const script = make("script", "", null, old.textContent);
      for (const { name, value } of old.attributes) script.setAttribute(name, value);
      old.replaceWith(script);
    }
  }

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

  /** Draw a chart as chart.js draws those of the page, whose colours and look it takes over. */
  function showChart(box, spec, alt) {
    const look = JSON.parse(chartOfPage);
    const figure = make("figure", "d2l-chart", box);
    const live = make("div", "d2l-chart-live", figure);
    make("div", "d2l-chart-controls", live);
    make("div", "d2l-chart-plot", live);
    make("div", "d2l-chart-still", figure, alt);
    const payload = { spec: { ...spec, config: look.spec.config }, colors: look.colors };
    const data = make("script", "", null, JSON.stringify(payload));
    data.type = "application/json"; // before it is in the page, or it would run
    figure.append(data);
    window.d2lChart?.(figure); // until it is drawn, or if it cannot be, its description stays
  }

  function showData(box, { data, metadata }) {
    const [svg, png] = ["image/svg+xml", "image/png"];
    const alt = (type) => metadata?.[type]?.alt ?? "A figure that the cell has drawn";
    if (data[CHART] && chartOfPage) {
      showChart(box, data[CHART], alt(CHART));
    } else if (data[svg]) {
      showSvg(box, whole(data[svg]), alt(svg));
    } else if (data[png]) {
      const image = make("img", "", box);
      Object.assign(image, { src: `data:${png};base64,${whole(data[png])}`, alt: alt(png) });
    } else if (data["text/html"]) {
      box.classList.add("text_html");
      showHtml(box, whole(data["text/html"]));
    } else {
      make("pre", "", box, plain(whole(data["text/plain"] ?? "")));
    }
  }

  const showText = (box, text) => box.replaceChildren(make("pre", "", null, plain(text)));

  /** Show a check as an item of a list, as on the page; one list for those that follow. */
  function showCheck(place, line) {
    const before = place.lastElementChild?.querySelector(":scope > ul.d2l-checks");
    const box = before ? null : make("div", "output", place);
    const list = before ?? make("ul", "output d2l-checks", box);
    make("p", "", make("li", "", list), line);
  }

  function showError(box, { ename, evalue, traceback }) {
    box.setAttribute("role", "alert");
    make("strong", "", box, `${ename}: ${plain(evalue)}`);
    const fold = make("details", "", box);
    make("summary", "", fold, "Where it happened");
    make("pre", "", fold, plain(traceback.join("\n")));
  }

  /** Return what puts a cell's messages in the place of what it showed before. */
  function printer(place) {
    let last = null; // the stream that is being written
    let clears = true;
    return (type, content) => {
      if (type === "clear_output") {
        clears = true;
        return;
      }
      if (!/^(stream|display_data|execute_result|error)$/.test(type)) return;
      if (clears) place.replaceChildren();
      if (clears || last?.name !== content.name) last = null;
      clears = false;
      if (type === "stream" && last) {
        last.text += content.text;
        showText(last.box, last.text);
        return;
      }
      if (content.data?.[CHECK]) {
        showCheck(place, whole(content.data["text/plain"]));
        return;
      }
      const box = make("div", `output d2l-live-${type}`, place);
      last = type === "stream" ? { box, name: content.name, text: content.text } : null;
      if (last) showText(box, last.text);
      else if (type === "error") showError(box, content);
      else showData(box, content);
    };
  }

  window.d2lOutput = { make, printer };
})();
