/* Lets the reader change and run a page's cells; only the server of `make live` adds this script.
 *
 * It speaks Jupyter's own protocol: REST to start and stop a kernel, a WebSocket to run code. The
 * server's cookie lets it in, so no secret is kept here. Running a cell first runs every cell above
 * it that has not run yet, folded ones included, so that it finds the names it uses.
 */
(function () {
  "use strict";

  const heading = document.querySelector(".bd-article h1"); // another h1 is for printing only
  const places = [...document.querySelectorAll(".bd-article div.cell")];
  if (!heading || !places.some((place) => place.querySelector(".cell_input"))) return;

  const { make, printer } = window.d2lOutput;
  const HELP = "Shift+Enter runs the cell. Tab indents; to leave with Tab, press Escape first.";
  const waiting = new Map(); // id of a request -> what to do with its messages
  const session = crypto.randomUUID();
  const cells = [];
  let kernel = null;
  let socket = null;
  let line = Promise.resolve(); // cells run one after another
  let round = 0; // a stop, an error or a restart ends the round and with it what still waits

  function makeButton(parent, text, action) {
    const button = make("button", "d2l-live-button", parent, text);
    button.type = "button";
    button.addEventListener("click", action);
    return button;
  }

  // The server

  async function ask(method, path, body, keepalive = false) {
    const secret = document.cookie.match(/(?:^|;\s*)_xsrf=([^;]*)/)?.[1] ?? "";
    const answer = await fetch(`/api/kernels${path}`, {
      method,
      keepalive,
      headers: { "Content-Type": "application/json", "X-XSRFToken": decodeURIComponent(secret) },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  }

  async function connect() {
    const path = location.pathname.split("/").slice(2, -1).join("/");
    kernel = (await ask("POST", "", { name: "python3", path })).id;
    const address = `ws://${location.host}/api/kernels/${kernel}/channels?session_id=${session}`;
    const mine = new WebSocket(address);
    await new Promise((resolve, reject) => {
      mine.onopen = resolve;
      mine.onerror = () => reject(new Error("the kernel could not be reached"));
    });
    socket = mine;
    socket.onmessage = (event) => {
      if (mine === socket && typeof event.data === "string") receive(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (mine !== socket) return;
      abandon();
      tools.hidden = true;
      cells.forEach((cell) => (cell.bar.hidden = true));
      say("The server has stopped; what you wrote stays until you leave the page.");
    };
  }

  /** Replace the kernel and its connection: a restarted kernel's first messages may get lost. */
  function renew(reason) {
    const [old, past] = [socket, kernel];
    socket = null;
    old?.close();
    abandon();
    say(`${reason} Starting a kernel …`);
    const replaced = ask("DELETE", `/${past}`).catch(() => null).then(connect);
    line = guard(replaced, `${reason} No cell has run in the new kernel yet.`);
  }

  function receive({ header, parent_header: parent, content }) {
    if (header.msg_type === "status" && /restarting|dead/.test(content.execution_state)) {
      renew("The kernel died.");
      return;
    }
    waiting.get(parent.msg_id)?.(header.msg_type, content);
  }

  /** Run code; resolve with whether it succeeded, once its reply and its last output are here. */
  function execute(code, onOutput) {
    const id = crypto.randomUUID();
    const content = { code, silent: false, store_history: true, user_expressions: {} };
    Object.assign(content, { allow_stdin: false, stop_on_error: true });
    const header = { msg_id: id, msg_type: "execute_request", session, username: "" };
    Object.assign(header, { version: "5.3", date: new Date().toISOString() });
    return new Promise((resolve) => {
      let status = null;
      let idle = false;
      waiting.set(id, (type, message) => {
        if (type === "execute_reply" || type === "abandoned") status = message.status;
        else if (type === "status") idle = message.execution_state === "idle";
        else onOutput(type, message);
        if (type !== "abandoned" && !(status && idle)) return;
        waiting.delete(id);
        resolve(status === "ok");
      });
      const frame = { channel: "shell", header, parent_header: {}, metadata: {}, content };
      socket.send(JSON.stringify({ ...frame, buffers: [] }));
    });
  }

  /** Forget what runs or waits, and that anything has run. */
  function abandon() {
    round += 1;
    waiting.forEach((listen) => listen("abandoned", { status: "aborted" }));
    cells.forEach((cell) => (cell.done = false));
  }

  // Cells

  /** Let Tab indent, Enter keep the indentation and Shift+Enter run; Escape lets Tab leave. */
  function onKey(event, run) {
    const { key, shiftKey, ctrlKey, metaKey, altKey, target } = event;
    const insert = (text) => {
      event.preventDefault();
      document.execCommand("insertText", false, text); // the one way that undo can undo
    };
    const leaves = target.dataset.leaves === "yes";
    target.dataset.leaves = key === "Escape" ? "yes" : "no";
    if (key === "Enter" && (shiftKey || ctrlKey || metaKey)) {
      event.preventDefault();
      run();
    } else if (altKey || ctrlKey || metaKey || shiftKey) {
      return;
    } else if (key === "Tab" && !leaves) {
      insert("    ");
    } else if (key === "Enter") {
      const before = target.value.slice(0, target.selectionStart).split("\n").pop();
      insert(`\n${before.match(/^ */)[0]}${/:\s*$/.test(before) ? "    " : ""}`);
    }
  }

  function makeEditable(place) {
    const input = place.querySelector(".cell_input");
    const original = input.querySelector("pre").textContent.replace(/\n$/, "");
    const output = place.querySelector(".cell_output") ?? make("div", "cell_output", place);
    const cell = { place, output, done: false, number: cells.push(null) };
    const box = make("div", "d2l-live-cell", null);
    cell.text = make("textarea", "", box);
    Object.assign(cell.text, { value: original, spellcheck: false, wrap: "soft" });
    cell.text.rows = original.split("\n").length;
    cell.text.setAttribute("aria-label", `Code of cell ${cell.number}`);
    cell.text.setAttribute("aria-describedby", "d2l-live-help");
    cell.bar = make("div", "d2l-live-bar", box);
    const run = () => runUpTo(cell);
    makeButton(cell.bar, "Run", run).setAttribute("aria-label", `Run cell ${cell.number}`);
    const undo = makeButton(cell.bar, "Undo changes", () => {
      cell.text.value = original;
      cell.text.dispatchEvent(new Event("input"));
      cell.text.focus();
    });
    undo.hidden = true;
    cell.text.addEventListener("keydown", (event) => onKey(event, run));
    cell.text.addEventListener("input", () => {
      undo.hidden = cell.text.value === original;
      cell.text.rows = cell.text.value.split("\n").length;
    });
    for (const child of input.children) child.hidden = true;
    input.append(box);
    cells[cell.number - 1] = cell;
  }

  function runUpTo(cell) {
    runAll([...cells.slice(0, cell.number - 1).filter((above) => !above.done), cell]);
  }

  function runAll(list) {
    const mine = round;
    for (const cell of list) {
      line = line.then(() => (mine === round ? runOne(cell) : null));
    }
    line = line.then(() => {
      if (mine === round && list.length > 0) say(`Done: cell ${list.at(-1).number}.`);
    });
  }

  async function runOne(cell) {
    if (!socket) return say("There is no kernel; press Restart.");
    say(`Running cell ${cell.number} of ${cells.length} …`);
    cell.output.setAttribute("aria-busy", "true");
    let wrote = false;
    const print = printer(cell.output);
    const mine = round;
    const succeeded = await execute(cell.text.value, (type, content) => {
      wrote ||= /^(stream|display_data|execute_result|error)$/.test(type);
      print(type, content);
    });
    cell.output.removeAttribute("aria-busy");
    if (mine !== round) return; // stopped meanwhile, and said so
    if (!wrote) cell.output.replaceChildren();
    cell.done = succeeded;
    if (!succeeded) {
      round += 1;
      say(`Cell ${cell.number} raised an error; the cells below it were not run.`);
    }
  }

  // The bar below the title

  const bar = make("div", "d2l-live", null);
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Live cells");
  const start = makeButton(bar, "Live", open);
  const tools = make("span", "d2l-live-tools", bar);
  tools.hidden = true;
  const first = makeButton(tools, "Run all", () => runAll(cells));
  makeButton(tools, "Stop", () => {
    round += 1;
    guard(ask("POST", `/${kernel}/interrupt`), "Stopped.");
  });
  makeButton(tools, "Restart", () => renew("Restarted."));
  const status = make("span", "d2l-live-status", bar, "Change and run the cells of this page.");
  status.setAttribute("role", "status");
  const help = make("p", "d2l-live-help", null, HELP);
  Object.assign(help, { id: "d2l-live-help", hidden: true });
  heading.after(bar, help); // the bar stays in sight, the help need not

  function say(text) {
    status.textContent = text;
  }

  function guard(promise, text) {
    return promise.then(
      () => say(text),
      (error) => say(`That did not work: ${error.message}.`),
    );
  }

  async function open() {
    start.disabled = true;
    say("Starting a kernel …");
    try {
      await connect();
    } catch (error) {
      start.disabled = false;
      say(`No kernel could be started: ${error.message}. Is make live still running?`);
      return;
    }
    places.filter((place) => place.querySelector(".cell_input")).forEach(makeEditable);
    start.hidden = true;
    tools.hidden = help.hidden = false;
    first.focus();
    say("Ready. Change a cell and run it.");
  }

  // A page that is left needs its kernel no more; one that comes back from the cache has none.
  window.addEventListener("pagehide", () => kernel && ask("DELETE", `/${kernel}`, undefined, true));
  window.addEventListener("pageshow", (event) => event.persisted && kernel && location.reload());
})();
