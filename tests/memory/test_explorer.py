"""The memory explorer's data, and what a browser shows of them."""

import itertools
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from d2l_utils import memory
from d2l_utils.display.figures import show
from d2l_utils.memory.explorer import (
    BATCH_SIZES,
    BUDGETS_MIB,
    DEPTHS,
    DTYPES,
    MIB,
    OPTIMIZERS,
    PARTS,
    WIDTHS,
    explorer_rows,
)
from d2l_utils.memory.formula import Optimizer, largest_batch
from tests.browser.visits import Visit

pytestmark = pytest.mark.exercise(3)

PAGE = "chapters/multilayer-perceptrons/backprop/memory.html"
CHOICES = [
    {},
    {"batch size": "4096", "hidden width": "1024", "hidden layers": "4"},
    {"optimizer": "adam", "dtype": "bfloat16", "batch size": "1", "hidden width": "64"},
    {"optimizer": "momentum", "hidden layers": "2", "budget in MiB": "64"},
]
LIVE = "figure.d2l-chart .d2l-chart-plot svg"  # not the still picture behind it
DEFAULTS = {
    "batch size": "256",
    "hidden width": "256",
    "hidden layers": "1",
    "optimizer": "sgd",
    "dtype": "float32",
    "budget in MiB": "4",
}


def test_the_words_under_the_picture_hold_for_every_choice() -> None:
    def ratio(n: int, width: int, dtype: str, depth: int, optimizer: Optimizer) -> float:
        training, prediction = (
            memory.footprint(784, [width] * depth, 10, n, optimizer, mode, dtype=DTYPES[dtype]).peak
            for mode in ("training", "prediction")
        )
        return training / prediction

    for given in itertools.product(BATCH_SIZES, WIDTHS, DTYPES):
        assert ratio(*given, 1, "sgd") < 2
        assert ratio(*given, max(DEPTHS), "sgd") > ratio(*given, 1, "sgd")
        assert ratio(*given, 1, "adam") > ratio(*given, 1, "sgd")


def test_there_is_one_row_per_setting() -> None:
    rows = explorer_rows()
    per_network = len(WIDTHS) * len(DEPTHS) * len(DTYPES) * len(BATCH_SIZES)
    assert len(rows) == per_network * (len(OPTIMIZERS) + 1)


def test_rows_hold_the_footprints_numbers() -> None:
    for row in explorer_rows():
        network = (784, (row["width"],) * row["depth"], 10)
        options: Any = (row["optimizer"] or "sgd", row["use"], DTYPES[row["dtype"]])
        footprint = memory.footprint(*network, row["n"], *options)
        assert sum(row[part] for part in PARTS) == row["peak"] == footprint.peak
        assert row["transient"] == footprint.transient


def test_chart_is_small_and_its_parameters_avoid_vegas_own_names() -> None:
    import json

    spec = show(memory.explore(), alt="memory").spec
    assert len(json.dumps(spec)) < 100_000
    names = {parameter["name"] for parameter in spec["params"]}
    assert not names & {"width", "height", "padding", "data", "cursor", "background"}


def shown(page: Page) -> dict[tuple[str, str], int]:
    """Read the bars' accessible names: bytes by use and part."""
    labels = page.locator(f"{LIVE} path[aria-label*='bytes: ']").evaluate_all(
        "paths => paths.map(path => path.getAttribute('aria-label'))"
    )
    fields = [dict(entry.split(": ", 1) for entry in label.split("; ")) for label in labels]
    return {(f["use"], f["part"]): int(f["bytes"].replace(",", "")) for f in fields}


def fitting(largest: int) -> str:
    """How the caption says which batches fit the budget."""
    words = {0: "not even one example fits", 1: "one example fits"}
    return words.get(largest, f"up to {largest:,} examples fit")


def test_choices_include_a_network_that_does_not_fit() -> None:
    wide = memory.footprint(784, [1024] * 4, 10, 1, "adam")
    assert wide.peak > 4 * MIB == BUDGETS_MIB[0] * MIB
    assert {"hidden width": "1024", "hidden layers": "4"}.items() <= CHOICES[1].items()


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_the_browser_shows_pythons_numbers(chart: Visit, choice: dict[str, str]) -> None:
    page = chart.page
    for label, value in choice.items():
        page.get_by_label(label, exact=True).select_option(label=value)
    setting = DEFAULTS | choice
    network = (784, (int(setting["hidden width"]),) * int(setting["hidden layers"]), 10)
    n, dtype = int(setting["batch size"]), DTYPES[setting["dtype"]]
    for use in ("training", "prediction"):
        options: Any = (setting["optimizer"], use, dtype)
        footprint = memory.footprint(*network, n, *options)
        largest = largest_batch(int(setting["budget in MiB"]) * MIB, *network, *options)
        caption = f"{footprint.peak / MIB:,.2f} MiB; {fitting(largest)}"
        expect(page.locator(f"{LIVE} text", has_text=caption)).to_have_count(1)
        bars = {part: size for (of, part), size in shown(page).items() if of == use}
        assert bars["parameters"] == footprint.parameters
        assert bars["gradients"] == footprint.gradients
        assert sum(bars.values()) == footprint.peak


def test_budgets_and_batches_are_powers_of_two() -> None:
    assert all(value & (value - 1) == 0 for value in (*BUDGETS_MIB, *BATCH_SIZES))
