/* Lets the reader change and run a page's cells; only the server of `make live` adds this script.
 *
 * Running a cell first runs every cell above it that has not run yet, folded ones included, so that
 * it finds the names it uses. See live_kernel.js for the connection, live_output.js for what cells
 * answer and live_memory.js for what outlives a reload.
 */
(function () {
  "use strict";

  const heading = document.querySelector(".bd-article h1"); // another h1 is for printing only
  const places = [...document.querySelectorAll(".bd-article div.cell")];
  if (!heading || !places.some((place) => place.querySelector(".cell_input"))) return;

  const { make, printer } = window.d2lOutput;
  const memory = window.d2lMemory;
  const HELP = "Shift+Enter runs the cell. Tab indents; to leave with Tab, press Escape first.";
  const KEPT = "What you wrote is kept in this browser.";
  const NONE_RUN = "No cell has run in the new kernel yet.";
  const cells = [];
  let line = Promise.resolve(); // cells run one after another
  let round = 0; // a stop, an error or a restart ends the round and with it what still waits

  const kernel = window.d2lKernel({
    cut: (tries, of) => say(`The connection to the kernel is cut; trying again (${tries} of ${of}) …`),
    back: () => say("Connected again to the same kernel; it knows all names still."),
    lost(reason) {
      forget();
      offer([again]);
      say(`${reason} ${KEPT}`);
    },
    died() {
      forget();
      say("The kernel died. Starting it anew …");
    },
    revived: () => say(`The kernel died. ${NONE_RUN}`),
    restarted() {
      forget();
      say(`The kernel was restarted elsewhere. ${NONE_RUN}`);
    },
    ended() {
      forget();
      offer([restart]);
      say(`The kernel has ended, and what it knew is gone. ${KEPT} Restart starts a new one.`);
    },
  });

  function makeButton(parent, text, action) {
    const button = make("button", "d2l-live-button", parent, text);
    button.type = "button";
    button.addEventListener("click", action);
    return button;
  }

  /** Forget what waits, and that anything has run. */
  function forget() {
    round += 1;
    cells.forEach((cell) => (cell.done = false));
    keep();
  }

  function keep() {
    const done = cells.filter((cell) => cell.done).map((cell) => cell.number);
    memory.keepKernel(kernel.id, done);
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
    const value = memory.text(cell.number, original) ?? original;
    Object.assign(cell.text, { value, spellcheck: false, wrap: "soft" });
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
    const fit = () => {
      undo.hidden = cell.text.value === original;
      cell.text.rows = cell.text.value.split("\n").length;
    };
    fit();
    cell.text.addEventListener("keydown", (event) => onKey(event, run));
    cell.text.addEventListener("input", () => {
      fit();
      memory.keepText(cell.number, original, cell.text.value);
    });
    for (const child of input.children) child.hidden = true;
    input.append(box);
    cells[cell.number - 1] = cell;
    return value !== original;
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
    if (!kernel.connected) {
      round += 1;
      return say(kernel.id ? "The kernel is not connected yet." : "There is no kernel; press Restart.");
    }
    say(`Running cell ${cell.number} of ${cells.length} …`);
    cell.output.setAttribute("aria-busy", "true");
    const print = printer(cell.output);
    const mine = round;
    const outcome = await kernel.execute(cell.text.value, print);
    cell.output.removeAttribute("aria-busy");
    if (mine !== round) return; // stopped meanwhile, and said so
    if (outcome !== "lost") print.end();
    cell.done = outcome === "ok";
    keep();
    if (cell.done) return;
    round += 1;
    say(
      outcome === "lost"
        ? `The connection was cut while cell ${cell.number} ran; what it did is not known.`
        : `Cell ${cell.number} raised an error; the cells below it were not run.`,
    );
  }

  // The bar below the title

  const bar = make("div", "d2l-live", null);
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Live cells");
  const start = makeButton(bar, "Live", open);
  const tools = make("span", "d2l-live-tools", bar);
  const first = makeButton(tools, "Run all", () => runAll(cells));
  const stop = makeButton(tools, "Stop", () => {
    round += 1;
    guard(kernel.interrupt(), "Stopped.");
  });
  const restart = makeButton(tools, "Restart", () => {
    forget();
    offer(usual);
    say("Restarting the kernel …");
    line = guard(kernel.restart().then(keep), `Restarted. ${NONE_RUN}`);
  });
  const again = makeButton(tools, "Connect again", () => {
    offer(usual);
    kernel.again();
  });
  const usual = [first, stop, restart];
  const status = make("span", "d2l-live-status", bar, "Change and run the cells of this page.");
  status.setAttribute("role", "status");
  const help = make("p", "d2l-live-help", null, HELP);
  Object.assign(help, { id: "d2l-live-help", hidden: true });
  offer([]);
  heading.after(bar, help); // the bar stays in sight, the help need not

  /** Show these of the tools; the cells' own buttons come and go with "Run all". */
  function offer(list) {
    for (const button of tools.children) button.hidden = !list.includes(button);
    tools.hidden = list.length === 0;
    cells.forEach((cell) => (cell.bar.hidden = !list.includes(first)));
  }

  function say(text) {
    status.textContent = text;
  }

  function guard(promise, text) {
    return promise.then(
      () => say(text),
      (error) => say(`That did not work. ${error.message}`),
    );
  }

  /** Make the cells editable; return whether some were changed before. */
  function edit() {
    window.dispatchEvent(new CustomEvent("d2l-reads", { detail: "code" })); // see reading.js
    const changed = places.filter((place) => place.querySelector(".cell_input")).map(makeEditable);
    start.hidden = true;
    help.hidden = false;
    offer(usual);
    return changed.includes(true) ? " Your changes are back." : "";
  }

  async function open() {
    start.disabled = true;
    say("Starting a kernel …");
    try {
      await kernel.start();
    } catch (error) {
      start.disabled = false;
      say(`No kernel could be started. ${error.message}`);
      return;
    }
    const changes = edit();
    keep();
    first.focus();
    say(`Ready.${changes} Change a cell and run it.`);
  }

  /** Go on with the kernel that this page had before it was loaded again, or in another tab. */
  async function resume({ id, done }) {
    start.disabled = true;
    try {
      const state = await kernel.attach(id);
      const changes = edit();
      cells.forEach((cell) => (cell.done = done.includes(cell.number)));
      const busy = state === "busy" ? " It is still busy." : "";
      say(`Connected to the kernel that this page had.${busy}${changes}`);
    } catch {
      memory.keepKernel(null);
    } finally {
      start.disabled = false;
    }
  }

  // A page that is left needs its kernel no more, unless it is back at once.
  window.addEventListener("pagehide", () => kernel.leave());
  window.addEventListener("pageshow", (event) => event.persisted && kernel.id && location.reload());
  const known = memory.kernel();
  if (known) resume(known);
})();
