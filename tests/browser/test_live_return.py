"""A live page whose connection is cut, that is loaded again, or whose cells say very much."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.browser.live import FIRST, SECOND, Reader, kernels
from tests.live.test_server import Server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")


class Proxy:
    """Passes connections on to a server, until they are cut; then it refuses new ones if told."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.used: list[socket.socket] = []
        self.refuses = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.used.append(client)
                if self.refuses:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self.target))
                self.used.append(server)
                self.pairs.append((client, server))
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """Close every connection, as a network that breaks does."""
        pairs, self.pairs = self.pairs, []
        for each in [each for pair in pairs for each in pair]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End for good."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.accepting.join()
        self.cut()
        for each in self.used:
            each.close()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    """A way to the server that can be cut."""
    between = Proxy(server.port)
    yield between
    between.close()


def test_cut_connection_is_taken_up_again_with_the_same_kernel(
    reader: Callable[..., Reader], proxy: Proxy, server: Server
) -> None:
    visit = reader(port=proxy.port)
    visit.go_live()
    visit.write(visit.cell(1), "pass")
    visit.run(visit.cell(2), "mine = 1")
    before = {kernel["id"] for kernel in kernels(server)}
    proxy.cut()
    visit.says("Connected again to the same kernel")
    visit.run(visit.cell(2), "print(mine)")
    assert visit.output(2).inner_text().strip() == "1"
    assert {kernel["id"] for kernel in kernels(server)} <= before


def test_what_a_cell_says_while_the_connection_is_cut_arrives(
    reader: Callable[..., Reader], proxy: Proxy, tmp_path: Path
) -> None:
    visit = reader(port=proxy.port)
    visit.go_live()
    go_on = tmp_path / "go-on"
    wait = f"while not os.path.exists({str(go_on)!r}): time.sleep(0.05)"
    visit.write(visit.cell(1), f"import os, time\nprint('one', flush=True)\n{wait}\nprint('two')")
    visit.press_run(visit.cell(1))
    visit.output(1).get_by_text("one").wait_for()
    proxy.refuses = True
    proxy.cut()
    visit.says("The connection to the kernel is cut")
    go_on.touch()
    proxy.refuses = False
    visit.says(f"Done: {visit.name(visit.cell(1))}.")
    assert visit.output(1).inner_text().split() == ["one", "two"]


def test_server_out_of_reach_is_not_called_stopped_and_found_again(
    reader: Callable[..., Reader], proxy: Proxy
) -> None:
    visit = reader(port=proxy.port)
    page = visit.go_live()
    visit.write(visit.cell(1), "pass")
    visit.run(visit.cell(2), "mine = 1")
    proxy.refuses = True
    visit.hurry()
    proxy.cut()
    visit.says("The server does not answer; has make live ended?")
    assert not page.get_by_role("button", name="Run all").is_visible()
    proxy.refuses = False
    page.get_by_role("button", name="Connect again").click()
    visit.says("Connected again to the same kernel")
    visit.run(visit.cell(2), "print(mine)")
    assert visit.output(2).inner_text().strip() == "1"


def test_kernel_that_ended_meanwhile_is_said_so_and_can_be_started_anew(
    reader: Callable[..., Reader], proxy: Proxy, server: Server
) -> None:
    others = {kernel["id"] for kernel in kernels(server)}
    visit = reader(port=proxy.port)
    page = visit.go_live()
    [mine] = {kernel["id"] for kernel in kernels(server)} - others
    visit.write(visit.cell(1), "print('alive')")
    assert server.ask(f"/api/kernels/{mine}", server.token, "DELETE")[0] == 204
    proxy.cut()
    visit.says("The kernel has ended")
    page.get_by_role("button", name="Restart").click()
    visit.says("Restarted. No cell has run")
    visit.run(visit.cell(1))
    assert visit.output(1).inner_text().strip() == "alive"


def test_reload_keeps_what_was_written_and_the_kernel(
    reader: Callable[..., Reader], server: Server
) -> None:
    visit = reader()
    page = visit.go_live()
    visit.write(visit.cell(1), "mine = 1")
    visit.run(visit.cell(1))
    before = {kernel["id"] for kernel in kernels(server)}
    page.reload()
    visit.says("Connected to the kernel that this page had. Your changes are back.")
    assert visit.text(visit.cell(1)) == "mine = 1"
    visit.write(visit.cell(1), "mine = 2")  # has run: it is not run again
    visit.run(visit.cell(2), "print(mine)")
    assert visit.output(2).inner_text().strip() == "1"
    assert {kernel["id"] for kernel in kernels(server)} <= before


