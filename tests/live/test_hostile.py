"""Requests that someone else might send to the live book's server: none of them achieves anything.

Each is sent as it stands, by who knows the address but not the token, or by a page of another
origin in a browser that has the cookie. Afterwards the server is as it was, and has said nothing.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from d2l_book.live.configuration import MEGABYTE
from d2l_book.live.server import LONGEST_HEADER
from tests import patience
from tests.conftest import ROOT
from tests.live.test_server import UPGRADE, Server, cookies

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")

UNKNOWN = "00000000-0000-4000-8000-000000000000"
GET = "GET {base}%s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
HERE = "127.0.0.1:{port}"
OTHER = "Origin: http://127.0.0.1:1\r\n"


def get(path: str, host: str = HERE, more: str = "") -> str:
    return GET % (path, host, more)


def post(body: str = '{"name": "python3"}', more: str = "", path: str = "/api/kernels") -> str:
    length = f"Content-Length: {len(body)}\r\n"
    return f"POST {{base}}{path} HTTP/1.1\r\nHost: {HERE}\r\n{length}{more}\r\n" + body.replace(
        "{", "{{"
    ).replace("}", "}}")


STRANGERS = {
    "no token": get("/book/page.html"),
    "empty token": get("/book/page.html?token="),
    "wrong token": get("/book/page.html?token=wrong"),
    "token of the environment": get("/book/page.html?token=known"),
    "half a token": get("/book/page.html?token={half}"),
    "token twice": get("/book/page.html?token={token}{token}"),
    "token with a zero": get("/book/page.html?token={half}%00"),
    "token in a cookie": get("/book/page.html", more="Cookie: token={token}\r\n"),
    "token as a password": get("/book/page.html", more="Authorization: Basic {token}\r\n"),
    "forged cookie": get("/book/page.html", more='Cookie: login-{secret}="2|1:0|x"\r\n'),
    "forwarded for": get("/book/page.html", more="X-Forwarded-For: 127.0.0.1\r\n"),
    "foreign host": get("/book/page.html", "elsewhere.example"),
    "host that ends like ours": get("/book/page.html", "127.0.0.1.elsewhere.example"),
    "host in decimal": get("/book/page.html", "2130706433"),
    "host of all": get("/book/page.html", "0.0.0.0"),
    "host with a dot": get("/book/page.html", "localhost.elsewhere.example"),
    "socket file as a host": get("/book/page.html", "%2Fetc%2Fpasswd"),
    "no host": "GET {base}/book/page.html HTTP/1.1\r\n\r\n",
    "two hosts": "GET {base}/book/page.html HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "root": "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "no secret part": "GET /book/page.html?token={token} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "other secret part": "GET /00/book/page.html?token={token} HTTP/1.1\r\nHost: a\r\n\r\n",
    "absolute address": "GET http://elsewhere.example{base}/book/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "start": post(),
    "start as a form": post("name=python3", "Content-Type: application/x-www-form-urlencoded\r\n"),
    "two lengths": post(more="Content-Length: 1\r\n"),
    "chunked and a length": post(more="Transfer-Encoding: chunked\r\n"),
    "negative length": f"POST {{base}}/api/kernels HTTP/1.1\r\nHost: {HERE}\r\n"
    "Content-Length: -1\r\n\r\n",
    "body of two megabytes": f"POST {{base}}/api/kernels HTTP/1.1\r\nHost: {HERE}\r\n"
    f"Content-Length: {2 * MEGABYTE}\r\n\r\n",
    "long header": get("/book/page.html", more=f"X: {'x' * 2 * LONGEST_HEADER}\r\n"),
    "folded header": get("/book/page.html", more="X: a\r\n b\r\n"),
    "stop a kernel": f"DELETE {{base}}/api/kernels/{UNKNOWN} HTTP/1.1\r\nHost: {HERE}\r\n\r\n",
    "restart a kernel": post(path=f"/api/kernels/{UNKNOWN}/restart"),
    "preflight": f"OPTIONS {{base}}/api/kernels HTTP/1.1\r\nHost: {HERE}\r\n{OTHER}\r\n",
    "put": f"PUT {{base}}/book/page.html HTTP/1.1\r\nHost: {HERE}\r\nContent-Length: 0\r\n\r\n",
    "connect": f"CONNECT {{base}}/book/ HTTP/1.1\r\nHost: {HERE}\r\n\r\n",
    "trace": f"TRACE {{base}}/book/ HTTP/1.1\r\nHost: {HERE}\r\n\r\n",
    "log out": get("/logout"),
    "not HTTP": "\x16\x03\x01\x02\r\n\r\n",
}
COOKIE = "Cookie: {cookie}\r\n"
SOCKET = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in UPGRADE.items())
OTHER_PAGES = {
    "read": get("/book/page.html", more=COOKIE + OTHER),
    "read as null": get("/book/page.html", more=COOKIE + "Origin: null\r\n"),
    "list": get("/api/kernels", more=COOKIE + OTHER),
    "post": post(more=COOKIE),
    "post with an origin": post(more=COOKIE + OTHER),
    "post with the proof": post(more=COOKIE + OTHER + "X-XSRFToken: {proof}\r\n"),
    "post with a proof tossed in": post(
        more="Cookie: {login}; _xsrf=a\r\nX-XSRFToken: a\r\n" + OTHER
    ),
    "log out": get("/logout", more=COOKIE),
    "talk": get(
        f"/api/kernels/{UNKNOWN}/channels",
        more=COOKIE
        + OTHER
        + "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in UPGRADE.items()),
    ),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one page, which in the end has said nothing."""
    book = tmp_path_factory.mktemp("book")
    (book / "_static").mkdir()
    (book / "_static" / "live.js").touch()
    for name in ("index", "page"):
        (book / f"{name}.html").write_text("<html><head></head>the page</html>")
    running = Server(book, tmp_path_factory.mktemp("config"))
    yield running
    said = running.stop()
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 2, said


