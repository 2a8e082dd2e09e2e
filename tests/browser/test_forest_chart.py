"""The forest plot in a built page: the slider moved, intervals compared with Student's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from d2l_utils.dropout import Recipe, read_runs
from d2l_utils.experiments import paired_difference
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/dropout/other-noise.html"
X = "loss minus dropout (left is better)"


def losses(recipe: Recipe, n: int) -> list[float]:
    return read_runs("other-noise")[recipe].losses("test")[:n]


def test_intervals_are_those_of_the_first_pairs(chart: Visit) -> None:
    for n in (3, 8):
        choose(chart.page, {"pairs of runs": n})
        eventually(
            lambda: [m["text"].split()[0] for m in marks(chart.page, ".mark-text")], [str(n)]
        )
        found = {
            mark["method"]: float(mark[X].replace("\u2212", "-"))
            for mark in marks(chart.page, ".mark-symbol")
        }
        ours = losses(Recipe((1 / 3, 1 / 3)), n)
        assert set(found) == {
            *("gaussian", "uniform", "log-normal", "two-point", "smoothing", "no noise")
        }
        for name, recipe in (
            ("no noise", Recipe()),
            ("gaussian", Recipe((1 / 3, 1 / 3), "gaussian")),
        ):
            expected = paired_difference(losses(recipe, n), ours).mean
            assert found[name] == pytest.approx(expected, abs=1e-4)
