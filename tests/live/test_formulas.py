"""Formulas that the live server typesets: what it accepts, and what it answers."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tornado import web

from d2l_book.live.formulas import LONGEST, MOST, formulas_in, typeset
from d2l_book.render.mathematics import typesetter
from tests.live.test_server import PAGE, Server, cookies
from tests.processes import is_running, wait_until


@pytest.fixture
def mathjax() -> Iterator[None]:
    """MathJax, ended after the test."""
    yield
    typesetter().close()
    typesetter.cache_clear()


def body(*formulas: object) -> bytes:
    return json.dumps({"formulas": formulas}).encode()


def test_formulas_are_typeset_as_those_of_the_book(mathjax: None) -> None:
    answer = typeset([("x^2", False), (r"\nosuchmacro", True), (r"\frac12", True)])
    inline, unknown, display = answer["formulas"]
    assert inline == typesetter().typeset("x^2", False)
    assert unknown is None
    assert "mjx-mfrac" in display
    assert 'display="true"' in display
    assert "mjx-c1D465.TEX-I::before" in answer["rules"]


def test_mathjax_that_ended_is_started_again(mathjax: None) -> None:
    typesetter().close()
    with pytest.raises((OSError, RuntimeError, ValueError)):
        typeset([("x", False)])
    assert typeset([("x", False)])["formulas"][0]


def test_what_a_page_asks_for_is_read() -> None:
    asked = [{"tex": "x", "display": True}, {"tex": "é", "display": False}]
    assert formulas_in(body(*asked)) == [("x", True), ("é", False)]
    assert formulas_in(body(*asked[:1] * MOST)) == [("x", True)] * MOST


@pytest.mark.parametrize(
    "wrong",
    [
        *(b"", b"{", b"[]", b"1", b"\xff", b'{"formulas": 1}', b"[" * 100_000),
        *(body("x"), body({"tex": "x"}), body({"tex": 1, "display": True})),
        *(body({"tex": "x", "display": 1}), body(["x", True])),
        body(*[{"tex": "x", "display": True}] * (MOST + 1)),
        body({"tex": "x" * (LONGEST + 1), "display": True}),
    ],
)
def test_what_is_no_list_of_formulas_is_refused(wrong: bytes) -> None:
    with pytest.raises(web.HTTPError) as caught:
        formulas_in(wrong)
    assert caught.value.status_code == 400


@pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")
def test_server_typesets_for_its_own_pages_only_and_ends_mathjax(tmp_path: Path) -> None:
    book = tmp_path / "html"
    (book / "_static").mkdir(parents=True)
    (book / "_static" / "live.js").touch()
    for name in ("index", "page"):
        (book / f"{name}.html").write_text(PAGE.format("x"))
    server = Server(book, tmp_path)
    address, asked = f"{server.base}/api/formulas", body({"tex": "x", "display": False})
    _, arrival, _ = server.ask(f"/book/page.html?token={server.token}")
    login = cookies(arrival)
    for token, headers in (
        (None, {}),
        ("wrong", {}),
        (None, {"Cookie": login}),  # without the page's own proof
        (server.token, {"Origin": "http://elsewhere.example"}),
        (server.token, {"Host": "elsewhere.example"}),
    ):
        refused = server.send_raw(address, token, "POST", asked, **headers)
        assert refused[0] in (403, 404)
        assert "mjx" not in refused[2]
    assert server.send_raw(address, server.token)[0] == 405
    assert server.send_raw(address, server.token, "POST", b"{")[0] == 400
    status, headers, text = server.send_raw(address, server.token, "POST", asked)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert "mjx-container" in json.loads(text)["formulas"][0]
    children = Path(f"/proc/{server.process.pid}/task")
    pids = [int(n) for task in children.glob("*/children") for n in task.read_text().split()]
    assert pids
    said = server.stop(signal.SIGTERM)
    assert "Error" not in said
    # MathJax ends when it notices that nobody can ask it any more.
    assert wait_until(lambda: not any(is_running(pid) for pid in pids))
