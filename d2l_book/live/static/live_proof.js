/* Follows below the line of proof what was run again in the page: how many checks, and which failed.
 *
 * The line itself says what the book's own run proved, and stays. `d2lProof(lead)` returns a count
 * that is empty; `lead(cell)` returns a link to a cell.
 */
(function () {
  "use strict";

  const { make } = window.d2lData;
  const FAILED = "CheckError";
  const book = document.querySelector(".bd-article p.d2l-proof");
  const total = Number(/^[\d,]+/.exec(book?.textContent.trim() ?? "")?.[0].replaceAll(",", ""));

  const counted = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;

  function d2lProof(lead) {
    const runs = new Map(); // cell -> what its last run found
    const line = make("p", "d2l-proof d2l-live-proof", null);
    line.hidden = true;
    book?.after(line);

    function write() {
      const all = [...runs.values()];
      const sum = (list) => list.reduce((before, { passed }) => before + passed, 0);
      const failures = all.filter(({ failure }) => failure === "check");
      const errors = all.filter(({ failure }) => failure === "error");
      const [own, changed] = [all.filter((run) => !run.changed), all.filter((run) => run.changed)];
      const again = sum(own) + failures.filter((run) => !run.changed).length;
      const more = sum(changed) + failures.filter((run) => run.changed).length;
      line.hidden = all.length === 0;
      line.classList.toggle("d2l-live-failed", failures.length + errors.length > 0);
      make("strong", "", line, `${again} of ${total} checks`);
      line.replaceChildren(line.lastChild, " run again here");
      if (more) line.append(`, and ${counted(more, "check")} in cells that you changed`);
      line.append(failures.length ? `; ${failures.length} failed: ` : again + more ? "; all passed" : "");
      list(failures);
      if (errors.length) line.append(`; ${counted(errors.length, "cell")} raised an error: `);
      list(errors);
      line.append(".");
    }

    function list(found) {
      found.forEach(({ cell }, index) => line.append(index ? ", " : "in ", lead(cell)));
    }

    return {
      /** Begin to count for a cell that runs. */
      starts(cell) {
        runs.set(cell, { cell, changed: cell.changed, passed: 0, failure: null });
        if (book) write();
      },
      passed(cell) {
        const run = runs.get(cell);
        if (run) run.passed += 1;
        if (book && run) write();
      },
      failed(cell, name) {
        const run = runs.get(cell); // none, where the kernel is gone and with it what it found
        if (run) run.failure = name === FAILED ? "check" : "error";
        if (book && run) write();
      },
      forget() {
        runs.clear();
        line.hidden = true;
      },
    };
  }

  window.d2lProof = d2lProof;
})();
