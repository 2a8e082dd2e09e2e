"""The picture of searches (D2L 5.2, exercise 5): what each one tries, and what it has found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS, menu
from d2l_utils.searches.joint_table import JointTable
from d2l_utils.searches.methods import (
    Trial,
    grid_search,
    halving_search,
    one_at_a_time,
    random_search,
    tpe_search,
    winner,
)

if TYPE_CHECKING:
    import altair

UNITS = 12
"""Full trainings that each search may spend."""

SEARCHES = (1, 2, 3)
"""Seeds of the searches that are drawn."""

LINES = ("setting", "score", "worth")
"""What stands above the chart, line by line."""

METHODS: dict[str, Callable[[JointTable, int], list[Trial]]] = {
    "random": lambda table, seed: random_search(table, UNITS, seed),
    "grid of 3 × 2 × 2": lambda table, seed: grid_search(table, (3, 2, 2), seed),
    "one at a time": lambda table, seed: one_at_a_time(table, UNITS, seed),
    "successive halving": lambda table, seed: halving_search(table, UNITS * table.epochs[-1], seed),
    "TPE, 5 random first": lambda table, seed: tpe_search(table, UNITS, seed, startup=5),
}


@checked
def found_by(table: JointTable, method: str, seed: int, units: int) -> str:
    """Say what a search has found when it has spent so much.

    Args:
        table: Where runs are looked up.
        method: One of `METHODS`.
        seed: Of the search.
        units: Full trainings spent, 1 to 12.

    Returns:
        The winner, its validation accuracy, and what its setting is worth: the mean of its runs'
        test accuracies, and how far below the best of the table.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there is no such method.
    """
    if method not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {method!r}")
    spent = [trial for unit, trial in _timed(table, method, seed) if unit <= units]
    found = winner(spent)
    i, j, k, e = found.setting
    means = table.test_accuracy.mean(-1)
    worth = means[found.setting].item()
    score = 100 * found.score / table.images[0]
    return (
        f"rate {table.rates[i]:g}, {table.depths[k]} × {table.widths[j]}, "
        f"{table.epochs[e]} epochs: validation {score:.1f} %, "
        f"test {worth:.1f} %, {means.max().item() - worth:.1f} below the best"
    )


@checked
def explore_trials(table: JointTable) -> altair.LayerChart:
    """Draw what searches try, over the table's accuracies.

    Menus choose the method and one of three searches by it; a slider sets what has been spent.

    Args:
        table: Where runs are looked up.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        TypeError: If an argument is of another type.
    """
    import altair as alt

    controls = [
        menu("search_method", "method", list(METHODS), "random"),
        menu("search_number", "search", SEARCHES, SEARCHES[0]),
        alt.param(
            "search_spent",
            value=UNITS,
            bind=alt.binding_range(min=1, max=UNITS, step=1, name="full trainings spent "),
        ),
    ]
    shapes = [f"{depth} × {width}" for depth in table.depths for width in table.widths]
    place: dict[str, Any] = {
        "x": alt.X("rate:O", title="learning rate"),
        "y": alt.Y("shape:O", title="layers × width", sort=shapes),
    }
    cells = (
        alt.Chart(alt.InlineData(values=_cells(table)))
        .mark_rect()
        .encode(
            **place,
            color=alt.Color(
                "test:Q",
                title="test accuracy, %",
                scale=alt.Scale(scheme="greys", domain=[70, 90], clamp=True),
                legend=alt.Legend(orient="bottom"),
            ),
        )
    )
    mine = f"datum.m == indexof({list(METHODS)}, search_method) && datum.s == search_number"
    tried = (
        alt.Chart(alt.InlineData(values=_rows(table)))
        .transform_filter(f"{mine} && datum.u <= search_spent")
        .mark_circle(color=COLORS["orange"], opacity=1, stroke="white")
        .encode(**place, size=alt.Size("epochs:Q", legend=None, scale=alt.Scale(range=[12, 110])))
    )
    now = alt.Chart(alt.InlineData(values=_words(table))).transform_filter(
        f"{mine} && datum.first <= search_spent && search_spent <= datum.last"
    )
    words = [
        now.mark_text(align="left", fontSize=11).encode(
            x=alt.value(0), y=alt.value(height), text=f"{line}:N"
        )
        for line, height in (("setting", -39), ("score", -24), ("worth", -9))
    ]
    chart: altair.LayerChart = (
        alt.layer(cells, tried, *words)
        .add_params(*controls)
        .properties(width="container", height=330)
    )
    return chart


def _timed(table: JointTable, method: str, seed: int) -> Iterator[tuple[int, Trial]]:
    """Trials with the number of full trainings that they complete or begin."""
    spent = 0
    for trial in METHODS[method](table, seed):
        spent += trial.cost
        yield -(-spent // table.epochs[-1]), trial


def _place(table: JointTable, trial: Trial) -> dict[str, Any]:
    i, j, k = trial.place
    return {"rate": table.rates[i], "shape": f"{table.depths[k]} × {table.widths[j]}"}


def _rows(table: JointTable) -> list[dict[str, Any]]:
    """Each trial: position of its method, search, and what is spent when it is made."""
    return [
        {"m": m, "s": seed, "u": unit, "epochs": table.epochs[trial.stage]} | _place(table, trial)
        for m, method in enumerate(METHODS)
        for seed in SEARCHES
        for unit, trial in _timed(table, method, seed)
    ]


def _words(table: JointTable) -> list[dict[str, Any]]:
    """What is said, and from which to which number of full trainings."""
    rows: list[dict[str, Any]] = []
    for m, method in enumerate(METHODS):
        for seed in SEARCHES:
            for unit in range(1, UNITS + 1):
                parts = lines_of(found_by(table, method, seed, unit))
                says = {"m": m, "s": seed} | dict(zip(LINES, parts, strict=True))
                if unit > 1 and rows[-1].items() >= says.items():
                    rows[-1]["last"] = unit
                else:
                    rows.append(says | {"first": unit, "last": unit})
    return rows


def lines_of(found: str) -> list[str]:
    """Break what `found_by` says into lines that fit a narrow screen."""
    return found.replace(", test", ": test").split(": ")


def _cells(table: JointTable) -> list[dict[str, Any]]:
    means = table.test_accuracy.mean(-1).amax(-1)
    return [
        {
            "rate": rate,
            "shape": f"{depth} × {width}",
            "test": round(means[i, j, k].item(), 1),
        }
        for i, rate in enumerate(table.rates)
        for j, width in enumerate(table.widths)
        for k, depth in enumerate(table.depths)
    ]
