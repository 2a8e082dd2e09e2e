"""The chart of epochs in the built page: its words compared with the stored runs."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

import pytest

from d2l_utils.dropout import Recipe, read_runs
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/dropout/epochs.html"


def value(p: float, part: str, measure: str, epoch: int) -> float:
    record = read_runs("epochs")[Recipe((p, p), epochs=240)]
    runs = getattr(record, measure)(part, record.epochs.index(epoch))
    return fmean(runs)


def says(chart: Visit) -> list[float]:
    """Epoch, and the values without and with dropout."""
    [mark] = marks(chart.page, ".mark-text")
    words = mark["text"].replace(",", "").split()
    return [float(words[k]) for k in (1, 3, 5)]


def test_words_follow_menu_and_slider(chart: Visit) -> None:
    for shown, part, measure, epoch in (
        ("test error in %", "test", "errors", 20),
        ("train cross-entropy", "train", "losses", 240),
        ("test cross-entropy", "test", "losses", 100),
    ):
        choose(chart.page, {"measure": shown, "epoch": epoch})
        expected = [value(p, part, measure, epoch) for p in (0.0, 0.5)]

        eventually(lambda: says(chart)[0], epoch)
        assert says(chart)[1:] == pytest.approx(expected, abs=0.0061)
