/* Keeps what the reader wrote, and which kernel knows it, for a reload or a second tab.
 *
 * In the browser's local storage, an entry for each changed cell: two tabs do not undo each other's
 * changes. A change is given back only to a cell whose code in the book is still the same. Where
 * nothing can be stored, nothing is kept, and the page works as well.
 */
(function () {
  "use strict";

  const page = location.pathname.split("/").slice(2).join("/"); // without the server's secret
  const name = (part) => `d2l-live:${page}:${part}`;

  /** Return the numbers of the cells that were changed. */
  function numbers() {
    const start = name("");
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(start));
      return keys.map((key) => key.slice(start.length)).filter((part) => /^\d+$/.test(part));
    } catch {
      return [];
    }
  }

  function read(part) {
    try {
      return JSON.parse(localStorage.getItem(name(part)));
    } catch {
      return null;
    }
  }

  function write(part, value) {
    try {
      if (value === null) localStorage.removeItem(name(part));
      else localStorage.setItem(name(part), JSON.stringify(value));
    } catch {
      // full or forbidden
    }
  }

  window.d2lMemory = {
    /** Return what was written into a cell, or null. */
    text(number, original) {
      const kept = read(number);
      return kept && kept.original === original ? kept.text : null;
    },

    /** Move changes to where the book has moved their cells since; return how many there are.
     *
     * `originals` is the book's own code, cell by cell. Changes of code that the book has no more
     * stay where they are, for the code may come back.
     */
    settle(originals) {
      let changes = 0;
      for (const number of numbers()) {
        const kept = read(number);
        const here = originals[number - 1] === kept?.original;
        const now = here ? number : originals.indexOf(kept?.original) + 1;
        if (now) changes += 1;
        if (!now || here || read(now)) continue;
        write(now, kept);
        write(number, null);
      }
      return changes;
    },

    keepText(number, original, text) {
      write(number, text === original ? null : { original, text });
    },

    /** Return {id, done}: the page's kernel and the numbers of the cells that it has run. */
    kernel: () => read("kernel"),

    keepKernel(id, done) {
      write("kernel", id && { id, done });
    },
  };
})();
