"""The chart of patience's price in the built page: sliders moved, dot and words Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.generalization.price_chart import price_rows
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/generalization-deep/benefits.html"


def test_dot_and_words_follow_the_sliders(chart: Visit) -> None:
    rows = {(row["noise"], row["patience"]): row for row in price_rows()}
    for noise, patience in ((40, 3), (0, 40), (10, 11)):
        choose(chart.page, {"wrong labels in %": noise, "patience": patience})
        row = rows[noise, patience]
        said = [row["one"], row["two"]]
        eventually(lambda: [mark["text"] for mark in marks(chart.page, ".mark-text")], said)
        (dot,) = marks(chart.page, ".mark-symbol")
        assert float(dot["epochs trained"]) == row["epochs"]
        assert float(dot["test error in %"]) == row["error"]
