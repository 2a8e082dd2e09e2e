/* A cell that can be changed and run: its editor, its buttons, and a word on what it is doing.
 *
 * `d2lCell(place, number, act)` makes the cell at a place of the page live. `act` says what the page
 * does for it: `run(cell)`, `runOn(cell)`, `complete`, `inspect`, `margin`, `say`: see live_editor.js.
 */
(function () {
  "use strict";

  const { make, plain } = window.d2lData;
  const memory = window.d2lMemory;
  const SECOND = 1000;
  const INTERRUPT = "KeyboardInterrupt";

  const has = (place) => place.querySelector(".cell_input") !== null;
  const codeOf = (place) => place.querySelector(".cell_input pre").textContent.replace(/\n$/, "");
  const sectionOf = (place) => place.closest("section");

  /** Call a cell by the heading above it, and by its place among those below that heading. */
  function nameOf(place) {
    const section = sectionOf(place);
    const heading = section?.querySelector("h1, h2, h3, h4, h5, h6")?.cloneNode(true);
    heading?.querySelector(".headerlink")?.remove();
    const all = [...document.querySelectorAll(".bd-article div.cell")].filter(has);
    const near = all.filter((other) => sectionOf(other) === section);
    const which = near.length > 1 ? `, cell ${near.indexOf(place) + 1} of ${near.length}` : "";
    return `“${heading?.textContent.trim() || document.title}”${which}`;
  }

  function makeButton(parent, text, action) {
    const button = make("button", "d2l-live-button", parent, text);
    button.type = "button";
    button.addEventListener("click", action);
    return button;
  }

  const duration = (time) => {
    const seconds = time / SECOND;
    return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
  };

  /** Return a box for what the kernel knows about a name, closed until it is filled. */
  function documentation(box) {
    const shown = make("div", "d2l-live-about", box);
    shown.hidden = true;
    shown.tabIndex = 0;
    shown.setAttribute("role", "region");
    shown.setAttribute("aria-label", "What the kernel knows about the name");
    const text = make("pre", "", shown);
    return {
      show(about) {
        text.textContent = about;
        shown.hidden = false;
        shown.scrollTop = 0;
      },
      dismiss() {
        const was = !shown.hidden;
        shown.hidden = true;
        return was;
      },
    };
  }

  function d2lCell(place, number, act) {
    const input = place.querySelector(".cell_input");
    const original = codeOf(place);
    const output = place.querySelector(".cell_output") ?? make("div", "cell_output", place);
    const box = make("div", "d2l-live-cell", null);
    const name = nameOf(place);
    const kept = memory.text(number, original);
    const code = make("div", "highlight d2l-live-code", box);
    const about = documentation(box);
    const bar = make("div", "d2l-live-bar", box);
    place.id ||= `d2l-live-${number}`; // for links to it
    let began = 0;
    let clock = 0;

    const cell = {
      place,
      number,
      name,
      output,
      bar,
      done: false,

      get text() {
        return editor.text;
      },
      get changed() {
        return editor.text !== original;
      },
      focus: () => editor.focus(),
      get canBeSeen() {
        return box.checkVisibility();
      },

      /** Unfold what hides the cell, and bring its output into sight. */
      show() {
        for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) {
          fold.open = true;
        }
        const target = output.querySelector(".d2l-live-error") ?? output;
        target.scrollIntoView({ block: "nearest" });
        return target;
      },

      /** Say in the cell what became of it; an earlier word is gone. */
      say(text, kind = "") {
        clearInterval(clock);
        state.textContent = text;
        state.dataset.kind = kind;
      },

      starts() {
        const tick = () => (state.textContent = `running … ${Math.floor((Date.now() - began) / SECOND)} s`);
        began = Date.now();
        cell.say("", "runs");
        tick();
        clock = setInterval(tick, SECOND);
        output.setAttribute("aria-busy", "true");
      },

      /** Say how a run ended: `outcome` as the kernel calls it, and why if it did not end well. */
      ends(outcome, reason) {
        const time = duration(Date.now() - began);
        const words = {
          ok: `ran in ${time}`,
          aborted: reason,
          lost: "the connection was cut while this ran",
        };
        const stopped = reason === INTERRUPT ? `stopped after ${time}` : `an error after ${time}`;
        cell.say(words[outcome] ?? stopped, outcome === "ok" ? "ok" : "failed");
        output.removeAttribute("aria-busy");
      },

      /** Offer to run the cell, or not. */
      offer: (can) => (run.hidden = !can),
    };

    const fit = () => (back.hidden = !cell.changed);
    const editor = window.d2lEditor.make(code, {
      text: kept ?? original,
      label: `Code of ${name}`,
      help: "d2l-live-help",
      margin: act.margin,
      run: () => act.run(cell),
      runOn: () => act.runOn(cell),
      complete: act.complete,
      dismiss: about.dismiss,
      say: act.say,
      async inspect(text, at) {
        try {
          const { found, data } = await act.inspect(text, at);
          if (!found) return act.say("The kernel knows nothing about this.");
          about.show(plain(data["text/plain"]));
          act.say("Shown below the code; Escape takes it away.");
        } catch (error) {
          act.say(error.message);
        }
      },
      onChange() {
        fit();
        memory.keepText(number, original, editor.text);
      },
    });
    const run = makeButton(bar, "Run", () => act.run(cell));
    run.setAttribute("aria-label", `Run ${name}`);
    const back = makeButton(bar, "Back to the book’s code", () => {
      editor.text = original;
      editor.focus();
    });
    back.setAttribute("aria-label", `Back to the book’s code: ${name}`);
    const state = make("span", "d2l-live-state", bar);
    fit();
    for (const child of input.children) child.hidden = true;
    input.append(box);
    return cell;
  }

  window.d2lCell = Object.assign(d2lCell, { has, codeOf, makeButton });
})();
