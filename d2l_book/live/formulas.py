"""Typesets the formulas that cells of a live page display, as the build typesets the page's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web

from d2l_book.live.access import Plain

MOST = 200
"""Formulas that one output may have."""

LONGEST = 10_000
"""Characters that one formula may have."""

Formula = tuple[str, bool]

_ONE_AT_A_TIME = ThreadPoolExecutor(1, "formulas")
"""Where MathJax is waited for; it is one process that answers in turn."""


def formulas_in(body: bytes) -> list[Formula]:
    """Return the formulas that a page asks for, each with whether it stands on its own line.

    Args:
        body: JSON such as ``{"formulas": [{"tex": "x^2", "display": false}]}``.

    Raises:
        HTTPError: If it is anything else, or too much.
    """
    try:
        asked = json.loads(body)["formulas"]
        found = [(each["tex"], each["display"]) for each in asked]
    except (UnicodeDecodeError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise web.HTTPError(400, "The body is no list of formulas") from error
    if not all(isinstance(tex, str) and isinstance(display, bool) for tex, display in found):
        raise web.HTTPError(400, "A formula is not text with a display")
    if len(found) > MOST or any(len(tex) > LONGEST for tex, _ in found):
        raise web.HTTPError(400, "The formulas are too many or too long")
    return found


def typeset(formulas: Sequence[Formula]) -> dict[str, Any]:
    """Typeset formulas.

    Args:
        formulas: Each as TeX, and whether it stands on a line of its own.

    Returns:
        ``formulas``, the HTML of each, or None where it is not TeX that MathJax knows; and
        ``rules``, the rules of style for the characters that they show.
    """
    from d2l_book.render.mathematics import MathError, typesetter

    shown: list[str | None] = []
    try:
        mathjax = typesetter()
        for tex, display in formulas:
            try:
                shown.append(mathjax.typeset(tex, display))
            except MathError:
                shown.append(None)
    except Exception:
        typesetter.cache_clear()  # it has ended; the next formula starts another
        raise
    rules = mathjax.styles.of_page("".join(html for html in shown if html))
    return {"formulas": shown, "rules": rules}


class Formulas(Plain, APIHandler):
    """Typesets formulas."""

    SUPPORTED_METHODS = ("POST",)

    @web.authenticated
    async def post(self) -> None:
        """Answer a page's request; see `formulas_in` and `typeset`."""
        formulas = formulas_in(self.request.body)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(_ONE_AT_A_TIME, typeset, formulas)
        self.finish(json.dumps(answer))
