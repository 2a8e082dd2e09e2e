/* Keeps what the reader wrote, and which kernel knows it, for a reload or a second tab.
 *
 * In the browser's local storage, an entry for each changed cell: two tabs do not undo each other's
 * changes. A change is given back only if the book's own code of the cell is still the same. Where
 * nothing can be stored, nothing is kept, and the page works as well.
 */
(function () {
  "use strict";

  const page = location.pathname.split("/").slice(2).join("/"); // without the server's secret
  const name = (part) => `d2l-live:${page}:${part}`;

  const after = (key, start) => (key.startsWith(start) ? key.slice(start.length) : "");

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

    /** Return how many cells were changed. */
    changes() {
      try {
        const start = name("");
        return Object.keys(localStorage).filter((key) => /^\d+$/.test(after(key, start))).length;
      } catch {
        return 0;
      }
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
