"""The cost explorer in the built page: each control moved, each number compared with Python's."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

from d2l_utils.costs.flop_counts import mlp_flops
from tests.browser.charts import PLOT, choose, control, eventually, listen, marks, options

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

pytestmark = pytest.mark.exercise(4)

PAGE = "chapters/multilayer-perceptrons/backprop/second-derivatives.html"
WIDTH, DEPTH, BATCH = "width of each hidden layer", "hidden layers", "batch size"
SPEED = "speed, as a power of ten"
MENUS = (WIDTH, DEPTH, BATCH)
START = {WIDTH: 256, DEPTH: 1, BATCH: 256, SPEED: 1}

Times = dict[str, str]


def seconds(setting: Mapping[str, float]) -> dict[str, float]:
    """What each computation takes at this setting."""
    width, depth, batch = (int(setting[name]) for name in MENUS)
    flops = mlp_flops((784, *[width] * depth, 10), batch)
    product = flops.reverse_over_reverse - flops.gradient
    work = {
        "forward": flops.forward,
        "gradient": flops.gradient,
        "product Hv": flops.gradient + product,
        "step, 50 products": flops.gradient + 50 * product,
        "trace, 500 products": flops.gradient + 500 * product,
        "whole Hessian": flops.hessian,
    }
    return {cost: each / 10 ** (setting[SPEED] + 12) for cost, each in work.items()}


def in_words(time: float) -> str:
    """A time with three significant digits in a fitting unit."""
    units = [(1e-6, "ns", 1e-9), (1e-3, "µs", 1e-6), (1, "ms", 1e-3), (7200, "s", 1)]
    units += [(172_800, "h", 3600), (math.inf, "days", 86_400)]
    unit, size = next((unit, size) for limit, unit, size in units if time < limit)
    digits = 2 - math.floor(math.log10(time / size))
    number = f"{round(time / size, digits):,.{max(digits, 0)}f}"
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {unit}"


def speed_in_words(power: float) -> str:
    """The slider's speed and a device that is about as fast."""
    devices = {2: "laptop’s processor", 20: "laptop’s graphics chip"}
    devices |= {200: "desktop’s graphics card", math.inf: "data centre’s card"}
    speed = 10**power
    device = next(name for limit, name in devices.items() if speed < limit)
    return f"{float(f'{speed:.3g}'):g} TFLOP per second, about a {device}"


def in_all_words(setting: Mapping[str, float]) -> Times:
    return {cost: in_words(time) for cost, time in seconds(setting).items()}


def shown(page: Page) -> Times:
    """The texts beside the dots, by the computation they stand for."""
    return {mark["cost"]: mark["text"] for mark in marks(page, ".mark-text") if "cost" in mark}


def where(page: Page) -> dict[str, float]:
    """The times at which the dots stand, from their places on the logarithmic axis."""
    axis = page.locator(f"{PLOT} [aria-label^='X-axis titled']").get_attribute("aria-label")
    ends = re.fullmatch(r".* log scale with values from (\S+) to (\S+)", axis or "")
    assert ends is not None, axis
    low, high = (math.log10(float(end)) for end in ends.groups())
    frame = page.locator(f"{PLOT} path.background").first.get_attribute("d")
    width = float(re.findall(r"h([\d.]+)", frame or "")[0])
    left = {
        mark["cost"]: float(mark["path"].split("translate(")[1].split(",")[0])
        for mark in marks(page, ".mark-symbol")
    }
    assert all(0 <= x <= width for x in left.values()), "a dot is outside of the chart"
    return {cost: 10 ** (low + (high - low) * x / width) for cost, x in left.items()}


def assert_shows(page: Page, setting: Mapping[str, float]) -> None:
    eventually(lambda: shown(page), in_all_words(setting))
    assert [mark["text"] for mark in marks(page, ".speed_note_marks")] == [
        speed_in_words(setting[SPEED])
    ]
    assert where(page) == pytest.approx(seconds(setting), rel=1e-6)


def test_every_choice_and_both_extremes_show_pythons_times(chart: Visit) -> None:
    opened = chart.page
    assert_shows(opened, START)
    choices = {name: [int(value) for value in options(opened, name)] for name in MENUS}
    for name, values in choices.items():
        assert len(set(values)) > 3
        for value in values:
            choose(opened, {name: value})
            assert_shows(opened, START | {name: value})
        choose(opened, {name: START[name]})
    for end in (0, -1):
        setting = {name: values[end] for name, values in choices.items()}
        for speed in (-1, 2, 2.7, 3):
            choose(opened, setting | {SPEED: speed})
            assert_shows(opened, setting | {SPEED: speed})


def test_keys_and_mouse_move_the_controls(chart: Visit) -> None:
    opened = chart.page
    for name in MENUS:
        values = [int(value) for value in options(opened, name)]
        for key, value in {"Home": values[0], "ArrowDown": values[1], "End": values[-1]}.items():
            control(opened, name).press(key)
            assert_shows(opened, START | {name: value})
        choose(opened, {name: START[name]})
    keys = {"ArrowRight": 1.1, "Home": -1, "ArrowUp": -0.9, "End": 3, "ArrowLeft": 2.9}
    for key, value in keys.items():
        control(opened, SPEED).press(key)
        assert_shows(opened, START | {SPEED: value})
    met = [float(value) for value in dragged(opened, SPEED, (0, 0.5, 1))]
    assert (met[0], met[-1]) == (-1, 3)
    assert 0.5 < met[1] < 1.5


def dragged(page: Page, name: str, shares: Sequence[float]) -> Iterator[str]:
    """Drag a slider to these shares of its length; compare the chart at each and give the value."""
    slider = control(page, name)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 3, middle)
    page.mouse.down()
    for share in shares:
        page.mouse.move(box["x"] + share * box["width"], middle, steps=3)
        value = slider.input_value()
        assert_shows(page, START | {name: float(value)})
        yield value
    page.mouse.up()


def test_chart_says_the_new_times_once_the_reader_pauses(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(PAGE)
    said = listen(opened)
    control(opened, SPEED).evaluate(
        "slider => { for (const value of [1.1, 1.2, 1.3]) {"
        " slider.value = value; slider.dispatchEvent(new Event('input')); } }"
    )
    now = in_all_words(START | {SPEED: 1.3})
    times = " ".join(f"{cost}: {time}." for cost, time in now.items())
    eventually(said, [f"{SPEED}: 1.3. {speed_in_words(1.3)}. {times}"])


def test_comparison_notices_one_wrong_number(visit: Callable[..., Visit]) -> None:
    opened = visit().open(PAGE)
    assert_shows(opened, START)
    opened.locator(f"{PLOT} .mark-text.role-mark text", has_text="4.34 s").evaluate(
        "text => text.textContent = '4.33 s'"
    )
    assert shown(opened) != in_all_words(START)
    dot = opened.locator(f"{PLOT} .mark-symbol.role-mark path").first
    dot.evaluate("dot => dot.setAttribute('transform', 'translate(130, 20)')")
    assert where(opened) != pytest.approx(seconds(START), rel=1e-6)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (2.5e-11, "0.025 ns"),
        (9.996e-7, "1,000 ns"),
        (1.23456e-5, "12.3 µs"),
        (7199, "7,200 s"),
        (7200, "2 h"),
        (86_400 * 12_345, "12,300 days"),
    ],
)
def test_words_have_three_digits(time: float, words: str) -> None:
    assert in_words(time) == words
