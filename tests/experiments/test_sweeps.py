"""Stored grids: what they say is what training again gives."""

from __future__ import annotations

import math

import pytest

from d2l_utils.data import Roles, fashion_mnist
from d2l_utils.experiments.sweeps import (
    Outcome,
    Setting,
    Sweep,
    format_sweep,
    parse_sweep,
    read_sweep,
    train_setting,
)

AGAIN = [
    ("width", Setting((), 0.1, 10), (0, 4)),
    ("width", Setting((8,), 1.0, 10, decay=True), (3,)),
    ("width", Setting((64,), 0.1, 10), (1,)),
    ("depth", Setting((64,), 0.1, 30, scale="he"), (2,)),
    *(
        (
            "activations",
            Setting((64,), 1.0, 30, decay=True, scale="torch", activation=name),
            (run,),
        )
        for run, name in enumerate(("relu", "sigmoid", "GELU"))
    ),
    ("rates", Setting((64,), 0.8, 2, decay=True), (0, 2)),
    ("rates", Setting((64,), 0.1, 4), (3,)),
    ("rates", Setting((), 0.4, 4, decay=True), (1,)),
]
"""Grid, setting, and runs that are trained again: cheap ones, of every kind."""


@pytest.fixture(scope="module")
def roles() -> Roles:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("D2L_FASHION_MNIST", raising=False)
        return fashion_mnist(2)


@pytest.mark.parametrize(("name", "setting", "runs"), AGAIN)
def test_training_again_gives_what_is_stored(
    name: str, setting: Setting, runs: tuple[int, ...], roles: Roles
) -> None:
    sweep = read_sweep(name)  # type: ignore[arg-type]
    stored, again = sweep[setting], train_setting(setting, runs, roles)
    assert sweep.pool == 2
    assert again.validation == tuple(stored.validation[run] for run in runs)
    assert again.test == tuple(stored.test[run] for run in runs)
    expected = [stored.train_loss[run] for run in runs]
    assert again.train_loss == pytest.approx(expected, abs=1.5e-4)


def test_another_seed_would_be_noticed(roles: Roles) -> None:
    setting = Setting((), 0.1, 10)
    stored = read_sweep("width")[setting]
    assert train_setting(setting, [1], roles).validation[0] != stored.validation[0]


@pytest.mark.parametrize("name", sorted({name for name, _, _ in AGAIN}))
def test_every_setting_has_every_run(name: str) -> None:
    sweep = read_sweep(name)  # type: ignore[arg-type]
    for outcome in sweep.values():
        for values in (outcome.validation, outcome.test, outcome.train_loss):
            assert len(values) == sweep.runs
        assert all(0 <= hits <= 2500 for hits in outcome.validation + outcome.test)
    assert repr(sweep) == f"{len(sweep)} settings, {sweep.runs} runs of each, pool=2"


def test_text_of_a_grid_is_read_back() -> None:
    outcome = Outcome((3, 0), (2, 0), (0.25, math.inf))
    sweep = Sweep(4, 2, {Setting((5, 6), 0.5, 3, decay=True, scale="he"): outcome})
    assert parse_sweep(format_sweep(sweep)) == sweep
    assert outcome.diverged == 1


def test_run_that_diverges_is_counted_and_hits_nothing() -> None:
    outcome = train_setting(Setting((), 1e308, 1), [0], fashion_mnist(4))
    assert outcome.diverged == 1
    assert (outcome.validation, outcome.test) == ((0,), (0,))


def test_unknown_grids_are_named() -> None:
    with pytest.raises(ValueError, match=r"name: expected one of .*width.*, got 'x'"):
        read_sweep("x")  # type: ignore[arg-type]
