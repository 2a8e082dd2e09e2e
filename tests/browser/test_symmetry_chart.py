"""The moving units in the built page: the slider moved, each mark compared with Python's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from d2l_book.notebooks.execute import ROOT
from tests.browser.charts import choose, control, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

FOLDER = "chapters/multilayer-perceptrons/numerical-stability-and-init"
STEPS = (0, 1, 2, 5, 10, 15, 20, 30, 40)
SLIDER = "position, for 0, 1, 2, 5, 10, 15, 20, 30, 40 steps"
CORNERS = ((-1, -1, -1), (-1, 1, 1), (1, -1, 1), (1, 1, -1))
"""Two inputs and the target of each example."""


def equal_units(steps: int) -> tuple[float, float]:
    """Input weights of four equal tanh units after so many steps, by the chain rule by hand."""
    w, v = [0.5, 0.25, 0.1], 0.5
    for _ in range(steps):
        dw, dv = [0.0, 0.0, 0.0], 0.0
        for x1, x2, target in CORNERS:
            h = math.tanh(w[0] * x1 + w[1] * x2 + w[2])
            do = 2 * (4 * v * h - target) / 4
            dv += do * h
            for i, x in enumerate((x1, x2, 1)):
                dw[i] += do * v * (1 - h * h) * x
        w, v = [a - 0.1 * b for a, b in zip(w, dw, strict=True)], v - 0.1 * dv
    return round(w[0], 3), round(w[1], 3)


def shown(page: Page) -> dict[str, set[tuple[float, float]]]:
    """The places of the marks in each panel."""
    places: dict[str, set[tuple[float, float]]] = {}
    for mark in marks(page, ".mark-symbol"):
        if "start" in mark:
            place = tuple(float(mark[f"weight {i}"].replace("−", "-")) for i in (1, 2))
            places.setdefault(mark["start"], set()).add((place[0], place[1]))
    return places


def test_each_position_shows_pythons_units(visit: Callable[..., Visit]) -> None:
    page = visit().open(f"{FOLDER}/symmetries.html")
    for position, steps in enumerate(STEPS):
        choose(page, {SLIDER: position})
        eventually(lambda: shown(page).get("equal"), {equal_units(steps)})
        many = 4 if steps else 1
        assert len(shown(page)["W2 random"]) == many
    control(page, SLIDER).press("Home")
    eventually(lambda: {len(places) for places in shown(page).values()}, {1})


def test_steps_of_the_slider_are_those_of_the_page() -> None:
    source = (ROOT / FOLDER / "symmetries.ipynb").read_text(encoding="utf-8")
    assert f"steps = [{', '.join(map(str, STEPS))}]" in source
