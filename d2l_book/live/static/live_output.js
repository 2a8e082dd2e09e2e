/* Shows what a cell of a live page answers, in the place and the look of the stored output.
 *
 * `d2lOutput.printer(place)` returns a function that takes the kernel's messages about one run, and
 * has a function `end` for when there are no more.
 */
(function () {
  "use strict";

  const { make, plain, whole, isText, show: showData } = window.d2lData;
  const CHECK = "application/vnd.d2l.check+json";
  const TICK = "✓ ";
  const LIMIT = 1e6; // characters that a cell may show, so that the page stays usable
  const LARGEST = 8e6; // characters of one picture or table
  const PIECE = 1000; // what an output counts at least
  const LONGEST_LIST = 1e5;
  const NO_INPUT = "StdinNotImplementedError";
  const INPUT = "A live page cannot answer input(): write the value into the cell instead.";

  const lines = (text) => text.replace(/\n$/, "").split("\n");

  /** Add lines to a list of checks, as the page shows them. */
  function addChecks(list, text) {
    for (const each of lines(text)) make("p", "", make("li", "", list), each);
  }

  // The lines of checks are those of d2l_book/render/checks.py: a test runs a page and compares.
  const kindOf = ({ kind, measure }) => (measure === "absolute" ? "zero" : kind);

  function sentence(record) {
    const claim = record.claim.replace(/[: ]+$/, "");
    if (!record.result) return TICK + claim;
    if (record.kind === "bound") return `${TICK}${claim}${claim.endsWith(" by") ? "" : " is"} ${record.result}`;
    const equal = record.kind === "equal";
    const result = equal && ["[]", "{}", "set()"].includes(record.result) ? "none" : record.result;
    if (!claim.includes(":")) return `${TICK}${claim}: ${result}`;
    return TICK + claim + (equal ? ` = ${result}` : ` (${result})`);
  }

  /** Write a number as Python does with six digits. */
  function short(value) {
    const [digits, power] = value.toExponential().split("e");
    return Number(power) < -4 ? `${digits}e-${power.slice(1).padStart(2, "0")}` : String(value);
  }

  function together(records) {
    const kind = kindOf(records[0]);
    const said = { equal: "values agree exactly", bound: "bounds hold", true: "statements are true" }[kind];
    if (said) return `${TICK}${records.length} ${said}, such as “${sentence(records[0]).slice(TICK.length)}”`;
    const count = records.reduce((sum, record) => sum + record.count, 0);
    const bound = short(Math.max(...records.map((record) => record.bound)));
    const [zero, error] = kind === "zero" ? [" with zero", "absolute"] : ["", "relative"];
    const numbers = `${count.toLocaleString("en-US")} number${count === 1 ? "" : "s"}`;
    return `${TICK}${numbers} compared${zero} in ${records.length} checks, ${error} error at most ${bound}`;
  }

  function checkList(box) {
    const list = make("ul", "output d2l-checks", box);
    let alike = [];
    let shown = [];
    return (text) => {
      let record;
      try {
        record = JSON.parse(text);
      } catch {
        return addChecks(list, text); // what was cut off because it is too much
      }
      if (alike.length && kindOf(alike[0]) !== kindOf(record)) [alike, shown] = [[], []];
      alike.push(record);
      if (alike.length < 3) {
        const item = make("li", "", list);
        make("p", "", item, sentence(record));
        shown.push(item);
        return undefined;
      }
      if (alike.length === 3) {
        for (const item of shown) item.remove();
        const block = make("details", "d2l-block", make("li", "", list));
        shown = [make("summary", "", block), make("ul", "", block)];
        for (const each of alike.slice(0, 2)) make("p", "", make("li", "", shown[1]), sentence(each));
      }
      shown[0].textContent = together(alike);
      make("p", "", make("li", "", shown[1]), sentence(record));
      return undefined;
    };
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

  /** Return the length of the largest form of what is displayed. */
  function sizeOf(data) {
    const text = (form) => (typeof form === "string" ? form : JSON.stringify(form));
    return Math.max(0, ...Object.values(data).map((form) => text(whole(form)).length));
  }

  /** Let long text scroll in a box of its own, which can be opened. */
  function limit(box) {
    const button = make("button", "d2l-live-button d2l-live-all", null);
    button.type = "button";
    let waits = false;

    function turn(open) {
      box.classList.toggle("d2l-live-open", open);
      button.textContent = open ? "Show less" : "Show all";
      button.setAttribute("aria-expanded", String(open));
    }

    function measure() {
      waits = false;
      if (button.isConnected || box.scrollHeight <= box.clientHeight + 1) return;
      turn(false);
      box.after(button);
      Object.assign(box, { tabIndex: 0 }); // what scrolls is reached by keys
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Long output");
      button.addEventListener("click", () => turn(!box.classList.contains("d2l-live-open")));
    }

    box.classList.add("d2l-live-long");
    return () => {
      if (!waits) requestAnimationFrame(measure);
      waits = true;
    };
  }

  function showError(box, { ename, evalue, traceback }) {
    box.setAttribute("role", "alert");
    box.tabIndex = -1; // the bar leads here
    make("strong", "", box, ename === NO_INPUT ? INPUT : `${ename}: ${plain(evalue)}`);
    const fold = make("details", "", box);
    make("summary", "", fold, "Where it happened");
    make("pre", "", fold, plain(traceback.join("\n")));
  }

  /** Return what puts a cell's messages in the place of what it showed before, and `end`s it.
   *
   * What stands together is shown together: pieces of printed text, lines that are displayed one
   * after another, and checks. `count` is told of each check.
   */
  function printer(place, count) {
    const named = new Map(); // id of a display -> its box, which may be filled anew
    let last = null; // what is being added to: {kind, add}
    let room = LIMIT;
    let full = false;
    let wrote = false;
    let clears = true;

    function clear() {
      place.replaceChildren();
      named.clear();
      last = null;
      room = LIMIT;
      full = clears = false;
    }

    function showText(kind, className, begin, text) {
      if (last?.kind !== kind) {
        room -= PIECE;
        const box = make("div", `output ${className}`, place);
        last = { kind, add: begin(box), measure: limit(box) };
      }
      last.add(text.slice(0, Math.max(room, 0)));
      last.measure();
      room -= text.length;
    }

    function showBox(box, content) {
      const id = content.transient?.display_id;
      const size = sizeOf(content.data);
      if (id) named.set(id, box);
      box.replaceChildren();
      if (isText(content.data)) {
        make("pre", "", box, plain(whole(content.data["text/plain"] ?? "")).slice(0, Math.max(room, 0)));
        limit(box)();
        room -= size;
      } else if (size > LARGEST) {
        const megabytes = Math.round(size / 1e6);
        make("p", "d2l-live-full", box, `An output of ${megabytes} MB is not shown: it is too large.`);
      } else {
        showData(box, content);
      }
    }

    function show(type, content) {
      const { data = {} } = content;
      const text = whole(data["text/plain"] ?? "");
      if (type === "stream") {
        showText(content.name, "d2l-live-stream", stream, content.text);
      } else if (CHECK in data && text) {
        showText("check", "d2l-live-stream", checkList, JSON.stringify(data[CHECK]));
      } else if (type === "display_data" && isText(data) && !content.transient?.display_id) {
        showText("text", "d2l-live-display_data", stream, `${text.replace(/\n$/, "")}\n`);
      } else {
        room -= PIECE;
        last = null;
        const box = make("div", `output d2l-live-${type}`, place);
        if (type === "error") showError(box, content);
        else showBox(box, content);
      }
      if (room > 0 || full) return;
      full = true;
      last = null;
      make("p", "d2l-live-full", place, "The cell shows more; only the first megabyte is kept.");
    }

    function print(type, content) {
      const known = named.get(content.transient?.display_id);
      if (type === "clear_output" && content.wait) clears = true;
      else if (type === "clear_output") clear();
      else if (type === "update_display_data" && known?.isConnected) showBox(known, content);
      if (CHECK in (content.data ?? {})) count();
      if (!/^(stream|display_data|execute_result|error)$/.test(type)) return;
      if (clears) clear();
      wrote = true;
      if (room > 0 || type === "error") show(type, content);
    }

    const end = () => wrote || place.replaceChildren();
    return Object.assign(print, { end });
  }

  window.d2lOutput = { make, plain, printer };
})();
