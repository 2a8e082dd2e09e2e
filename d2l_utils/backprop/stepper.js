// Shows the steps that Python computed; it does no arithmetic. One copy serves every stepper on a
// page, finds those not yet set up, and keeps to a shadow root: no style or id leaks either way.
(function () {
  "use strict";

  const PLACES = {
    // column / row: the given variables around, the computed ones down the middle
    b1: "1 / 1 / span 1 / span 2", x: "2 / 1", W1: "3 / 1 / span 1 / span 2",
    z: "2 / 2", h: "2 / 3", W2: "3 / 3 / span 1 / span 2",
    y: "1 / 4", o: "2 / 4", L: "2 / 5", s: "3 / 5", J: "2 / 6",
  };
  const STACKED = ["b1", "W1", "W2"]; // the gradient below the value instead of beside it
  const AROUND = "W1 s"; // this edge passes W2 on the outside
  const HEAD = 8; // pixels
  const SVG = "http://www.w3.org/2000/svg";

  const CSS = `
    :host { display: block; margin: 0.5rem 0; }
    .card { background: var(--d2l-paper, #fffffe); color: var(--d2l-ink, #1a1a1a); padding: 8px;
      margin: 0 auto; max-width: 440px; box-sizing: border-box; font: 13px/1.4 system-ui, sans-serif; border-radius: 6px;
      border: 1px solid var(--d2l-grid, #d5d5d4); }
    .card:focus-visible, button:focus-visible, select:focus-visible { outline: 3px solid var(--d2l-blue, #0072b2);
      outline-offset: -2px; }
    .bar { display: flex; gap: 6px; }
    button { flex: 1; min-height: 36px; font: inherit; color: inherit; background: transparent;
      border: 1px solid currentColor; border-radius: 4px; cursor: pointer; }
    button[aria-disabled="true"] { opacity: 0.45; cursor: default; }
    .choices { display: flex; flex-wrap: wrap; gap: 4px 12px; margin-bottom: 6px; }
    .choices:empty { display: none; }
    label { display: inline-flex; align-items: center; gap: 5px; font-weight: 600; }
    select { min-height: 30px; font: inherit; font-weight: 400; color: inherit;
      background: var(--d2l-paper, #fffffe); border: 1px solid currentColor; border-radius: 4px; }
    .status { min-height: 61px; margin: 8px 0; }
    .where { font-size: 12px; }
    .equation { font-size: 15px; font-weight: 600; }
    .scroll { overflow-x: auto; }
    .graph { position: relative; display: grid; grid-template-columns: repeat(3, auto);
      justify-content: space-between; align-items: center; justify-items: center;
      row-gap: 20px; column-gap: 10px; padding: 4px 16px 4px 4px; min-width: max-content; }
    svg { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
    path { fill: none; stroke: var(--d2l-ink, #1a1a1a); stroke-width: 1; opacity: 0.45; }
    path.used { stroke-width: 2.5; opacity: 1; }
    path.used.backward { stroke: var(--d2l-orange, #c25000); stroke-dasharray: 6 3; }
    path.head { fill: var(--d2l-ink, #1a1a1a); stroke: none; opacity: 1; }
    path.head.backward { fill: var(--d2l-orange, #c25000); }
    .box { position: relative; display: flex; gap: 8px; padding: 2px 6px 3px; color: #111111;
      border: 1px solid #666666; border-radius: 3px; background: #fff2cc; }
    .box.stacked { flex-direction: column; gap: 2px; }
    .box.input { background: #ffffff; border-style: dashed; }
    .box.parameter { background: #a6cee3; }
    .box.output { background: #b2df8a; border: 3px double #666666; }
    .box.now { outline: 3px solid var(--d2l-ink, #1a1a1a); }
    .name { font-size: 11px; line-height: 15px; text-align: center; white-space: nowrap; }
    .value .name { font-size: 12px; font-weight: 700; }
    .gradient { color: #7a1d00; }
    .numbers { display: grid; gap: 0 6px; justify-content: center; font-size: 12px; line-height: 15px;
      font-variant-numeric: tabular-nums; }
    .numbers span { text-align: right; min-width: 1.4em; white-space: nowrap; }
    .tight .numbers, .tight .value .name { font-size: 11px; }
    .tight.graph { column-gap: 5px; padding: 4px 10px 4px 3px; }
    .tight .box { padding: 2px 3px 3px; column-gap: 5px; }
    .tight .numbers { column-gap: 4px; }
    .empty .numbers span { visibility: hidden; }
    .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    @media (prefers-reduced-motion: no-preference) {
      .numbers span, .box, path { transition: opacity 0.25s; }
      .empty .numbers span { opacity: 0; }
    }
    @media (forced-colors: active) {
      path { stroke: CanvasText; }
      path.head { fill: CanvasText; }
      .box { color: CanvasText; }
      .gradient { color: CanvasText; }
      .box.now { outline-color: Highlight; }
    }
    @media print {
      .bar, .choices { display: none; }
      .card { break-inside: avoid; }
    }`;

  function make(tag, className, parent, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  function makeSlot(box, name, kind, label, cells) {
    const slot = make("div", kind, box);
    slot.dataset.slot = name + "." + kind;
    make("div", "name", slot, label);
    const numbers = make("div", "numbers", slot);
    numbers.style.gridTemplateColumns = `repeat(${cells[0].length}, auto)`;
    cells.flat().forEach((cell) => make("span", "", numbers, cell));
    return slot;
  }

  function makeBoxes(data, graph) {
    const boxes = {};
    const slots = {};
    data.boxes.forEach(([name, role, value, gradient]) => {
      const item = { name, role, value, gradient };
      const stacked = STACKED.includes(item.name) ? " stacked" : "";
      const box = make("div", `box ${item.role}${stacked}`, graph);
      box.style.gridArea = gridArea(PLACES[item.name]);
      slots[item.name + ".value"] = makeSlot(box, item.name, "value", item.name, item.value);
      if (item.gradient) {
        const label = "∂J/∂" + item.name;
        slots[item.name + ".gradient"] = makeSlot(box, item.name, "gradient", label, item.gradient);
      }
      boxes[item.name] = box;
    });
    return { boxes, slots };
  }

  function gridArea(place) {
    const [column, row, columns, rows] = place.split(" / ");
    return [row, column, rows || "auto", columns || "auto"].join(" / ");
  }

  function makePath(svg) {
    return svg.appendChild(document.createElementNS(SVG, "path"));
  }

  // The head at the end of a line. As a path of its own it needs no marker, which WebKit does not
  // draw where the marker comes into a shadow root after the line.
  function head(points) {
    const [[x0, y0], [x, y]] = points.slice(-2);
    const length = Math.hypot(x - x0, y - y0) || 1;
    const [dx, dy] = [((x - x0) / length) * HEAD, ((y - y0) / length) * HEAD];
    const corners = [[x - dx - dy / 2, y - dy + dx / 2], [x - dx + dy / 2, y - dy - dx / 2]];
    return "M" + [[x, y], ...corners].map((point) => point.join(" ")).join("L") + "z";
  }

  const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

  // The corner points of the line from box a to box b: downwards, sideways or around the outside.
  function route(a, b, around, margin) {
    const middle = (box) => box.offsetTop + box.offsetHeight / 2;
    const right = (box) => box.offsetLeft + box.offsetWidth;
    if (around) {
      return [[right(a), middle(a)], [margin, middle(a)], [margin, middle(b)], [right(b), middle(b)]];
    }
    if (a.offsetTop + a.offsetHeight <= b.offsetTop) {
      const centre = (box) => box.offsetLeft + box.offsetWidth / 2;
      const from = clamp(centre(b), a.offsetLeft + 10, right(a) - 10);
      const to = clamp(centre(a), b.offsetLeft + 10, right(b) - 10);
      return [[from, a.offsetTop + a.offsetHeight], [to, b.offsetTop]];
    }
    const top = Math.max(a.offsetTop, b.offsetTop);
    const bottom = Math.min(a.offsetTop + a.offsetHeight, b.offsetTop + b.offsetHeight);
    const height = (top + bottom) / 2;
    return right(a) <= b.offsetLeft
      ? [[right(a), height], [b.offsetLeft, height]]
      : [[a.offsetLeft, height], [right(b), height]];
  }

  // One variant: every number is the place of a part that several variants may share.
  function unpacked(data, key) {
    const { title, ...lists } = data.variants[key];
    const part = (place) => data.parts[place];
    const rows = (name) => lists[name].map((row) => row.map(part));
    const steps = rows("steps").map(([phase, fills, equation, detail, result]) =>
      ({ phase, fills, equation, detail, result }));
    return { title: part(title), boxes: rows("boxes"), edges: rows("edges"), steps };
  }

  function makeChoices(card, choices, choose) {
    const row = make("div", "choices", card);
    const menus = choices.map(({ label, options }) => {
      const menu = make("select", "", make("label", "", row, label));
      options.forEach((option) => make("option", "", menu, option));
      menu.addEventListener("change", () => choose(menus.map((each) => each.selectedIndex).join(" ")));
      return menu;
    });
    return menus.map(() => 0).join(" ");
  }

  function setUp(host) {
    const all = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
    const root = host.attachShadow({ mode: "open" }); // hides the stored table
    make("style", "", root, CSS);
    const card = make("div", "card", root);
    card.tabIndex = 0;
    card.setAttribute("role", "group");
    const first = makeChoices(card, all.choices, load);
    const bar = make("div", "bar", card);
    const status = make("div", "status", card);
    status.setAttribute("role", "status");
    status.setAttribute("aria-live", "polite");
    const graph = make("div", "graph", make("div", "scroll", card));
    let data, boxes, slots, lines, last;
    let now = 0;

    function load(key) {
      const before = data?.steps[now];
      data = unpacked(all, key);
      last = data.steps.length - 1;
      card.setAttribute("aria-label", data.title + ". Arrow keys step.");
      graph.replaceChildren();
      const svg = document.createElementNS(SVG, "svg");
      svg.setAttribute("aria-hidden", "true");
      lines = data.edges.map(() => [makePath(svg), makePath(svg)]);
      graph.append(svg);
      ({ boxes, slots } = makeBoxes(data, graph));
      if (!before) return;
      const same = data.steps.findIndex(({ phase, fills }) =>
        phase === before.phase && fills[0] === before.fills[0]);
      show(same < 0 ? now : same);
      fit();
    }

    function fit() {
      graph.classList.remove("tight");
      const scroll = graph.parentNode;
      graph.classList.toggle("tight", scroll.scrollWidth > scroll.clientWidth);
      draw();
    }

    function draw() {
      const step = data.steps[now];
      data.edges.forEach(([source, target], i) => {
        const around = source + " " + target === AROUND;
        const points = route(boxes[source], boxes[target], around, graph.clientWidth - 3);
        const backward = step.phase === "backward";
        // Forward, a variable takes from its sources; backward, from what was computed from it.
        const used = step.phase !== "given" && step.fills.includes(backward ? source : target);
        if (used && backward) points.reverse();
        const [line, end] = lines[i];
        line.setAttribute("d", "M" + points.map((point) => point.join(" ")).join("L"));
        line.setAttribute("class", used ? `used ${step.phase}` : "");
        end.setAttribute("d", head(points));
        end.setAttribute("class", used ? `head ${step.phase}` : "head");
      });
    }

    function show(number) {
      now = clamp(number, 0, last);
      const step = data.steps[now];
      const filled = new Set(data.steps.slice(0, now + 1).flatMap((past) =>
        past.fills.map((name) => `${name}.${past.phase === "backward" ? "gradient" : "value"}`)));
      Object.entries(slots).forEach(([name, slot]) => {
        slot.classList.toggle("empty", !filled.has(name));
      });
      Object.entries(boxes).forEach(([name, box]) => {
        box.classList.toggle("now", now > 0 && step.fills.includes(name));
      });
      status.replaceChildren();
      make("div", "where", status, `Step ${now} of ${last}, ${step.phase}`);
      make("div", "equation", status, step.equation);
      make("div", "detail", status, step.detail);
      make("div", "said", status, "Result: " + step.result);
      buttons.forEach(({ button, target }) => {
        button.setAttribute("aria-disabled", String(clamp(target(), 0, last) === now));
      });
      draw();
    }

    load(first);
    const buttons = [
      ["First", () => 0], ["Back", () => now - 1], ["Next", () => now + 1], ["Last", () => last],
    ].map(([label, target]) => {
      const button = make("button", "", bar, label);
      button.type = "button";
      button.addEventListener("click", () => show(target()));
      return { button, target };
    });
    const keys = { Home: 0, ArrowLeft: 1, ArrowRight: 2, End: 3 };
    card.addEventListener("keydown", (event) => {
      if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.target.tagName === "SELECT") return; // there the keys choose
      event.preventDefault();
      event.stopPropagation();
      show(buttons[keys[event.key]].target());
    });
    show(0);
    fit();
    new ResizeObserver(fit).observe(card);
    // Paper shows all numbers.
    let left = 0;
    window.addEventListener("beforeprint", () => { left = now; show(last); });
    window.addEventListener("afterprint", () => show(left));
  }

  document.querySelectorAll("[data-d2l-stepper]").forEach((host) => {
    if (!host.shadowRoot) setUp(host);
  });
})();