def test_what_was_written_outlives_the_tab_and_the_book_s_code_can_be_had_back(
    reader: Callable[..., Reader],
) -> None:
    visit = reader()
    page = visit.go_live()
    original = visit.text(visit.cell(2))
    visit.write(visit.cell(2), "mine = 1")
    context = page.context
    second = context.new_page()
    page.close()
    second.goto(visit.base)  # the last page of the kernel is gone, and after a while the kernel
    visit.page = second
    for each in kernels(visit.server):
        visit.server.ask(f"/api/kernels/{each['id']}", visit.server.token, "DELETE")
    second.goto(f"{visit.base}book/{FIRST}")
    visit.says("You changed a cell of this page before; Live brings that back.")
    second.get_by_role("button", name="Live", exact=True).click()
    visit.says("Ready. Your changes are back.")
    assert visit.text(visit.cell(2)) == "mine = 1"
    second.get_by_role("button", name="Back to the book’s code").click()
    assert visit.text(visit.cell(2)) == original
    assert second.get_by_role("button", name="Back to the book’s code").count() == 0
    second.reload()
    visit.says("Connected to the kernel")
    assert visit.text(visit.cell(2)) == original
    context.close()


MOVED = """() => {
  const page = Object.keys(localStorage).find((key) => key.endsWith(":2")).slice(0, -1);
  localStorage.setItem(`${page}1`, localStorage.getItem(`${page}2`));
  localStorage.removeItem(`${page}2`);
  localStorage.setItem(`${page}3`, JSON.stringify({ original: "no such code", text: "lost" }));
}"""


def test_change_follows_its_cell_when_the_book_has_another_before_it(
    reader: Callable[..., Reader],
) -> None:
    visit = reader()
    page = visit.go_live()
    [first, _, third] = [visit.text(visit.cell(number)) for number in (1, 2, 3)]
    visit.write(visit.cell(2), "mine = 1")
    page.evaluate(MOVED)  # as if its cell had been the first one
    page.reload()
    visit.says("Your changes are back.")
    shown = [visit.text(visit.cell(number)) for number in (1, 2, 3)]
    assert shown == [first, "mine = 1", third]
    kept = page.evaluate("Object.values(localStorage)")
    assert len([value for value in kept if "lost" in value]) == 1  # its code may come back


