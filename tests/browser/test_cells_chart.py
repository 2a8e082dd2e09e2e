"""The chart of cells in the built page: the point moved, words and polygons compared with ours."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest
import torch

from d2l_utils.activations import activation_cells
from tests.browser.charts import PLOT, choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp/piecewise-linear.html"
DEPTH = "hidden layers that cut"
FIRST = (((0, 2, -1), (-1, -1, -1), (-2, 2, 0)), ((-1, 2, 1, -1), (1, -2, 1, -2)))
LAST = (-2, -1)
CELLS = f"{PLOT} .mark-line [aria-label*=output]"
PLACES = (-1.9, -1.1, -0.5, 0.1, 0.9, 1.9)


def in_words(x: float, y: float) -> list[str]:
    """What the chart says at a point, by running the net and by differences around it."""

    def net(x: float, y: float) -> tuple[str, float]:
        inputs, pattern = [x, y], []
        for layer in FIRST:
            sums = [sum(w * t for w, t in zip(unit, inputs, strict=False)) + unit[-1]
                    for unit in layer]  # fmt: skip
            pattern.append("".join("1" if z > 1e-9 else "0" for z in sums))
            inputs = [max(z, 0.0) for z in sums]
        return " ".join(pattern), sum(w * t for w, t in zip(LAST, inputs, strict=True))

    pattern, height = net(x, y)
    step = 1e-4
    around = [net(x + a, y + b) for a, b in ((step, 0), (0, step), (-step, -step))]
    assert {p for p, _ in around} == {pattern}, f"({x}, {y}) is on a border"
    a, b = (round((h - height) / step) for _, h in around[:2])
    c = round(height - a * x - b * y)
    terms = [(a, "x"), (b, "y"), (c, "")]
    words = " ".join(
        f"{'-' if k < 0 else '+'} {'' if abs(k) == 1 and name else abs(k)}{name}"
        for k, name in terms
        if k
    )
    words = re.sub(r"^- ", "-", re.sub(r"^\+ ", "", words))
    return [f"pattern {pattern}", f"output {words or '0'}"]


def polygons(page: Page) -> list[list[tuple[float, float]]]:
    """The corners of the drawn cells, in pixels."""
    paths = page.locator(CELLS).evaluate_all("cells => cells.map(each => each.getAttribute('d'))")
    return [
        [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]
        for path in paths
    ]


def told(page: Page, x: float, y: float) -> list[str]:
    """What the chart tells of the cell at a point of the drawing, as shares of its size."""
    box = page.locator(PLOT).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    return page.locator("#vg-tooltip-element.visible td.value").all_inner_texts()


def test_pattern_and_output_at_the_point_are_pythons(chart: Visit) -> None:
    seen = set()
    for x, y in itertools.product(PLACES, (-1.7, -0.7, 0.3, 1.3)):
        choose(chart.page, {"x": x, "y": y})
        expected = in_words(x, y)
        eventually(lambda: [mark["text"] for mark in marks(chart.page, ".mark-text")], expected)
        seen.add(expected[0])
    assert len(seen) >= 8, "the point has to visit many cells"


@pytest.mark.parametrize(("depth", "count"), [(1, 7), (2, 16)])
def test_polygons_are_the_cells_of_so_many_layers(chart: Visit, depth: int, count: int) -> None:
    choose(chart.page, {DEPTH: depth})
    eventually(lambda: len(polygons(chart.page)), count)
    layers = [(torch.tensor([unit[:-1] for unit in layer]).T,
               torch.tensor([unit[-1] for unit in layer])) for layer in FIRST]  # fmt: skip
    layers.append((torch.tensor(LAST)[:, None], torch.zeros(1)))
    cells = activation_cells(layers[: depth + 1], ((-2, 2), (-2, 2)))
    drawn = polygons(chart.page)
    left, right = (end(x for shape in drawn for x, _ in shape) for end in (min, max))
    top, bottom = (end(y for shape in drawn for _, y in shape) for end in (min, max))
    found = [
        [
            (4 * (x - left) / (right - left) - 2, 2 - 4 * (y - top) / (bottom - top))
            for x, y in shape
        ]
        for shape in drawn
    ]
    expected = [[(float(x), float(y)) for x, y in cell.corners] for cell in cells]
    assert [len(shape) for shape in found] == [len(shape) for shape in expected]
    for shape, corners in zip(found, expected, strict=True):
        for got, wanted in zip(shape, corners, strict=True):
            assert got == pytest.approx(wanted, abs=0.02)


def test_a_cell_tells_its_pattern_and_output_far_from_its_corners(chart: Visit) -> None:
    chart.page.locator(PLOT).scroll_into_view_if_needed()
    choose(chart.page, {"x": -0.9, "y": 0.3})
    eventually(lambda: len(polygons(chart.page)), 16)
    eventually(lambda: told(chart.page, 0.8, 0.7), ["000 00", "0"])
    choose(chart.page, {DEPTH: 1})
    eventually(lambda: len(polygons(chart.page)), 7)
    eventually(lambda: told(chart.page, 0.3, 0.3), ["101", "bends inside"])
