"""Charts that the live server compiles: what it accepts, and what it answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tornado import web

from d2l_book.live.charts import chart_in, compiled
from d2l_book.render.figures import chart_figure
from tests.live.test_server import PAGE, Server, cookies

CHART: dict[str, Any] = {
    "data": {"values": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b"}},
}


def body(chart: object) -> bytes:
    return json.dumps({"chart": chart}).encode()


def test_chart_is_compiled_as_those_of_the_book() -> None:
    assert json.dumps(compiled(CHART), separators=(",", ":")) in chart_figure(CHART, "a", "b")
    assert compiled(CHART)["spec"]["$schema"].startswith("https://vega.github.io/schema/vega/")


def test_what_a_page_asks_for_is_read() -> None:
    assert chart_in(body(CHART)) == CHART


@pytest.mark.parametrize(
    "wrong", [b"", b"{", b"[]", b"1", b"\xff", b"{}", b"[" * 100_000, body(1), body([CHART])]
)
def test_what_is_no_chart_is_refused(wrong: bytes) -> None:
    with pytest.raises(web.HTTPError) as caught:
        chart_in(wrong)
    assert caught.value.status_code == 400


@pytest.mark.parametrize("wrong", [{}, {"mark": 3}, {"layer": [1]}, {"config": 1, **CHART}])
def test_what_vega_lite_does_not_know_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(web.HTTPError) as caught:
        compiled(wrong)
    assert caught.value.status_code == 400


@pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")
def test_server_compiles_for_its_own_pages_only(tmp_path: Path) -> None:
    book = tmp_path / "html"
    (book / "_static").mkdir(parents=True)
    (book / "_static" / "live.js").touch()
    for name in ("index", "page"):
        (book / f"{name}.html").write_text(PAGE.format("x"))
    server = Server(book, tmp_path)
    address = f"{server.base}/api/charts"
    _, arrival, _ = server.ask(f"/book/page.html?token={server.token}")
    for token, headers in (
        (None, {}),
        ("wrong", {}),
        (None, {"Cookie": cookies(arrival)}),  # without the page's own proof
        (server.token, {"Origin": "http://elsewhere.example"}),
        (server.token, {"Host": "elsewhere.example"}),
    ):
        refused = server.send_raw(address, token, "POST", body(CHART), **headers)
        assert refused[0] in (403, 404)
        assert "vega" not in refused[2]
    assert server.send_raw(address, server.token)[0] == 405
    assert server.send_raw(address, server.token, "POST", b"{")[0] == 400
    status, _, text = server.send_raw(address, server.token, "POST", body(CHART))
    assert (status, json.loads(text)) == (200, json.loads(json.dumps(compiled(CHART))))
    assert "Error" not in server.stop()
