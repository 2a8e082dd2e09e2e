"""Who may reach the live book, and from where; and that stopping it leaves nothing running."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest
from tornado.ioloop import IOLoop
from tornado.websocket import websocket_connect

from d2l_book.live import cli
from d2l_book.live.pages import BookHandler
from tests import patience
from tests.conftest import ROOT
from tests.processes import is_running, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")

PAGE = "<html><head></head><body>{}</body></html>"
CELLS = PAGE.format('<div class="cell docutils container">x</div>')
FOREIGN = "http://elsewhere.example"


class Server:
    """A running ``python -m d2l_book.live``, and raw requests to it.

    `first` is code that it runs before it starts, to shorten what a test would wait for.
    """

    def __init__(
        self,
        book: Path,
        config: Path,
        port: int = 0,
        opens: bool = False,
        first: str = "",
        **variables: str,
    ) -> None:
        self.book = book
        start = f"{first}\nfrom d2l_book.live.cli import main\nraise SystemExit(main())"
        command = [sys.executable, *(["-c", start] if first else ["-m", "d2l_book.live"])]
        command += ["--book", str(book), "--port", str(port), *([] if opens else ["--no-browser"])]
        environment = os.environ | {"JUPYTER_CONFIG_DIR": str(config), "JUPYTER_TOKEN": "known"}
        environment |= variables
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdout=-1, stderr=-2
        )
        assert self.process.stdout is not None
        found = None
        said = []
        while found is None:
            said.append(self.process.stdout.readline())
            assert said[-1], f"the server did not start: {''.join(said)}"
            found = re.search(r"(http://127\.0\.0\.1:(\d+)(/\w+)/book/\?token=(\w+))", said[-1])
        self.address, self.port = found.group(1), int(found.group(2))
        self.base, self.token = found.group(3), found.group(4)

    def ask(
        self, path: str, token: str | None = None, method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Send one request below the secret part; return status, headers and body."""
        body = json.dumps({"name": "python3"}) if method == "POST" else None
        return self.send_raw(f"{self.base}{path}", token, method, body, **headers)

    def send_raw(
        self,
        path: str,
        token: str | None = None,
        method: str = "GET",
        body: str | bytes | None = None,
        **headers: str,
    ) -> tuple[int, dict[str, str], str]:
        """Send one request, its path as it is; return status, headers and body."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"token {token}"
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience.SECONDS)
        ) as connection:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, text

    def start_kernel(self) -> str:
        status, _, body = self.ask("/api/kernels", self.token, "POST")
        assert status == 201, body
        return str(json.loads(body)["id"])

    def send(self, kernel: str, code: str) -> str:
        """Run code in a kernel and return the first thing it prints."""
        address = f"ws://127.0.0.1:{self.port}{self.base}/api/kernels/{kernel}/channels"
        header = {"msg_id": "1", "session": "1", "username": "", "msg_type": "execute_request"}
        message: dict[str, Any] = {"header": {**header, "version": "5.3", "date": ""}}
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        message |= {"content": content, "parent_header": {}, "metadata": {}, "channel": "shell"}

        async def talk() -> str:
            headers = {"Authorization": f"token {self.token}"}
            connection = await websocket_connect(HTTPRequest(address, headers=headers))
            await connection.write_message(json.dumps(message))
            while True:
                answer = json.loads(await connection.read_message() or "")
                if answer["header"]["msg_type"] == "stream":
                    connection.close()
                    return str(answer["content"]["text"])

        # In a thread of its own: in this one the browser's event loop may be running.
        with ThreadPoolExecutor(1) as thread:
            loop = IOLoop(make_current=False)
            return str(thread.submit(loop.run_sync, talk, timeout=patience.SECONDS).result())

    def stop(self, number: int = signal.SIGINT) -> str:
        """Send a signal, wait for the end, and return what was said since the start."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=patience.SECONDS)
        return str(said)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of two pages, with something beside it that is nobody's business."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "secret.txt").write_text("a secret")
    (folder / "html-too").mkdir()
    (folder / "html-too" / "secret.txt").write_text("a secret")
    static = folder / "html" / "_static"
    static.mkdir(parents=True)
    (static / "live.js").write_text("// é")
    (folder / "html" / "index.html").write_text(PAGE.format("no code here"))
    (folder / "html" / "page.html").write_text(CELLS)
    return folder / "html"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Someone's own configuration of Jupyter, as careless as can be."""
    folder = tmp_path_factory.mktemp("config")
    careless = {
        "ServerApp": {
            "ip": "0.0.0.0",
            "allow_origin": "*",
            "allow_remote_access": True,
            "disable_check_xsrf": True,
            "jpserver_extensions": {"jupyter_server_terminals": True, "jupyterlab": True},
        },
        "IdentityProvider": {"token": ""},
    }
    (folder / "jupyter_server_config.json").write_text(json.dumps(careless))
    return folder


@pytest.fixture(scope="module")
def server(book: Path, config: Path) -> Iterator[Server]:
    """A server that the tests of this file share."""
    running = Server(book, config)
    yield running
    running.stop()


