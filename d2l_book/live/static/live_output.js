/* Shows what a cell of a live page answers, in the place and the look of the stored output.
 *
 * `d2lOutput.printer(place)` returns a function that takes the kernel's messages about one run, and
 * has a function `end` for when there are no more.
 */
(function () {
  "use strict";

  const CHART = "application/vnd.vegalite.v5+json";
  const CHECK = "application/vnd.d2l.check+json";
  const SHOWN = [CHART, "image/svg+xml", "image/png", "text/html"]; // anything else as plain text
  const TICK = "✓ ";
  const LIMIT = 1e6; // characters that a cell may show, so that the page stays usable
  const PIECE = 1000; // what an output counts at least
  const LONGEST_LIST = 1e5;
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
  const lines = (text) => text.replace(/\n$/, "").split("\n");
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
    const payload = { spec: { ...spec, config: look.look }, colors: look.colors };
    const data = make("script", "", null, JSON.stringify(payload));
    data.type = "application/json"; // before it is in the page, or it would run
    figure.append(data);
    window.d2lChart?.(figure); // until it is drawn, or if it cannot be, its description stays
  }

  /** Say in a box what a cell displays, in the best form that the page can show. */
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

  /** Add lines to a list of checks, as the page shows them. */
  function addChecks(list, text) {
    for (const each of lines(text)) make("p", "", make("li", "", list), each);
  }

  function checkList(box) {
    const list = make("ul", "output d2l-checks", box);
    return (text) => addChecks(list, text);
  }

  /** Return what shows printed text piece by piece; as long as it is all checks, as a list.
   *
   * Only the last line is written again with each piece: to show all of the text again would take
   * as long as the text is, each time.
   */
  function stream(box) {
    let text = "";
    let line = "";
    let last = null;
    const isList = () =>
      text.length < LONGEST_LIST &&
      lines(plain(text)).every((each) => each.startsWith(TICK) || TICK.startsWith(each));
    return (piece) => {
      if (!last) {
        text += piece;
        if (isList()) {
          box.replaceChildren();
          addChecks(make("ul", "output d2l-checks", box), plain(text));
          return;
        }
        piece = text;
        box.replaceChildren();
        last = make("pre", "", box).appendChild(new Text());
      }
      line += piece;
      const end = line.lastIndexOf("\n") + 1;
      last.before(plain(line.slice(0, end)));
      line = line.slice(Math.max(end, line.lastIndexOf("\r", line.length - 2) + 1));
      last.data = plain(line);
    };
  }

  function showError(box, { ename, evalue, traceback }) {
    box.setAttribute("role", "alert");
    make("strong", "", box, `${ename}: ${plain(evalue)}`);
    const fold = make("details", "", box);
    make("summary", "", fold, "Where it happened");
    make("pre", "", fold, plain(traceback.join("\n")));
  }

  /** Return what puts a cell's messages in the place of what it showed before, and `end`s it.
   *
   * What stands together is shown together: pieces of printed text, lines that are displayed one
   * after another, and checks.
   */
  function printer(place) {
    let last = null; // what is being added to: {kind, add}
    let room = LIMIT;
    let full = false;
    let wrote = false;
    let clears = true;

    function clear() {
      place.replaceChildren();
      last = null;
      room = LIMIT;
      full = clears = false;
    }

    function showText(kind, className, begin, text) {
      if (last?.kind !== kind) {
        room -= PIECE;
        last = { kind, add: begin(make("div", `output ${className}`, place)) };
      }
      last.add(text.slice(0, Math.max(room, 0)));
      room -= text.length;
    }

    function show(type, content) {
      const { data = {} } = content;
      const text = whole(data["text/plain"] ?? "");
      if (type === "stream") {
        showText(content.name, "d2l-live-stream", stream, content.text);
      } else if (CHECK in data && text) {
        showText("check", "d2l-live-stream", checkList, plain(text));
      } else if (type === "display_data" && !SHOWN.some((each) => each in data)) {
        showText("text", "d2l-live-display_data", stream, `${text.replace(/\n$/, "")}\n`);
      } else {
        room -= PIECE;
        last = null;
        const box = make("div", `output d2l-live-${type}`, place);
        if (type === "error") showError(box, content);
        else showData(box, content);
      }
      if (room > 0 || full) return;
      full = true;
      last = null;
      make("p", "d2l-live-full", place, "The cell shows more; only the first megabyte is kept.");
    }

    function print(type, content) {
      if (type === "clear_output" && content.wait) clears = true;
      else if (type === "clear_output") clear();
      if (!/^(stream|display_data|execute_result|error)$/.test(type)) return;
      if (clears) clear();
      wrote = true;
      if (room > 0 || type === "error") show(type, content);
    }

    const end = () => wrote || place.replaceChildren();
    return Object.assign(print, { end });
  }

  window.d2lOutput = { make, printer };
})();
