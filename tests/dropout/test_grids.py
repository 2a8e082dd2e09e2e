"""Stored grids: what they say is what training again gives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from d2l_utils.data import Roles, fashion_mnist
from d2l_utils.dropout.grids import (
    Grid,
    Name,
    Part,
    Record,
    format_grid,
    parse_grid,
    read_runs,
    train_record,
)
from d2l_utils.dropout.training import Recipe

NAMES: tuple[Name, ...] = ("switching", "other-noise", "epochs", "weight-decay", "dropconnect")

AGAIN: list[tuple[Name, Recipe, int]] = [
    ("switching", Recipe((0.1, 0.9)), 5),
    ("other-noise", Recipe((0.5, 0.5), "log-normal"), 3),
    ("other-noise", Recipe((1 / 3, 1 / 3), lr=0.01), 1),
    ("weight-decay", Recipe((0.2, 0.2), lambd=1e-3), 7),
    ("dropconnect", Recipe((0.5, 0.5), on="weights", shared=True), 6),
]
"""Grid, recipe, and the run that is trained again."""


@pytest.fixture(scope="module")
def roles() -> Roles:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("D2L_FASHION_MNIST", raising=False)
        return fashion_mnist(2)


@pytest.mark.parametrize(("name", "recipe", "run"), AGAIN)
def test_training_again_gives_what_is_stored(
    name: Name, recipe: Recipe, run: int, roles: Roles
) -> None:
    stored, again = read_runs(name)[recipe], train_record(recipe, [run], roles)
    for part in ("train", "validation", "test"):
        assert again.misses[part][-1][0] == stored.misses[part][-1][run]  # type: ignore[index]
        expected = stored.losses(part)[run]  # type: ignore[arg-type]
        assert again.losses(part)[0] == pytest.approx(expected, abs=1.5e-4)  # type: ignore[arg-type]
        assert again.losses(part)[0] != stored.losses(part)[run - 1]  # type: ignore[arg-type]


def test_curves_begin_as_shorter_training_does(roles: Roles) -> None:
    recipe = Recipe((0.5, 0.5), epochs=240)
    again = train_record(replace(recipe, epochs=12), [2], roles, every=4)
    stored = read_runs("epochs")[recipe]
    assert stored.epochs[:3] == again.epochs == (4, 8, 12)
    for place in range(3):
        assert again.misses["test"][place][0] == stored.misses["test"][place][2]


def test_mean_of_masks_is_found_again(roles: Roles) -> None:
    recipe = Recipe((0.1, 0.9))
    stored = read_runs("switching")
    again = train_record(recipe, [0], roles, masks=stored.masks)
    assert again.misses["masks"][0][0] == stored[recipe].misses["masks"][0][0]


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_has_every_run(name: Name) -> None:
    grid = read_runs(name)
    for record in grid.values():
        for part, counts in record.misses.items():
            rows = 1 if part == "masks" else len(record.epochs)
            assert [len(row) for row in counts] == [grid.seeds] * rows
            assert [len(row) for row in record.loss[part]] == [grid.seeds] * rows
            assert all(0 <= error <= 100 for error in record.errors(part))
    assert repr(grid) == f"{len(grid)} recipes, {grid.seeds} runs of each"


def test_text_of_a_grid_is_read_back() -> None:
    parts: tuple[Part, ...] = ("train", "validation", "test")
    record = Record(
        (2, 3), {part: [[3], [2]] for part in parts}, {part: [[0.5], [0.25]] for part in parts}
    )
    grid = Grid(1, 0, {Recipe((0.5,), hidden=(4,), lambd=0.1): record})
    again = parse_grid(format_grid(grid))
    assert again.records.keys() == grid.records.keys()
    [found] = again.values()
    assert (found.epochs, found.misses, found.loss) == (record.epochs, record.misses, record.loss)
    assert found.errors("train", 0) == [0.3]
    assert found.losses("test") == [0.25]


def test_unknown_grids_are_named() -> None:
    with pytest.raises(ValueError, match=r"name: expected one of .*switching.*, got 'x'"):
        read_runs("x")  # type: ignore[arg-type]