def cookies(headers: dict[str, str]) -> str:
    return "; ".join(re.findall(r"((?:login-|_xsrf)[^;]*)", headers.get("set-cookie", "")))


def test_book_that_is_not_built_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "forget_jupyter_settings", lambda: None)  # ours stay as they are
    assert cli.main(["--book", str(tmp_path), "--no-browser"]) == 1
    assert "Run `make book` first" in capsys.readouterr().err


def test_page_with_cells_gets_the_script_and_others_do_not(server: Server) -> None:
    status, headers, text = server.ask("/book/page.html", server.token)
    assert status == 200
    assert "live.js" in text
    handler = type("Handler", (BookHandler,), {"base": f"{server.base}/"})
    assert text.replace(handler.additions(), "</head>") == CELLS
    assert int(headers["content-length"]) == len(text.encode())
    _, headers, _ = server.ask("/book/page.html", server.token, "HEAD")
    assert int(headers["content-length"]) == len(text.encode())
    _, _, text = server.ask("/book/", server.token)
    assert "live.js" not in text
    assert server.ask("/book/_static/live.js", server.token)[2] == "// é"


def test_changed_page_is_seen(server: Server, book: Path) -> None:
    page = book / "changing.html"
    texts = []
    for text in ("one", "three"):
        page.write_text(PAGE.format(text))
        os.utime(page, (time.time(), time.time() + len(texts)))
        _, headers, body = server.ask("/book/changing.html", server.token)
        texts.append(body)
        assert headers["cache-control"] == "no-cache"
    assert ["one" in texts[0], "three" in texts[1]] == [True, True]


def test_token_in_the_address_becomes_a_cookie_that_lets_in(server: Server) -> None:
    status, headers, text = server.ask(f"/book/page.html?token={server.token}")
    assert status == 200
    assert f'content="0; url={server.base}/book/page.html"' in text
    assert server.token not in text
    assert headers["referrer-policy"] == "no-referrer"
    assert server.ask("/book/page.html", Cookie=cookies(headers))[0] == 200
    _, headers, _ = server.ask('/book/"><script>?token=' + server.token)
    assert "<script>" not in server.ask('/book/"><script>?token=' + server.token)[2]


def test_cookies_stay_below_the_secret_path_and_end_with_the_browser(server: Server) -> None:
    secret = server.base.strip("/")
    assert len(secret) == 32
    _, arrival, _ = server.ask(f"/book/page.html?token={server.token}")
    _, page, _ = server.ask("/book/page.html", Cookie=cookies(arrival))
    for headers, name, script_reads in ((arrival, "login", False), (page, "_xsrf", True)):
        cookie = headers["set-cookie"]
        assert cookie.startswith(f"{name}-{secret}=")
        assert f"; Path={server.base}/" in cookie
        assert "; SameSite=Strict" in cookie
        assert ("; HttpOnly" in cookie) != script_reads
        assert "expires" not in cookie.lower()
        assert "max-age" not in cookie.lower()


@pytest.mark.parametrize("token", [None, "", "wrong", "known"])
@pytest.mark.parametrize(
    "path", ["/book/", "/book/page.html", "/book/_static/live.js", "/api/kernels", "/", "/book"]
)
def test_nothing_answers_without_the_right_token(
    server: Server, path: str, token: str | None
) -> None:
    status, headers, text = server.ask(path, token)
    assert status == 403
    assert "live.js" not in text
    assert "set-cookie" not in headers
    assert "Open the address that `make live` printed." in text
    assert server.ask(f"{path}?token={token}")[0] == 403


@pytest.mark.parametrize("token", [None, "wrong"])
def test_no_kernel_starts_or_stops_without_the_right_token(
    server: Server, token: str | None
) -> None:
    assert server.ask("/api/kernels", token, "POST")[0] == 403
    kernel = server.start_kernel()
    assert server.ask(f"/api/kernels/{kernel}", token, "DELETE")[0] == 403
    assert server.ask(f"/api/kernels/{kernel}/channels", token, **UPGRADE)[0] == 403
    assert server.ask(f"/api/kernels/{kernel}", server.token, "DELETE")[0] == 204


UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def test_pages_of_other_origins_are_refused_even_with_the_token(server: Server) -> None:
    kernel = server.start_kernel()
    channels = f"/api/kernels/{kernel}/channels"
    own = f"http://127.0.0.1:{server.port}"
    assert server.ask("/book/page.html", server.token, Origin=own)[0] == 200
    assert server.ask("/api/kernels", server.token, Origin=own)[0] == 200
    for origin in (FOREIGN, f"{own}.example", "null", f"http://127.0.0.1:{server.port + 1}"):
        for path, method in (("/book/page.html", "GET"), ("/api/kernels", "POST")):
            status, headers, text = server.ask(path, server.token, method, Origin=origin)
            assert status in (403, 404), (origin, path, text)
            assert "access-control-allow-origin" not in headers
        assert server.ask(channels, server.token, Origin=origin, **UPGRADE)[0] == 403
    assert server.ask(f"/api/kernels/{kernel}", server.token, "DELETE")[0] == 204
    assert json.loads(server.ask("/api/kernels", server.token)[2]) == []


