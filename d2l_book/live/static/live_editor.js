/* The editor of a cell: CodeMirror, in the colours of the page's own code.
 *
 * `d2lEditor.load()` fetches the library, which pages that are only read do not need; after that,
 * `d2lEditor.make(box, options)` returns an editor.
 */
(function () {
  "use strict";

  const SCRIPT = new URL("libraries/live_libraries.js", document.currentScript.src);
  const WORD = /^[\w.]*$/;
  const ESCAPED = "Tab now leaves the code.";
  const INDENT = 4;
  const SPACE = 8; // pixels between the cursor and the edge of what is seen
  let loading = null;

  function load() {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = SCRIPT;
      script.onload = resolve;
      script.onerror = () => {
        loading = null;
        script.remove();
        reject(new Error("The editor could not be loaded."));
      };
      document.head.append(script);
    });
    return loading;
  }

  /** Give parts of the code the names by which the page's style sheet colours them. */
  function colours({ HighlightStyle, tags }) {
    const names = {
      k: [tags.keyword, tags.controlKeyword, tags.definitionKeyword],
      kn: [tags.moduleKeyword],
      ow: [tags.operatorKeyword],
      kc: [tags.bool, tags.null],
      bp: [tags.self],
      mi: [tags.number],
      s1: [tags.string, tags.special(tags.string)],
      se: [tags.escape],
      c1: [tags.comment],
      nf: [tags.function(tags.definition(tags.variableName))],
      nc: [tags.definition(tags.className), tags.className],
      nd: [tags.meta],
      o: [tags.operator],
      p: [tags.punctuation],
      n: [tags.variableName, tags.propertyName],
    };
    const rules = Object.entries(names).map(([name, tag]) => ({ tag, class: name }));
    return HighlightStyle.define(rules);
  }

  // The kernel counts characters, a browser the halves of some.
  const toKernel = (text, place) => [...text.slice(0, place)].length;
  const fromKernel = (text, place) => [...text].slice(0, place).join("").length;

  /** Ask the kernel how a name may go on: when the reader asks, and after a dot. */
  function completions(complete, say) {
    return async (context) => {
      const text = context.state.doc.toString();
      if (!context.explicit && !/\.\w*$/.test(text.slice(0, context.pos))) return null;
      try {
        const answer = await complete(text, toKernel(text, context.pos));
        if (context.explicit && answer.matches.length === 0) say("No name begins like this.");
        const [from, to] = [answer.cursor_start, answer.cursor_end].map((n) => fromKernel(text, n));
        const options = answer.matches.map((label) => ({ label }));
        return options.length ? { from, to, options, validFor: WORD } : null;
      } catch (error) {
        if (context.explicit) say(error.message);
        return null;
      }
    };
  }

  function indent(view) {
    const { state } = view;
    if (!state.selection.main.empty) return window.d2lLibraries.indentMore(view);
    const { head } = state.selection.main;
    const column = head - state.doc.lineAt(head).from;
    const spaces = " ".repeat(INDENT - (column % INDENT));
    view.dispatch(state.replaceSelection(spaces), { scrollIntoView: true, userEvent: "input" });
    return true;
  }

  /** Scroll on where the cursor, brought into sight, is still behind what covers the window's top. */
  function uncover(view, covered) {
    const place = view.hasFocus && view.coordsAtPos(view.state.selection.main.head);
    const top = place ? place.top - covered - SPACE : 0;
    if (top < 0) window.scrollBy({ top, behavior: "instant" });
  }

  /** Return an editor in a box.
   *
   * Options: `text`, `label` (its accessible name), `help` (the id of what describes it), `margin`
   * (returns the pixels at the top of the window that are covered), `onChange`, `run` and `runOn`
   * (Ctrl+Enter and Shift+Enter), `complete` and `inspect` (ask the kernel about text and a place in
   * it), `dismiss` (take away what was shown about a name; returns whether there was any), `say`.
   */
  function make(box, options) {
    const library = window.d2lLibraries;
    const { EditorState, EditorView, Prec, keymap } = library;

    const act = (action) => () => {
      action();
      return true;
    };
    const inspect = (view) => {
      const text = view.state.doc.toString();
      options.inspect(text, toKernel(text, view.state.selection.main.head));
      return true;
    };
    /** Let the next Tab leave, however long the reader takes to press it. */
    const escape = (view) => {
      if (options.dismiss()) return true;
      view.setTabFocusMode(true);
      options.say(ESCAPED);
      return true;
    };
    const stays = /^(?:Tab|Escape|Shift|Control|Alt|Meta)$/;
    const keys = [
      { key: "Shift-Enter", run: act(options.runOn) },
      { key: "Mod-Enter", run: act(options.run) },
      { key: "Ctrl-Enter", run: act(options.run) },
      { key: "Tab", run: indent, shift: library.indentLess },
      { key: "Ctrl-i", run: inspect, preventDefault: true },
      { key: "Escape", run: escape },
    ];

    const view = new EditorView({
      parent: box,
      doc: options.text,
      extensions: [
        Prec.high(keymap.of(keys)),
        Prec.highest(
          EditorView.domEventHandlers({
            keydown(event, view) {
              if (!stays.test(event.key)) view.setTabFocusMode(false);
            },
            blur: (event, view) => view.setTabFocusMode(false),
          }),
        ),
        keymap.of([...library.defaultKeymap, ...library.historyKeymap]),
        library.history(),
        library.python(),
        library.indentUnit.of(" ".repeat(INDENT)),
        library.indentOnInput(),
        library.bracketMatching(),
        library.syntaxHighlighting(colours(library)),
        library.autocompletion({
          override: [completions(options.complete, options.say)],
          icons: false,
        }),
        EditorState.tabSize.of(INDENT),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": options.label,
          "aria-describedby": options.help,
          spellcheck: "false",
        }),
        EditorView.updateListener.of(({ docChanged, transactions, view }) => {
          if (docChanged) options.onChange();
          if (transactions.some((each) => each.scrollIntoView)) {
            requestAnimationFrame(() => uncover(view, options.margin()));
          }
        }),
      ],
    });

    return {
      get text() {
        return view.state.doc.toString();
      },
      set text(text) {
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      },
      focus: () => view.focus(),
    };
  }

  window.d2lEditor = { load, make };
})();
