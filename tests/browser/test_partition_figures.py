"""The chart of schedules in the built page: each menu moved, each bar compared with Python's."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from d2l_utils.partition.schedules import SCHEDULES, simulate
from tests.browser.charts import PLOT, choose, control, eventually, listen, marks, options

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

pytestmark = pytest.mark.exercise(5)

PAGE = "chapters/multilayer-perceptrons/backprop/partitioning.html"
STAGES, MICROBATCHES = "stages p", "microbatches m"
TITLES = dict(zip(SCHEDULES, ("GPipe", "1F1B"), strict=True))

Bar = tuple[str, str, int, int, int]  # row, kind, microbatch, start, end


def simulated(p: int, m: int) -> list[Bar]:
    """What every stage does at this setting."""
    return sorted(
        (f"{TITLES[schedule]}, stage {e.stage}", e.kind, e.microbatch, e.start, e.end)
        for schedule in SCHEDULES
        for e in simulate(schedule, p, m).events
    )


def shown(page: Page) -> list[Bar]:
    """What the bars say of themselves."""
    return sorted(
        (bar["row"], bar["kind"], *(int(bar[key]) for key in ("microbatch", "start", "end")))
        for bar in marks(page, ".mark-rect")
    )


def drawn(page: Page) -> list[Bar]:
    """What the bars look like: their line, place and length, and the number in their middle."""
    bars = marks(page, ".mark-rect")
    boxes = [[float(size) for size in re.findall(r"[\d.e-]+", bar["path"])[:4]] for bar in bars]
    unit = min(width for _, _, width, _ in boxes)  # a forward pass
    numbers = [(place(mark), int(mark["text"])) for mark in marks(page, ".numbers_marks")]
    lines = axis_labels(page)
    found = []
    for bar, (x, y, width, height) in zip(bars, boxes, strict=True):
        middle = complex(x + width / 2, y + height / 2)
        number = next((number for at, number in numbers if abs(at - middle) < 1), -1)
        line = min(lines, key=lambda name: abs(lines[name] - middle.imag))
        found.append((line, bar["kind"], number, round(x / unit), round((x + width) / unit)))
    return sorted(found)


def place(mark: dict[str, str]) -> complex:
    """The middle of a number, 3 px above its baseline."""
    found = re.search(r"translate\((\S+),(\S+)\)", mark["path"])
    assert found is not None, mark
    return complex(float(found[1]), float(found[2]) - 3)


def axis_labels(page: Page) -> dict[str, float]:
    """The heights of the lines by their names."""
    labels = page.locator(f"{PLOT} .role-axis-label text", has_text="stage").evaluate_all(
        "labels => labels.map(label => [label.textContent, label.getAttribute('transform')])"
    )
    return {name: float(transform.split(",")[1].rstrip(")")) for name, transform in labels}


def totals(p: int, m: int) -> dict[str, str]:
    """What follows from the bars of each schedule."""
    found = {}
    for schedule in SCHEDULES:
        timeline = simulate(schedule, p, m)
        in_flight = max(map(timeline.in_flight, range(p)))
        total = f"ends at {timeline.makespan}; {timeline.bubble} idle; {in_flight} in flight"
        found[TITLES[schedule]] = total
    return found


def assert_shows(page: Page, p: int, m: int) -> None:
    eventually(lambda: shown(page), simulated(p, m))
    assert drawn(page) == simulated(p, m)
    assert {mark["row"]: mark["text"] for mark in marks(page, ".totals_marks")} == totals(p, m)


def test_every_choice_shows_the_simulated_bars(chart: Visit) -> None:
    choices = [[int(n) for n in options(chart.page, name)] for name in (STAGES, MICROBATCHES)]
    assert all(len(set(each)) > 2 for each in choices)
    for p, m in itertools.product(*choices):
        choose(chart.page, {STAGES: p, MICROBATCHES: m})
        assert_shows(chart.page, p, m)


def test_arrow_keys_move_both_menus(chart: Visit) -> None:
    assert_shows(chart.page, 4, 4)
    for name, key, p, m in [
        (STAGES, "Home", 2, 4),
        (STAGES, "ArrowDown", 3, 4),
        (MICROBATCHES, "End", 3, 8),
        (MICROBATCHES, "ArrowUp", 3, 4),
        (MICROBATCHES, "Home", 3, 1),
    ]:
        control(chart.page, name).press(key)
        assert_shows(chart.page, p, m)


def test_chart_says_what_follows_from_the_new_bars(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(PAGE)
    said = listen(opened)
    control(opened, MICROBATCHES).press("End")
    gpipe, other = (f"{name}: {total}." for name, total in totals(4, 8).items())
    eventually(said, [f"{MICROBATCHES}: 8. {gpipe} {other}"])


def test_a_bar_tells_its_times_to_the_mouse(chart: Visit) -> None:
    opened = chart.page
    label = "[aria-label*='row: 1F1B, stage 2; end: 9; kind: forward']"
    opened.locator(f"{PLOT} path{label}").hover(force=True)  # its number stands in its middle
    event = next(e for e in simulate("1f1b", 4, 4).events if e.stage == 2 and e.end == 9)
    expected = {"row": "1F1B, stage 2", "kind": event.kind, "microbatch": str(event.microbatch)}
    expected |= {"start": str(event.start), "end": str(event.end)}
    cells = opened.locator("#vg-tooltip-element td")
    eventually(
        lambda: dict(zip(*[map(str.strip, cells.all_inner_texts())] * 2, strict=True)), expected
    )


def test_numbers_stay_legible_where_bars_are_shortest(chart: Visit) -> None:
    choose(chart.page, {STAGES: 4, MICROBATCHES: 8})
    for theme in ("light", "dark"):
        chart.turn(theme, 375)
        assert_shows(chart.page, 4, 8)
        assert chart.page.evaluate("checks.faintText()") == []


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (".numbers_marks text", "part.textContent = '7'"),
        (".mark-rect path", "part.setAttribute('d', 'M3,3h26v20h-26Z')"),
    ],
)
def test_comparison_notices_one_wrong_mark(
    visit: Callable[..., Visit], part: str, change: str
) -> None:
    opened = visit().open(PAGE)
    assert_shows(opened, 4, 4)
    opened.locator(f"{PLOT} .role-mark{part}").first.evaluate(f"part => {{ {change} }}")
    assert drawn(opened) != simulated(4, 4)
    assert shown(opened) == simulated(4, 4) != simulated(3, 4)
