"""The chart of switched probabilities in the built page: sliders moved, terms compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/dropout/switching.html"
VALUE = "contribution to the expected loss"
PARTS = (
    "without dropout",
    "first layer alone",
    "second layer alone",
    "both together",
    "expected loss",
)


def number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace(",", ""))


def drawn(page: Page) -> dict[tuple[str, str], float]:
    """Part and arm -> what the point tells a screen reader."""
    return {
        (mark["part"], mark["arm"]): number(mark[VALUE])
        for mark in marks(page, ".mark-symbol")
        if VALUE in mark
    }


def test_terms_follow_the_sliders_and_only_two_of_them_the_switch(chart: Visit) -> None:
    page = chart.page
    choose(page, {"p of the first layer": 0.5, "p of the second layer": 0.5})
    eventually(lambda: [m["text"] for m in marks(page, ".mark-text")], ["switching adds 0.0"])
    unit = drawn(page)  # v is 1 in both layers
    base, A, B, X = (unit[part, "as set"] for part in PARTS[:4])
    for p1, p2 in ((0.2, 0.5), (0.9, 0.1)):
        choose(page, {"p of the first layer": p1, "p of the second layer": p2})
        v1, v2 = p1 / (1 - p1), p2 / (1 - p2)
        change = f"{(v1 - v2) * (B - A):.1f}"
        eventually(
            lambda: [f"{number(m['text'].split()[-1]):.1f}" for m in marks(page, ".mark-text")],
            [change],
        )
        for arm, (one, two) in (("as set", (v1, v2)), ("switched", (v2, v1))):
            terms = [base, one * A, two * B, one * two * X]
            for part, expected in zip(PARTS, [*terms, sum(terms)], strict=True):
                assert drawn(page)[part, arm] == pytest.approx(expected, rel=1e-4), (part, arm)
