"""Compiles the charts that cells of a live page display, as the build compiles the page's own."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web

from d2l_book.live.access import Plain

_ONE_AT_A_TIME = ThreadPoolExecutor(1, "charts")
"""Where the compiler is waited for."""


def chart_in(body: bytes) -> dict[str, Any]:
    """Return the chart that a page asks for.

    Args:
        body: JSON such as ``{"chart": {"mark": "bar", ...}}``, with a Vega-Lite specification.

    Raises:
        HTTPError: If it is anything else.
    """
    try:
        chart = json.loads(body)["chart"]
    except (UnicodeDecodeError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise web.HTTPError(400, "The body is no chart") from error
    if not isinstance(chart, dict):
        raise web.HTTPError(400, "The chart is no specification")
    return chart


def compiled(chart: dict[str, Any]) -> dict[str, Any]:
    """Return what a page needs to draw a chart in the book's look.

    Args:
        chart: A Vega-Lite specification.

    Raises:
        HTTPError: If it is no specification that Vega-Lite knows.
    """
    from d2l_book.render.figures import chart_data
    from d2l_book.render.vega import styled

    try:
        return chart_data(styled(chart))
    except (AttributeError, TypeError, ValueError) as error:
        raise web.HTTPError(400, "The chart cannot be compiled") from error


class Charts(Plain, APIHandler):
    """Compiles charts."""

    SUPPORTED_METHODS = ("POST",)

    @web.authenticated
    async def post(self) -> None:
        """Answer a page's request; see `chart_in` and `compiled`."""
        chart = chart_in(self.request.body)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(_ONE_AT_A_TIME, compiled, chart)
        self.finish(json.dumps(answer))
