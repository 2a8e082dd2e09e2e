/* Speaks with the server of `make live` and with a kernel, and finds the way back to it.
 *
 * Jupyter's own protocol: REST to start and stop a kernel, a WebSocket to run code. The server's
 * cookie lets the page in, so no secret is kept here. `d2lKernel(tell)` returns a kernel that is
 * not started yet; `tell` has a function for each thing that may happen to it unasked: `cut` (the
 * connection; it is tried again), `back`, `lost` (no more is tried), `died` (the kernel; the server
 * starts it anew), `revived`, `ended` (and stays so) and `restarted` (by another tab).
 */
(function () {
  "use strict";

  const base = new URL("../../", document.currentScript.src).pathname;
  const cookie = `_xsrf-${base.split("/")[1]}`;
  const PAUSES = [0, 1000, 2000, 4000]; // milliseconds before each try to connect again
  const PATIENCE = 250; // milliseconds for a kernel's sign of life, of which the first may get lost
  const SIGNS = 240;
  const LEFT = 4001; // the server stops the kernel of a page that closes with this code

  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

  /** Ask the server; fail with its own words, which say what to do, and with its status. */
  async function ask(method, path, body) {
    const given = document.cookie.split("; ").find((each) => each.startsWith(`${cookie}=`));
    const secret = decodeURIComponent(given?.slice(cookie.length + 1) ?? "");
    const headers = { "Content-Type": "application/json", "X-XSRFToken": secret };
    const request = { method, headers, body: body && JSON.stringify(body) };
    const answer = await fetch(`${base}api/${path}`, request).catch(() => {
      throw new Error("The server does not answer.");
    });
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    const error = new Error((await answer.text()).trim());
    throw Object.assign(error, { status: answer.status });
  }

  function d2lKernel(tell) {
    const waiting = new Map(); // id of a request -> what to do with its messages
    let session = crypto.randomUUID();
    let id = null;
    let socket = null;
    let effort = 0; // a later effort to connect ends an earlier one
    let starts = false; // a kernel that is started by us says so as well
    let executes = 0; // requests to run code that it has not finished
    let begun = Promise.resolve(); // once the kernel has begun with the last of them

    async function open() {
      const address = `ws://${location.host}${base}api/kernels/${id}/channels`;
      const mine = new WebSocket(`${address}?session_id=${session}`);
      await new Promise((resolve, reject) => {
        mine.onopen = resolve;
        mine.onerror = () => reject(new Error("The kernel could not be reached."));
      });
      socket = mine;
      mine.onmessage = (event) => {
        if (mine === socket && typeof event.data === "string") receive(JSON.parse(event.data));
      };
      mine.onclose = () => {
        if (mine !== socket) return;
        socket = null;
        again();
      };
    }

    /** Close the connection for good: what the kernel still says is of no interest. */
    function drop(code) {
      effort += 1;
      const past = socket;
      socket = null;
      session = crypto.randomUUID();
      past?.close(code);
      for (const listen of [...waiting.values()]) listen("abandoned", { status: "aborted" });
    }

    /** After a cut, ask whether the kernel lives, and go on with it. */
    async function again() {
      effort += 1;
      const mine = effort;
      for (const [tries, time] of PAUSES.entries()) {
        tell.cut(tries + 1, PAUSES.length);
        await pause(time);
        if (mine !== effort) return;
        try {
          await ask("GET", `kernels/${id}`);
          if (mine !== effort) return;
          await open();
        } catch (error) {
          if (mine !== effort) return;
          if (error.status === 404) return end();
          if (error.status) return tell.lost(error.message);
          continue;
        }
        askAfter([...waiting.values()]);
        return tell.back();
      }
      tell.lost("The server does not answer; has make live ended?");
    }

    /** Find out what became of requests: a kernel answers them in turn, so none comes after this. */
    async function askAfter(older) {
      if ((await request("kernel_info_request", {})).status !== "ok") return;
      for (const listen of older) listen("abandoned", { status: "lost" });
    }

    function end() {
      drop();
      id = null;
      tell.ended();
    }

    /** The server has started a kernel that died anew, under its old name: go on with that one. */
    async function revive() {
      drop();
      tell.died();
      try {
        await reopen();
      } catch {
        return again();
      }
      tell.revived();
    }

    /** Connect to a kernel that starts, and wait until it answers; its first messages may get lost. */
    async function reopen() {
      starts = true;
      try {
        await open();
        for (let tries = 0; tries < SIGNS; tries += 1) {
          const answer = request("kernel_info_request", {});
          if ((await Promise.race([answer, pause(PATIENCE)]))?.status === "ok") return;
        }
        throw new Error("The kernel does not answer.");
      } finally {
        starts = false;
      }
    }

    function receive({ header, parent_header: parent, content }) {
      const state = header.msg_type === "status" ? content.execution_state : "";
      if (state === "restarting") revive();
      else if (state === "dead") end();
      else if (state === "starting" && !starts) restartedElsewhere();
      else waiting.get(parent.msg_id)?.(header.msg_type, content);
    }

    function restartedElsewhere() {
      for (const listen of [...waiting.values()]) listen("abandoned", { status: "aborted" });
      tell.restarted();
    }

    /** Send a request; resolve with the reply once that and the last output are here. */
    function request(type, content, onOutput = () => {}) {
      const msg_id = crypto.randomUUID();
      const header = { msg_id, msg_type: type, session, username: "", version: "5.3" };
      header.date = new Date().toISOString();
      return new Promise((resolve) => {
        let reply = null;
        let idle = false;
        waiting.set(msg_id, (kind, message) => {
          if (/_reply$/.test(kind) || kind === "abandoned") reply = message;
          else if (kind === "status") idle = message.execution_state === "idle";
          else onOutput(kind, message);
          if (kind !== "abandoned" && !(reply && idle)) return;
          waiting.delete(msg_id);
          resolve(reply);
        });
        const frame = { channel: "shell", header, parent_header: {}, metadata: {}, content };
        socket.send(JSON.stringify({ ...frame, buffers: [] }));
      });
    }

    /** Ask about code; a kernel answers only when it runs nothing. */
    async function askAbout(type, content) {
      if (socket?.readyState !== WebSocket.OPEN) throw new Error("There is no kernel to ask.");
      if (executes) throw new Error("The kernel is busy; it answers when the cell has run.");
      const reply = await request(type, content);
      if (reply.status !== "ok") throw new Error("The kernel did not answer.");
      return reply;
    }

    return {
      get id() {
        return id;
      },
      get connected() {
        return socket?.readyState === WebSocket.OPEN;
      },

      async start() {
        const path = location.pathname.slice(`${base}book/`.length).split("/").slice(0, -1);
        id = (await ask("POST", "kernels", { path: path.join("/") })).id;
        await open();
      },

      /** Connect to a kernel that runs; return what it is doing. */
      async attach(known) {
        const { execution_state: state } = await ask("GET", `kernels/${known}`);
        id = known;
        await open();
        return state;
      },

      /** Start anew: the same kernel, if there is one. */
      async restart() {
        drop();
        if (id) {
          try {
            await ask("POST", `kernels/${id}/restart`);
            return await reopen();
          } catch (error) {
            if (!error.status) throw error;
            if (error.status !== 404) await ask("DELETE", `kernels/${id}`).catch(() => null);
          }
        }
        await this.start();
      },

      /** Stop what runs. A kernel that has not begun with it yet would not feel the interrupt. */
      async interrupt() {
        await begun;
        return ask("POST", `kernels/${id}/interrupt`);
      },
      again,
      leave: () => drop(LEFT),

      /** Run code; resolve with "ok", "error", "aborted", or "lost" if a cut hides what it did. */
      async execute(code, onOutput) {
        const content = { code, silent: false, store_history: true, user_expressions: {} };
        Object.assign(content, { allow_stdin: false, stop_on_error: true });
        let begin;
        begun = new Promise((resolve) => (begin = resolve));
        const listen = (kind, message) => {
          if (kind === "execute_input") begin();
          onOutput(kind, message);
        };
        executes += 1;
        try {
          return (await request("execute_request", content, listen)).status;
        } finally {
          begin();
          executes -= 1;
        }
      },

      /** How the name before a place in code may go on: {matches, cursor_start, cursor_end}. */
      complete: (code, cursor_pos) => askAbout("complete_request", { code, cursor_pos }),

      /** What the name at a place in code means: {found, data}. */
      inspect: (code, cursor_pos) =>
        askAbout("inspect_request", { code, cursor_pos, detail_level: 0 }),
    };
  }

  window.d2lKernel = Object.assign(d2lKernel, { ask, static: document.currentScript.src });
})();