def test_second_tab_shares_the_kernel_and_what_was_written(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    visit.write(visit.cell(1), "mine = 1")
    visit.run(visit.cell(1))
    second = page.context.new_page()
    second.goto(page.url)
    second.locator(".d2l-live-status", has_text="Connected to the kernel").wait_for()
    assert second.locator(".cm-content").first.inner_text() == "mine = 1"
    second.close()
    visit.run(visit.cell(2), "print(mine)")
    assert visit.output(2).inner_text().strip() == "1"


def test_dead_kernel_leaves_no_second_one(reader: Callable[..., Reader], server: Server) -> None:
    visit = reader()
    visit.go_live()
    before = {kernel["id"] for kernel in kernels(server)}
    visit.write(visit.cell(1), "import os; os._exit(1)")
    visit.press_run(visit.cell(1))
    visit.says("The kernel died. No cell has run")
    visit.run(visit.cell(1), "print('alive')")
    assert {kernel["id"] for kernel in kernels(server)} <= before


def test_page_says_in_the_server_s_own_words_why_it_refuses(
    reader: Callable[..., Reader],
) -> None:
    visit = reader()
    page = visit.enter(FIRST)
    page.context.clear_cookies()
    page.get_by_role("button", name="Live", exact=True).click()
    visit.says("403 Forbidden. Open the address that `make live` printed.")


def test_very_much_text_is_cut_and_leaves_the_page_usable(reader: Callable[..., Reader]) -> None:
    visit = reader()
    visit.go_live()
    code = "for i in range(60):\n    print('x' * 99_999)"
    visit.run(visit.cell(1), code)
    shown = visit.output(1)
    assert 900_000 < len(shown.text_content() or "") < 1_010_000
    assert "only the first megabyte is kept" in shown.inner_text()[-200:]
    endless = "import itertools\nfor i in itertools.count():\n    print('y' * 9_999)"
    visit.write(visit.cell(1), endless)
    visit.press_run(visit.cell(1))
    shown.get_by_text("only the first megabyte is kept").wait_for()
    visit.page.get_by_role("button", name="Stop").click()
    visit.output(1).get_by_text("KeyboardInterrupt").first.wait_for()
    visit.run(visit.cell(1), "print('short')")
    assert shown.inner_text().strip() == "short"


OUTPUTS = """
from IPython.display import clear_output, display
import sys
for i in range(2):
    record = {"kind": "true", "claim": f"check {i}", "result": "", "count": 1}
    display({"application/vnd.d2l.check+json": record, "text/plain": "✓"}, raw=True)
for i in range(2):
    display({"application/x-unknown": {}, "text/plain": f"line {i}"}, raw=True)
print("a", end=""); sys.stdout.flush(); print("b\\rc"); sys.stdout.flush(); print("✓ d")
"""


def test_outputs_that_belong_together_are_shown_together(reader: Callable[..., Reader]) -> None:
    visit = reader()
    visit.go_live()
    visit.run(visit.cell(1), OUTPUTS)
    shown = visit.output(1)
    assert shown.locator(":scope > .output").count() == 3
    checks = shown.locator("ul.d2l-checks > li").all_text_contents()
    assert [each.strip() for each in checks] == ["✓ check 0", "✓ check 1"]
    texts = [text.split("\n") for text in shown.locator("pre").all_inner_texts()]
    assert [[each for each in text if each] for text in texts] == [
        ["line 0", "line 1"],
        ["c", "✓ d"],
    ]


ACTIVE = """
from IPython.display import HTML
HTML("<p id='here'>x</p><script>window.ran = 1</script><img src='x' onerror='window.ran = 1'>")
"""


def test_live_page_runs_the_project_s_scripts_and_no_others(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page: Any = visit.go_live(SECOND)
    page.evaluate("checks.unfold()")
    page.evaluate(
        "() => { window.stopped = []; document.addEventListener('securitypolicyviolation',"
        "(event) => stopped.push(event.violatedDirective)); }"
    )
    visit.run(visit.cell(1), ACTIVE)
    page.locator("#here").wait_for()
    page.wait_for_function("() => stopped.length >= 2")
    assert page.evaluate("window.ran") is None
    page.evaluate("stopped.length = 0")
    places = page.locator(".bd-article div.cell")
    [number] = [
        n for n in range(places.count()) if places.nth(n).locator("[data-d2l-stepper]").count()
    ]
    cell = places.nth(number)
    visit.cell(1).get_by_role("button", name="Back to the book’s code").click()
    visit.run(visit.cell(1))
    visit.run(cell)
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-d2l-stepper]')].some((e) => e.shadowRoot ||"
        "[...e.querySelectorAll('*')].some((inner) => inner.shadowRoot))"
    )
    assert page.evaluate("stopped") == []


def test_cookie_reaches_no_other_port(reader: Callable[..., Reader], server: Server) -> None:
    seen: list[str] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as other:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    client, _ = other.accept()
                    seen.append(client.recv(65536).decode())
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
                    client.close()

        threading.Thread(target=answer, daemon=True).start()
        visit = reader()
        page = visit.go_live()
        names = {cookie["name"].split("-")[0] for cookie in page.context.cookies()}
        assert names == {"login", "_xsrf"}
        tab = page.context.new_page()
        for path in ("/", "/book/", "/api/kernels"):
            tab.goto(f"http://127.0.0.1:{other.getsockname()[1]}{path}")
        assert tab.evaluate("document.cookie") == ""
        tab.close()
    assert len(seen) >= 3
    assert [text for text in seen if "cookie:" in text.lower() or server.base in text] == []
    replayed = "; ".join(text.partition("Cookie: ")[2].split("\r\n")[0] for text in seen)
    assert server.ask("/book/page.html", Cookie=replayed)[0] == 403


def test_file_that_opens_the_browser_leads_to_the_page(
    reader: Callable[..., Reader], server: Server, tmp_path: Path
) -> None:
    from d2l_book.live.server import OPEN

    path = tmp_path / "open.html"
    address = server.address.replace("/book/", f"/book/{FIRST}")
    path.write_text(OPEN.format(address=address))
    visit = reader()
    visit.page.goto(path.as_uri())
    visit.page.wait_for_url(f"{visit.base}book/{FIRST}")
    visit.page.get_by_role("button", name="Live", exact=True).wait_for()
    assert server.token not in visit.page.evaluate("document.referrer + location.href")
