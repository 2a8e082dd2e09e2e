import dataclasses
import re

import pytest

from d2l_utils import memory
from d2l_utils.checks.claims import CheckError
from d2l_utils.display.figures import show
from d2l_utils.memory import views as memory_views
from d2l_utils.memory.views import phase_table

pytestmark = pytest.mark.exercise(3)


def test_ledger_shows_the_footprints_fields_twice() -> None:
    table = memory.ledger(13, (7,), 5, 11, "adam")
    training = memory.footprint(13, (7,), 5, 11, "adam")
    prediction = memory.footprint(13, (7,), 5, 11, "adam", "prediction")
    peak = next(row for row in table.rows if row[0] == "peak")
    expected = [f"{training.peak:,}"] * 2 + [f"{prediction.peak:,}"] * 2
    assert list(peak[1:]) == expected
    assert "13-7-5, batch of 11, adam" in table.caption


def test_ledger_refuses_a_formula_that_is_off_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*args: object, **options: object) -> memory.Footprint:
        right = memory.footprint(*args, **options)  # type: ignore[arg-type]
        return dataclasses.replace(right, peak=right.peak + 1)

    monkeypatch.setattr(memory_views, "footprint", wrong)
    with pytest.raises(CheckError, match="training: the formula says"):
        memory.ledger(13, (7,), 5, 11)


def test_phase_table_accounts_for_every_event() -> None:
    measurement = memory.program(13, (7,), 5, 11, "adam").measure()
    table = phase_table({"step": measurement})
    assert sum(int(row[1]) for row in table.rows) == len(measurement.timeline)
    assert f"{measurement.peak:,}" in [row[3] for row in table.rows]
    assert [row[0] for row in table.rows] == [
        "step: zero_grad",
        "step: forward",
        "step: backward",
        "step: step",
    ]


def test_timeline_shows_every_level_and_names_the_phases() -> None:
    training = memory.program(13, (7,), 5, 11).measure()
    prediction = memory.program(13, (7,), 5, 11, mode="prediction").measure()
    figure = memory.timeline_chart(training, prediction)
    line = figure.axes[0].get_lines()[0]
    levels = [round(event.alive / 2**20, 4) for event in training.timeline]
    assert list(line.get_ydata())[1:] == levels
    svg = show(figure, alt="bytes alive").svg
    assert all(phase in svg for phase in ("forward", "backward", "step", "prediction"))


def test_timeline_follows_the_theme() -> None:
    training = memory.program(13, (7,), 5, 11).measure()
    prediction = memory.program(13, (7,), 5, 11, mode="prediction").measure()
    svg = show(memory.timeline_chart(training, prediction), alt="bytes alive").svg
    assert svg.count("var(--d2l-paper") >= 3  # the figure's background and that of both axes
    assert not re.search(r"(?:fill|stroke): (?:#ffffff|#000000)", svg)