def test_cookie_alone_changes_nothing_without_the_page_s_own_proof(server: Server) -> None:
    _, headers, _ = server.ask(f"/book/page.html?token={server.token}")
    login = cookies(headers)
    status, headers, _ = server.ask("/book/page.html", Cookie=login)
    proof = cookies(headers)
    assert server.ask("/api/kernels", method="POST", Cookie=f"{login}; {proof}")[0] == 403
    both = {"Cookie": f"{login}; {proof}", "X_XSRFToken": proof.partition("=")[2]}
    status, _, body = server.ask("/api/kernels", method="POST", **both)
    assert status == 201
    assert server.ask(f"/api/kernels/{json.loads(body)['id']}", server.token, "DELETE")[0] == 204


@pytest.mark.parametrize("host", ["elsewhere.example", "192.0.2.1:8888", "127.0.0.1.example"])
@pytest.mark.parametrize("path", ["/book/page.html", "/api/kernels"])
def test_other_names_of_this_host_are_refused(server: Server, path: str, host: str) -> None:
    assert server.ask(path, server.token, Host=host)[0] == 403
    assert server.ask(path, server.token, Host=f"localhost:{server.port}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/book/../secret.txt",
        "/book/_static/../../secret.txt",
        "/book/..%2fsecret.txt",
        "/book/%2e%2e/secret.txt",
        "/book/%2e%2e%2fsecret.txt",
        "/book/..\\secret.txt",
        "/book/..%5csecret.txt",
        "/book/../html-too/secret.txt",
        "/book//etc/passwd",
        "/book/%2fetc%2fpasswd",
        "/book/_static/....//....//secret.txt",
        "/book/%00",
        "/book/page.html%00.txt",
    ],
)
def test_no_path_leads_out_of_the_book(server: Server, path: str) -> None:
    status, _, text = server.ask(path, server.token)
    assert status in (403, 404), text
    assert "a secret" not in text
    assert "root:" not in text


@pytest.mark.parametrize(
    "path",
    [
        *("/api/contents", "/api/sessions", "/api/terminals", "/api/shutdown", "/api/config/x"),
        *("/files/README.md", "/view/README.md", "/nbconvert/html/x.ipynb", "/lab", "/tree"),
        *("/terminals/websocket/1", "/static/style/style.min.css", "/logout", "/login", "/api"),
        *("/favicon.ico", "/robots.txt", "/metrics", "/api/status", "/api/me", "/api/kernelspecs"),
        *("/api/security/csp-report", "/nothing/", "/nothing/at/all/"),
    ],
)
def test_nothing_else_of_jupyter_is_there(server: Server, path: str) -> None:
    for token in (server.token, None):
        status, headers, text = server.ask(path, token)
        assert status == 404
        assert headers["content-type"] == "text/plain; charset=utf-8"
        assert "server" not in headers
        assert "set-cookie" not in headers
        assert text.startswith(f"{status} ")
        assert server.ask(path, token, "POST")[0] in (404, 405)
    assert server.send_raw(path)[0] == 404
    assert server.send_raw(path, Host="elsewhere.example")[0] == 403


def test_only_loopback_listens(server: Server) -> None:
    def accepts(address: str, port: int) -> bool:
        with closing(socket.socket()) as client:
            client.settimeout(patience.SECONDS)
            return client.connect_ex((address, port)) == 0

    others = ["127.0.0.2"] if sys.platform == "linux" else []
    with closing(socket.socket()) as everywhere:
        everywhere.bind(("", 0))
        everywhere.listen()
        assert all(accepts(other, everywhere.getsockname()[1]) for other in others)
    assert accepts("127.0.0.1", server.port)
    assert not any(accepts(other, server.port) for other in others)


@pytest.fixture
def start(book: Path, config: Path) -> Iterator[Callable[..., Server]]:
    """A factory of servers, stopped at the end."""
    started: list[Server] = []

    def begin(port: int = 0) -> Server:
        started.append(Server(book, config, port))
        return started[-1]

    yield begin
    for each in started:
        if each.process.poll() is None:
            each.stop()


def test_cookie_of_an_earlier_start_is_worth_nothing(start: Callable[..., Server]) -> None:
    first = start()
    _, headers, _ = first.ask(f"/book/page.html?token={first.token}")
    old = cookies(headers)
    assert first.ask("/book/page.html", Cookie=old)[0] == 200
    first.stop()
    second = start(first.port)
    if second.port != first.port:
        pytest.skip("another program took the port meanwhile")
    assert second.token != first.token
    assert second.ask("/book/page.html", Cookie=old)[0] == 403


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_stops_every_kernel_also_a_busy_one(
    start: Callable[..., Server], number: int
) -> None:
    running = start()
    codes = ("", "while True: pass")
    tell = "import os\nprint(os.getpid(), flush=True)\n"
    pids = [int(running.send(running.start_kernel(), tell + code)) for code in codes]
    assert all(is_running(pid) for pid in pids)
    running.stop(number)
    assert running.process.returncode == 0
    assert wait_until(lambda: not any(is_running(pid) for pid in pids))
