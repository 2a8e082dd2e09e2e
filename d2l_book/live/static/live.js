/* Lets the reader change and run a page's cells; only the server of `make live` adds this script.
 *
 * Running a cell first runs every cell above it that has not run yet, folded ones included, so that
 * it finds the names it uses. See live_cell.js for a cell, live_kernel.js for the connection,
 * live_output.js for what cells answer and live_memory.js for what outlives a reload.
 */
(function () {
  "use strict";

  const heading = document.querySelector(".bd-article h1"); // another h1 is for printing only
  const { has, codeOf, makeButton } = window.d2lCell;
  const places = [...document.querySelectorAll(".bd-article div.cell")].filter(has);
  if (!heading || places.length === 0) return;

  const { make, printer } = window.d2lOutput;
  const memory = window.d2lMemory;
  const HELP =
    "Shift+Enter runs a cell and goes on to the next, Ctrl+Enter stays. Ctrl+Space completes a " +
    "name, Ctrl+I says what it is, Ctrl+/ makes a comment of a line. Tab indents; to leave with " +
    "Tab, press Escape first. What you write is kept on this device.";
  const KEPT = "What you wrote is kept on this device.";
  const NONE_RUN = "No cell has run in the new kernel yet.";
  const cells = [];
  let line = Promise.resolve(); // cells run one after another
  let fate = ""; // what became of a kernel that did not finish a cell
  let round = 0; // a stop, an error or a restart ends the round and with it what still waits

  const proof = window.d2lProof(link);
  const kernel = window.d2lKernel({
    cut: (tries, of) => say(`The connection to the kernel is cut; trying again (${tries} of ${of}) …`),
    back: () => say("Connected again to the same kernel; it knows all names still."),
    lost(reason) {
      forget();
      offer([again]);
      say(`${reason} ${KEPT}`);
    },
    died() {
      forget("the kernel died while this ran");
      say("The kernel died. Starting it anew …");
    },
    revived: () => say(`The kernel died. ${NONE_RUN}`),
    restarted() {
      forget("the kernel was restarted while this ran");
      say(`The kernel was restarted elsewhere. ${NONE_RUN}`);
    },
    ended() {
      forget("the kernel ended while this ran");
      offer([restart]);
      say(`The kernel has ended, and what it knew is gone. ${KEPT} Restart starts a new one.`);
    },
  });

  /** Forget what waits, and that anything has run. */
  function forget(reason = "") {
    fate = reason;
    round += 1;
    for (const cell of cells) {
      if (cell.done) cell.say("ran in an earlier kernel");
      cell.done = false;
    }
    proof.forget();
    keep();
  }

  function keep() {
    const done = cells.filter((cell) => cell.done).map((cell) => cell.number);
    memory.keepKernel(kernel.id, done);
  }

  /** Return a link to a cell, which also unfolds what hides it. */
  function link(cell) {
    const text = make("a", "", null, cell.name);
    text.href = `#${cell.place.id}`;
    text.addEventListener("click", (event) => {
      event.preventDefault();
      cell.show().focus({ preventScroll: true });
    });
    return text;
  }

  // Running

  function runUpTo(cell) {
    runAll([...cells.slice(0, cell.number - 1).filter((above) => !above.done), cell]);
  }

  /** Run a cell and go on to the next one that can be seen, as in a notebook. */
  function runOn(cell) {
    runUpTo(cell);
    cells.slice(cell.number).find((next) => next.canBeSeen)?.focus();
  }

  function runAll(list) {
    const mine = round;
    for (const cell of list) {
      cell.say("waits for its turn");
      line = line.then(() => (mine === round ? runOne(cell) : cell.say("")));
    }
    line = line.then(() => {
      if (mine === round && list.length > 0) say(`Done: ${list.at(-1).name}.`);
    });
  }

  async function runOne(cell) {
    if (!kernel.connected) {
      round += 1;
      cell.say("");
      return say(kernel.id ? "The kernel is not connected yet." : "There is no kernel; press Restart.");
    }
    say(`Running ${cell.name} …`);
    proof.starts(cell);
    cell.starts();
    let problem = null;
    const print = printer(cell.output, () => proof.passed(cell));
    const mine = round;
    const outcome = await kernel.execute(cell.text, (type, content) => {
      if (type === "error") problem = content.ename;
      print(type, content);
    });
    if (outcome !== "lost") print.end();
    cell.ends(outcome, outcome === "aborted" ? fate : problem);
    if (outcome !== "ok") proof.failed(cell, problem);
    if (mine !== round) return; // stopped meanwhile, and said so
    cell.done = outcome === "ok";
    keep();
    if (cell.done) return;
    round += 1;
    if (outcome === "lost") {
      return say("The connection was cut while ", cell, " ran; what it did is not known.");
    }
    cell.show();
    say("An error in ", cell, `: ${problem}. The cells below it were not run.`);
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
    forget("the kernel was restarted while this ran");
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
    cells.forEach((cell) => cell.offer(list.includes(first)));
  }

  /** Say in the bar what happens; a cell among the words becomes a link to it. */
  function say(...words) {
    status.replaceChildren(...words.map((word) => (typeof word === "string" ? word : link(word))));
  }

  function guard(promise, text) {
    return promise.then(
      () => say(text),
      (error) => say(`That did not work. ${error.message}`),
    );
  }

  /** Tell the style sheet how much of the window the theme's header and the bar cover. */
  function margin() {
    const header = document.querySelector(".bd-header-article");
    const [top, own] = [header?.offsetHeight ?? 0, bar.offsetHeight];
    document.documentElement.style.setProperty("--d2l-live-top", `${top}px`);
    document.documentElement.style.setProperty("--d2l-live-covered", `${top + own}px`);
    return top + own;
  }

  /** Make the cells editable; return what to say of earlier changes. */
  function edit() {
    window.dispatchEvent(new CustomEvent("d2l-reads", { detail: "code" })); // see reading.js
    const { complete, inspect } = kernel;
    const act = { run: runUpTo, runOn, margin, complete, inspect, say };
    places.forEach((place, index) => cells.push(window.d2lCell(place, index + 1, act)));
    start.hidden = true;
    help.hidden = false;
    offer(usual);
    return cells.some((cell) => cell.changed) ? " Your changes are back." : "";
  }

  async function open() {
    start.disabled = true;
    say("Starting a kernel …");
    try {
      if (!kernel.connected) await kernel.start();
      await window.d2lEditor.load();
    } catch (error) {
      start.disabled = false;
      say(`The page could not go live. ${error.message}`);
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
      await window.d2lEditor.load();
      const changes = edit();
      cells.forEach((cell) => (cell.done = done.includes(cell.number)));
      const busy = state === "busy" ? " It is still busy." : "";
      say(`Connected to the kernel that this page had.${busy}${changes}`);
    } catch {
      memory.keepKernel(null);
      remember();
    } finally {
      start.disabled = false;
    }
  }

  /** Say that there is something to come back to. */
  function remember() {
    const which = changes === 1 ? "a cell" : `${changes} cells`;
    if (changes) say(`You changed ${which} of this page before; Live brings that back.`);
  }

  // A page that is left needs its kernel no more, unless it is back at once.
  window.addEventListener("pagehide", () => kernel.leave());
  window.addEventListener("pageshow", (event) => event.persisted && kernel.id && location.reload());
  new ResizeObserver(margin).observe(bar);
  const changes = memory.settle(places.map(codeOf));
  const known = memory.kernel();
  if (known) resume(known);
  else remember();
})();
