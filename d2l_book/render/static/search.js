/* The search page. The index is loaded with the first query, the words of a page when it is found;
   both are scripts, because a page opened as a file may load nothing else. See search_index.py. */
(function () {
  "use strict";

  const SHOWN = 20; // results at a time
  const PER_PAGE = 3; // sections of one page
  const EXCERPT = 40; // words
  const DELAY = 150; // milliseconds after the last key
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const TOKEN = /\d+(?:\.\d+)+|[\p{L}\p{N}]+/gu;
  const BOOST = { label: 30, heading: 6, page: 2, text: 1 };
  const TOP = 2; // the top of a page, with its statement, counts more than what follows

  const script = document.currentScript;
  const folder = new URL("search/", script.src);
  const book = new URL("../", script.src);

  // What the words and the index need to agree on: see tokens() in search_index.py.
  const stem = (word) => (word.length > 3 && /[^su]s$/u.test(word) ? word.slice(0, -1) : word);
  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  const wordsOf = (text) => (plain(text).match(TOKEN) ?? []).map(stem);
  const isNumber = (term) => /^\d/.test(term);

  /** Load a script of the book, once. */
  const loading = new Map();
  function load(name) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((resolve, reject) => {
        const element = document.createElement("script");
        element.src = new URL(name.split("/").map(encodeURIComponent).join("/"), folder);
        element.onload = resolve;
        element.onerror = () => reject(new Error(`could not load ${name}`));
        document.head.append(element);
      }));
    }
    return loading.get(name);
  }

  let raw = null;
  const words = new Map();
  window.d2lSearch = {
    index: (data) => (raw = data),
    words: (page, texts) => words.set(page, texts),
  };

  /** Read a word's packed places: field -> section -> how many times. */
  function unpack(text, lengths) {
    let at = 0;
    const next = () => {
      for (let value = 0, scale = 1; ; scale *= 32) {
        const letter = CODES[text.charCodeAt(at++)];
        value += (letter % 32) * scale;
        if (letter < 32) return value;
      }
    };
    const found = {};
    const mask = next();
    for (let field = 0; 2 ** field <= mask; field++) {
      if (!(mask & (2 ** field))) continue;
      const places = (found[field] = {});
      let section = 0;
      for (let count = next(); count > 0; count--) {
        const step = next();
        section += step >> 1;
        places[section] = step % 2 ? next() : 1;
        lengths[section][field]++;
      }
    }
    return found;
  }
  const CODES = new Uint8Array(128);
  [...ALPHABET].forEach((letter, code) => (CODES[letter.charCodeAt(0)] = code));

  /** Make of the book's index what the library stores, and have it loaded. */
  function open(data) {
    const sections = [];
    data.sections.forEach((numbers, page) => {
      const [name, title, label, above] = data.pages[page];
      numbers.forEach((number, place) => {
        const [anchor, ...rest] = data.headings[number].split(" ");
        sections.push({ name, title, label, above, place, anchor, heading: rest.join(" ") });
      });
    });
    const lengths = sections.map(() => data.fields.map(() => 0));
    const terms = data.terms.split(" ");
    const index = data.places.split(" ").map((text, term) => [terms[term], unpack(text, lengths)]);
    const numbered = (values) => Object.fromEntries(values.map((value, id) => [id, value]));
    const mean = data.fields.map((_, field) =>
      lengths.reduce((sum, each) => sum + each[field], 0) / sections.length);
    const stop = new Set(data.stop);
    const options = {
      fields: data.fields,
      tokenize: (text) => wordsOf(text),
      processTerm: (term) => (stop.has(term) ? null : term),
    };
    const library = MiniSearch.loadJS({
      documentCount: sections.length,
      nextId: sections.length,
      documentIds: numbered(sections.map((_, id) => id)),
      fieldIds: Object.fromEntries(data.fields.map((field, id) => [field, id])),
      fieldLength: numbered(lengths),
      averageFieldLength: mean,
      storedFields: {},
      dirtCount: 0,
      index,
      serializationVersion: 2,
    }, options);
    return { library, sections, stop };
  }

  let opened = null;
  async function opening() {
    await load("index.js");
    opened ??= open(raw);
    raw = null;
    return opened;
  }

  /** A long word without its ending, so that "standardisation" finds "standardize". */
  const beginning = (term) => (term.length > 8 ? term.slice(0, Math.floor(0.65 * term.length)) : term);

  /** Look a query up: as it is; if nothing is found, with the nearest words; then with other endings;
   * then with any of them. */
  function find({ library, sections, stop }, query) {
    const looks = [
      { combineWith: "AND", note: "" },
      { combineWith: "AND", fuzzy: true, note: "Nothing is written like that; these are near. " },
      { combineWith: "AND", cut: true, note: "Nothing is written like that; these begin alike. " },
      { combineWith: "OR", fuzzy: true, note: "No section has all of these words. " },
    ];
    for (const { note, fuzzy, cut, combineWith } of looks) {
      const found = library.search(query, {
        boost: BOOST,
        boostDocument: (id) => (sections[id].place ? 1 : TOP),
        combineWith,
        processTerm: (term) => (stop.has(term) ? null : cut ? beginning(term) : term),
        prefix: (term) => term.length > 2 && !isNumber(term),
        fuzzy: (term) => (fuzzy && term.length > 3 && !isNumber(term) ? 0.25 : false),
        maxFuzzy: 2,
        weights: { fuzzy: 0.4, prefix: 0.4 },
      });
      if (found.length > 0) return { note, found };
    }
    return { note: "", found: [] };
  }

  /** Keep of each page its best sections, so that one page does not fill the list. */
  function thinned(found, sections) {
    const seen = new Map();
    return found.filter(({ id }) => {
      const count = (seen.get(sections[id].name) ?? 0) + 1;
      seen.set(sections[id].name, count);
      return count <= PER_PAGE;
    });
  }

  /** Append a text with the words that were found marked. */
  function mark(element, text, terms) {
    let end = 0;
    for (const match of text.matchAll(TOKEN_AS_WRITTEN)) {
      if (!terms.has(wordsOf(match[0])[0])) continue;
      const marked = document.createElement("mark");
      marked.textContent = match[0];
      element.append(text.slice(end, match.index), marked);
      end = match.index + match[0].length;
    }
    element.append(text.slice(end));
  }
  const TOKEN_AS_WRITTEN = /\d+(?:\.\d+)+|[\p{L}\p{N}\p{M}]+/gu;

  /** Return the part of a text where most of the words stand. */
  function excerpt(text, terms) {
    const parts = text.split(" ");
    const hits = parts.map((part) => wordsOf(part).some((word) => terms.has(word)));
    let best = 0;
    let most = -1;
    for (let start = 0, count = 0, end = 0; start < parts.length; start++) {
      for (; end < Math.min(parts.length, start + EXCERPT); end++) count += hits[end];
      if (count > most) [best, most] = [start, count];
      count -= hits[start];
    }
    // Begin a little before the first of them.
    const first = Math.max(0, hits.indexOf(true, best));
    const start = Math.max(0, Math.min(first - 8, parts.length - EXCERPT));
    const cut = parts.slice(start, start + EXCERPT).join(" ");
    return (start > 0 ? "… " : "") + cut + (start + EXCERPT < parts.length ? " …" : "");
  }

  function shown({ id, terms: found }, sections) {
    const section = sections[id];
    const terms = new Set(found);
    const item = document.createElement("li");
    const link = document.createElement("a");
    const anchor = section.anchor && `#${section.anchor}`;
    link.href = new URL(`${section.name}.html`, book).href + anchor;
    const named = section.label && !section.title.includes(section.label);
    const title = (named ? `${section.label} ` : "") + section.title;
    mark(link, section.place ? section.heading : title, terms);
    const where = document.createElement("p");
    where.className = "d2l-search-where";
    where.textContent = [...section.above, ...(section.place ? [title] : [])].join(" › ");
    const text = document.createElement("p");
    text.className = "d2l-search-text";
    item.append(link, where, text);
    load(`${section.name}.js`).then(() => {
      mark(text, excerpt(words.get(section.name)[section.place], terms), terms);
    }, () => {});
    return item;
  }

  function start() {
    const field = document.getElementById("d2l-query");
    const form = field.form;
    const list = document.getElementById("search-results");
    const status = document.getElementById("d2l-search-status");
    const more = document.querySelector(".d2l-search-more");
    let current = "";
    let rest = [];

    function extend(sections) {
      const items = rest.splice(0, SHOWN).map((each) => shown(each, sections));
      list.append(...items);
      more.hidden = rest.length === 0;
      return items[0];
    }

    async function look() {
      const query = field.value.trim();
      if (query === current) return;
      current = query;
      const address = new URL(location.href);
      if (query) address.searchParams.set("q", query);
      else address.searchParams.delete("q");
      history.replaceState(history.state, "", address);
      if (!query) {
        list.replaceChildren();
        [status.textContent, more.hidden] = ["", true];
        return;
      }
      if (!opened) status.textContent = "Loading the index …";
      try {
        await opening();
      } catch (error) {
        status.textContent = `The index of this book is missing: ${error.message}.`;
        return;
      }
      if (query !== current) return; // more was typed meanwhile
      const { note, found } = find(opened, query);
      rest = thinned(found, opened.sections);
      const many = rest.length === 1 ? "1 place" : `${rest.length} places`;
      list.replaceChildren();
      status.textContent = found.length ? `${note}${many} found.` : `Nothing is found for ${query}.`;
      extend(opened.sections);
    }

    let timer = 0;
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, DELAY);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      look();
    });
    more.addEventListener("click", () => extend(opened.sections)?.querySelector("a").focus());
    document.querySelector(".d2l-search").addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const stops = [field, ...list.querySelectorAll("a")];
      const place = stops.indexOf(document.activeElement);
      const next = stops[place + step];
      if (place < 0 || !next) return;
      event.preventDefault();
      next.focus();
    });

    field.value = new URL(location.href).searchParams.get("q") ?? "";
    field.focus();
    look();
  }
  start(); // deferred, so the page is there
})();