def send(server: Server, text: str) -> str:
    """Send bytes and return the answer, or nothing if the connection is closed.

    The end of what is sent is told only once an answer has begun, or none comes: a server that sees
    the end before it has answered may drop the request, which would look like a refusal.
    """
    with closing(
        socket.create_connection(("127.0.0.1", server.port), timeout=patience.SECONDS)
    ) as client:
        client.sendall(text.encode("latin-1"))
        answer = b""
        try:
            select.select([client], [], [], patience.SECONDS)
            client.shutdown(socket.SHUT_WR)
            while piece := client.recv(65536):
                answer += piece
        except OSError:  # reset, or closed before its end was told
            pass
    return answer.decode("utf-8", "replace")


def fill(server: Server, template: str) -> str:
    """Put into a request what the one who sends it knows."""
    _, arrival, _ = server.ask(f"/book/page.html?token={server.token}")
    login = cookies(arrival)
    _, page, _ = server.ask("/book/page.html", Cookie=login)
    proof = cookies(page)
    return template.format(
        base=server.base,
        secret=server.base.strip("/"),
        port=server.port,
        token=server.token,
        half=server.token[:24],
        login=login,
        cookie=f"{login}; {proof}",
        proof=proof.partition("=")[2],
    )


def test_there_are_enough_hostile_requests() -> None:
    assert len(STRANGERS) + len(OTHER_PAGES) >= 40


@pytest.mark.parametrize(
    "template",
    [
        *(pytest.param(text, id=f"stranger: {name}") for name, text in STRANGERS.items()),
        *(pytest.param(text, id=f"other page: {name}") for name, text in OTHER_PAGES.items()),
    ],
)
def test_hostile_request_achieves_nothing(server: Server, template: str) -> None:
    answer = send(server, fill(server, template))
    head, _, body = answer.partition("\r\n\r\n")
    status = int(head.split()[1]) if head else 400
    assert 400 <= status < 500, answer
    assert "the page" not in body
    assert server.token not in answer
    assert "set-cookie: login" not in head.lower()
    assert "access-control-allow" not in head.lower()
    assert "jupyter" not in answer.lower()
    assert "tornado" not in answer.lower()
    assert json.loads(server.ask("/api/kernels", server.token)[2]) == []
    assert server.ask("/book/page.html", server.token)[0] == 200


def test_request_of_the_page_itself_succeeds(server: Server) -> None:
    own = f"Origin: http://{HERE}\r\n"
    answer = send(server, fill(server, get("/book/page.html", more=COOKIE + own)))
    assert answer.startswith("HTTP/1.1 200")
    assert "the page" in answer


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[1]", 400),
        ("1", 400),
        ("{", 400),
        ("[" * 100_000, 400),
        ('{"name": 1}', 404),
        ('{"name": "bash"}', 404),
        ('{"path": 1}', 400),
        ('{"path": "../.."}', 400),
        ('{"path": "a\\u0000b"}', 400),
        (b"\xff\xfe", 400),
    ],
)
def test_what_is_no_request_for_a_kernel_is_said_so(
    server: Server, body: str | bytes, status: int
) -> None:
    path = f"{server.base}/api/kernels"
    answered, headers, text = server.send_raw(path, server.token, "POST", body)
    assert answered == status
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert text.startswith(f"{status} ")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/api/kernels/{UNKNOWN}"),
        ("DELETE", f"/api/kernels/{UNKNOWN}"),
        ("POST", f"/api/kernels/{UNKNOWN}/interrupt"),
        ("POST", f"/api/kernels/{UNKNOWN}/restart"),
        ("GET", f"/api/kernels/{UNKNOWN}/channels"),
    ],
)
def test_unknown_kernel_is_not_found(server: Server, method: str, path: str) -> None:
    headers = UPGRADE if path.endswith("channels") else {}
    assert server.ask(path, server.token, method, **headers)[0] == 404


def test_short_addresses_lead_to_the_book_and_no_further(server: Server) -> None:
    for path in ("", "/", "/book"):
        status, headers, _ = server.send_raw(f"{server.base}{path}", server.token)
        if path == "":
            assert status == 404
        else:
            assert (status, headers["location"]) == (302, f"{server.base}/book/")
    assert server.ask("/book/", server.token)[0] == 200


LIMITS = """
import sys
from pathlib import Path
from d2l_book.live import server
limits = server.create(Path(sys.argv[1]), 0).http_server.conn_params
found = (limits.max_body_size, limits.max_header_size, limits.body_timeout, limits.header_timeout)
assert found == (2**20, server.LONGEST_HEADER, server.BODY_SECONDS, server.QUIET_SECONDS), found
assert all(found), found
"""


def test_body_is_limited_in_size_and_time(server: Server) -> None:
    almost = b" " * (MEGABYTE - 1) + b"["
    assert server.send_raw(f"{server.base}/api/kernels", server.token, "POST", almost)[0] == 400
    command = [sys.executable, "-c", LIMITS, str(server.book)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=patience.SECONDS)
