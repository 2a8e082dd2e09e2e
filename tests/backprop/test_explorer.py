import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from d2l_book.render import vega
from d2l_book.render.figures import chart_figure
from d2l_utils import backprop
from d2l_utils.backprop.explorer import explorer_data
from d2l_utils.display.figures import COLORS
from tests import patience
from tests.browser.charts import PLOT
from tests.browser.visits import Tabs, Visit
from tests.render.test_offline import contrast

pytestmark = pytest.mark.exercise(1)

A = torch.tensor([[1, 2], [-1, -0.5]], dtype=torch.float64)
X = torch.tensor([[1, -1, 0.5], [0, 2, -0.5]], dtype=torch.float64)


def f(X: Tensor) -> Tensor:
    return (X.T @ A @ X).trace()


def test_cells_hold_the_entry_and_the_closed_form_gradient() -> None:
    cells, _ = explorer_data(f, X, 2.0)
    G = (A + A.T) @ X
    assert len(cells) == X.numel()
    for cell in cells:
        i, j = int(cell["row"]) - 1, int(cell["column"]) - 1
        assert cell["x"] == X[i, j]
        assert cell["slope"] == G[i, j]
        assert cell["f"] == f(X)
        assert str(cell["label"]).startswith(f"slope ∂f/∂X[{i + 1}, {j + 1}] = ")


def test_curves_hold_f_and_its_tangent() -> None:
    _, curves = explorer_data(f, X, 1.5)
    G = (A + A.T) @ X
    for row in curves:
        i, j, t = int(row["row"]) - 1, int(row["column"]) - 1, float(row["t"])
        moved = X.clone()
        moved[i, j] = t
        tangent = f(X) + G[i, j] * (t - X[i, j])
        assert row["f"] == pytest.approx(f(moved).item(), rel=1e-3, abs=1e-9)
        assert row["tangent"] == pytest.approx(tangent.item(), rel=1e-3, abs=1e-9)
        assert abs(t - X[i, j]) <= 1.5


def test_chart_can_be_operated_by_click_and_by_menus() -> None:
    spec: dict[str, Any] = backprop.explore_gradient(f, X).to_dict()
    (entry,) = spec["params"]
    assert entry["name"] == "entry"
    assert entry["views"] == ["matrix", "gradient"]
    assert entry["select"]["on"] == "rect:click, text:click"
    assert entry["bind"]["row"]["options"] == [1, 2]
    assert entry["bind"]["column"]["options"] == [1, 2, 3]
    assert {binding["input"] for binding in entry["bind"].values()} == {"select"}


def test_frame_of_the_selected_cell_stands_out_from_cells_and_page_in_both_themes() -> None:
    spec: dict[str, Any] = backprop.explore_gradient(f, X).to_dict()
    for view in spec["vconcat"][0]["hconcat"]:
        fill, *frame, _ = view["layer"]
        outer, inner = (layer["mark"] for layer in frame)
        assert all("filter" in layer["transform"][0] for layer in frame)
        assert outer["strokeWidth"] >= inner["strokeWidth"] + 3
        for color in fill["encoding"]["color"]["scale"]["range"]:
            assert contrast(inner["stroke"], color) >= 3
        assert outer["stroke"] == COLORS["ink"]  # which stands out from the page: test_offline


def test_chart_is_the_same_every_time_and_leaves_x_alone() -> None:
    before = X.clone()
    first, second = (
        json.dumps(backprop.explore_gradient(f, X).to_dict()["params"]) for _ in range(2)
    )
    assert first == second
    assert torch.equal(X, before)


@pytest.mark.parametrize(
    ("function", "value", "radius", "error", "message"),
    [
        (f, X[0], 1.0, ValueError, r"expected a matrix, got shape \(3,\)"),
        (f, X.long(), 1.0, TypeError, "got torch.int64"),
        (f, [[1.0]], 1.0, TypeError, r"X: expected a tensor, got \["),
        (f, X, 0.0, ValueError, "radius: expected a positive number, got 0.0"),
        (lambda X: X, X, 1.0, ValueError, r"a scalar that depends on X, got \(2, 3\)"),
        (lambda X: A.sum(), X, 1.0, ValueError, "a scalar that depends on X"),
    ],
)
def test_explorer_refuses_what_it_cannot_draw(
    function: Any, value: Any, radius: float, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        backprop.explore_gradient(function, value, radius)


@pytest.fixture
def page(tabs: Tabs, tmp_path: Path) -> Iterator[Any]:
    """The chart in a phone-sized window, without a network."""
    shutil.copytree(vega.STATIC, tmp_path / "static")
    data = "".join(f' {name}="{value}"' for name, value in vega.script_data().items())
    script = f'<script src="static/chart.js"{data}></script>'
    chart = chart_figure(backprop.explore_gradient(f, X).to_dict(), "the chart", "chart")
    file = tmp_path / "chart.html"
    head = '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="static/book.css">'
    file.write_text(f'{head}<body class="bd-article">{chart}{script}', encoding="utf-8")
    base = tmp_path.as_uri()
    visit = Visit(tabs.take(base), base, width=375)
    visit.page.goto(file.as_uri())
    visit.draw()
    yield visit.page
    tabs.give_back(visit)


def shows(page: Any, row: int, column: int, slope: str) -> None:
    """Wait until the chart, and both menus, show this entry."""
    label = f"slope ∂f/∂X[{row}, {column}] = {slope}"
    label_shown = page.locator(f"{PLOT} text", has_text=label)
    label_shown.wait_for(timeout=patience.MILLISECONDS)
    chosen = page.locator("select").evaluate_all("all => all.map(each => each.value)")
    assert chosen == [str(row), str(column)]


def test_browser_shows_every_number_that_python_computed(page: Any) -> None:
    cells, _ = explorer_data(f, X, 2.0)
    menus = page.locator("select")
    for cell in cells:
        menus.nth(0).select_option(str(cell["row"]))
        menus.nth(1).select_option(str(cell["column"]))
        shows(page, int(cell["row"]), int(cell["column"]), f"{cell['slope']:g}".replace("-", "−"))
    texts = page.locator(f"{PLOT} g.mark-text text").all_text_contents()
    numbers = [f"{cell[key]:g}".replace("-", "−") for key in ("x", "slope") for cell in cells]
    assert sorted(set(numbers) - set(texts)) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_entry_is_picked_by_keyboard_and_by_click_in_either_table(page: Any) -> None:
    shows(page, 1, 1, "2")
    page.locator("select").nth(0).focus()
    page.keyboard.press("ArrowDown")
    shows(page, 2, 1, "1")
    page.locator(f"{PLOT} path[aria-label='column: 2; row: 1; x: −1']").click(force=True)
    shows(page, 1, 2, "0")
    page.locator(f"{PLOT} path[aria-label='column: 3; row: 2; slope: 1']").click(force=True)
    shows(page, 2, 3, "1")


def test_the_picked_entry_stays_picked_in_the_other_theme(page: Any) -> None:
    page.locator("select").nth(0).select_option("2")
    shows(page, 2, 1, "1")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function("checks.chartsFollow('dark')")
    shows(page, 2, 1, "1")
    frames = page.locator(f"{PLOT} .matrix_frame_marks path").all()
    page.locator("select").nth(1).select_option("3")
    shows(page, 2, 3, "1")
    assert len(frames) <= 1  # one at most; which cell it surrounds is looked at elsewhere
