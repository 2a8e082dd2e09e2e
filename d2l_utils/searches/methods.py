"""Ways to search a table, each trial a look-up; what a trial costs is counted in epochs.

A trial is one run of one setting of rate, width and depth. On its way it shows a score after each
number of epochs, so that the best of these is found without a search: early stopping.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Annotated, cast

from d2l_utils.border import Count, Number, checked
from d2l_utils.searches.brackets import halving_cost, halving_rounds
from d2l_utils.searches.joint_table import JointTable
from d2l_utils.searches.quiet import quieten_optuna

Place = tuple[int, int, int]
"""Positions of rate, width and depth in the table."""

Runs = Annotated[int, Number(at_least=1, at_most=1000)]
"""How many trials."""


@dataclass(frozen=True)
class Trial:
    """One stretch of training.

    Attributes:
        place: The setting.
        run: Which of its runs.
        stage: Position of the number of epochs that the run has had then.
        cost: Epochs that were trained for it.
        score: The most validation hits that the run has shown so far.
        best: Position of the number of epochs at which it showed them.
    """

    place: Place
    run: int
    stage: int
    cost: int
    score: int
    best: int


@dataclass(frozen=True)
class Found:
    """What a search ends with.

    Attributes:
        setting: Positions of rate, width, depth and epochs of the best score.
        run: The run that showed it.
        score: Its validation hits.
        spent: Epochs that the search trained.
        trials: How many it made.
    """

    setting: tuple[int, int, int, int]
    run: int
    score: int
    spent: int
    trials: int


@checked
def winner(trials: Sequence[Trial]) -> Found:
    """Find the best score of a search; of equal ones the first.

    Args:
        trials: All that the search tried.

    Returns:
        The winner, and what finding it took.

    Raises:
        TypeError: If `trials` are not trials.
        ValueError: If there is none.
    """
    if not len(trials):
        raise ValueError("trials: expected at least one, got none")
    best = max(trials, key=lambda trial: trial.score)
    spent = sum(trial.cost for trial in trials)
    return Found((*best.place, best.best), best.run, best.score, spent, len(trials))


@checked
def train(table: JointTable, place: Sequence[int], run: int, stage: int, since: int = -1) -> Trial:
    """Look a run up, trained from one number of epochs to another.

    Args:
        table: Where it is looked up.
        place: Positions of rate, width and depth.
        run: Which run of this setting.
        stage: Position of the number of epochs at the end.
        since: That at the beginning; -1 for none.

    Returns:
        The trial, which costs the epochs between.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there is no such place, run or stage, or it does not lie after the beginning.
    """
    shape = table.test.shape
    asked, limits = (*place, stage, run), tuple(shape)
    if len(place) != 3 or any(
        not 0 <= each < limit for each, limit in zip(asked, limits, strict=True)
    ):
        raise ValueError(f"place, stage, run: expected positions within {limits}, got {asked}")
    if not -1 <= since < stage:
        raise ValueError(f"since: expected at least -1 and below {stage}, got {since}")
    return _look_up(table, cast(Place, tuple(place)), run, stage, since)


def _look_up(table: JointTable, place: Place, run: int, stage: int, since: int = -1) -> Trial:
    i, j, k = place
    curve = [each[run] for each in table.hits[i][j][k][: stage + 1]]
    score = max(curve)
    cost = table.epochs[stage] - (table.epochs[since] if since >= 0 else 0)
    return Trial(place, run, stage, cost, score, curve.index(score))


@checked
def random_search(table: JointTable, runs: Runs, seed: int) -> list[Trial]:
    """Try settings at random, none twice, each for all epochs.

    Args:
        table: Where runs are looked up.
        runs: How many to try; all settings if there are no more.
        seed: Of the draws.

    Returns:
        The trials.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If `runs` is not positive.
    """
    draw = random.Random(seed)
    return [_full(table, place, draw) for place in _some(table, runs, draw)]


@checked
def grid_search(table: JointTable, levels: Sequence[Count], seed: int) -> list[Trial]:
    """Try all combinations of a few levels, evenly spaced from a place drawn at random.

    Args:
        table: Where runs are looked up.
        levels: How many rates, widths and depths.
        seed: Of the draws.

    Returns:
        The trials, as many as the product of `levels`.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there are not three levels, or one is more than the table has.
    """
    sizes = table.test.shape[:3]
    if len(levels) != 3 or any(
        not 1 <= level <= size for level, size in zip(levels, sizes, strict=False)
    ):
        raise ValueError(f"levels: expected three of at most {tuple(sizes)}, got {levels}")
    draw = random.Random(seed)
    chosen = []
    for level, size in zip(levels, sizes, strict=True):
        shift = draw.random()
        chosen.append([int((step + shift) * size / level) for step in range(level)])
    return [_full(table, cast(Place, place), draw) for place in product(*chosen)]


@checked
def one_at_a_time(table: JointTable, runs: Runs, seed: int) -> list[Trial]:
    """Start anywhere, and try all rates, then all widths, then all depths, and again.

    The best value so far is kept; a setting that was tried is not tried again. If a whole turn
    brings nothing new, the search starts anew elsewhere.

    Args:
        table: Where runs are looked up.
        runs: How many to try, at most as many as there are settings.
        seed: Of the draws.

    Returns:
        The trials.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If `runs` is out of range.
    """
    draw = random.Random(seed)
    fresh = _some(table, runs, draw, everything=True)
    seen: dict[Place, Trial] = {}
    while len(seen) < runs:
        place = next(each for each in fresh if each not in seen)
        before = -1
        while before < len(seen):
            before = len(seen)
            for axis in range(3):
                line = _line(table, place, axis)
                for there in line:
                    if there not in seen and len(seen) < runs:
                        seen[there] = _full(table, there, draw)
                tried = [each for each in line if each in seen]
                place = max(tried, key=lambda each: seen[each].score, default=place)
    return list(seen.values())


@checked
def halving_search(table: JointTable, budget: Count, seed: int) -> list[Trial]:
    """Train many settings for few epochs, and the better half on, again and again.

    Starts with as many settings as the budget allows; if that is more than there are, with twice
    as many epochs.

    Args:
        table: Where runs are looked up.
        budget: Epochs to spend at most; no epoch is trained twice.
        seed: Of the draws.

    Returns:
        The trials: one per setting and round.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the budget is too small for one setting.
    """
    draw = random.Random(seed)
    most = table.test[..., 0, 0].numel()
    start, settings = _plan(table.epochs, most, budget)
    alive = [(place, _run(table, draw)) for place in _some(table, settings, draw)]
    trials = []
    since = -1
    rounds = halving_rounds(settings, table.epochs[start], table.epochs[-1])
    for n, epochs in rounds:
        stage = table.epochs.index(epochs)
        done = [_look_up(table, place, run, stage, since) for place, run in alive[:n]]
        trials += done
        alive = [(t.place, t.run) for t in sorted(done, key=lambda t: -t.score)]
        since = stage
    return trials


@checked
def tpe_search(table: JointTable, runs: Runs, seed: int, startup: Count = 10) -> list[Trial]:
    """Let optuna's TPE propose settings from those before, each trained for all epochs.

    The values are given as integers in their order, which is the logarithm's for rates and widths.

    Args:
        table: Where runs are looked up.
        runs: How many to try.
        seed: Of the sampler, and of which run is looked up.
        startup: How many of them are drawn at random first; optuna's default is 10.

    Returns:
        The trials; settings may repeat.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If a number is out of range.
    """
    quieten_optuna()
    import optuna

    draw = random.Random(seed)
    sampler = optuna.samplers.TPESampler(seed=seed % 2**32, n_startup_trials=startup)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    trials = []
    for _ in range(runs):
        asked = study.ask()
        i, j, k = (
            asked.suggest_int(name, 0, size - 1)
            for name, size in zip(("rate", "width", "depth"), table.test.shape, strict=False)
        )
        trials.append(_full(table, (i, j, k), draw))
        study.tell(asked, trials[-1].score)
    return trials


def _line(table: JointTable, place: Place, axis: int) -> list[Place]:
    """All settings that differ from one in one hyperparameter at most."""
    values = range(table.test.shape[axis])
    return [cast(Place, (*place[:axis], value, *place[axis + 1 :])) for value in values]


def _run(table: JointTable, draw: random.Random) -> int:
    return draw.randrange(table.test.shape[-1])


def _full(table: JointTable, place: Place, draw: random.Random) -> Trial:
    return _look_up(table, place, _run(table, draw), len(table.epochs) - 1)


def _some(
    table: JointTable, count: int, draw: random.Random, everything: bool = False
) -> list[Place]:
    """Draw settings, none twice."""
    sizes = table.test.shape[:3]
    places: list[Place] = list(product(*map(range, sizes)))  # type: ignore[arg-type]
    if count > len(places):
        raise ValueError(f"runs: expected at most {len(places)} settings, got {count}")
    return draw.sample(places, len(places) if everything else count)


@cache
def _plan(ladder: tuple[int, ...], most: int, budget: int) -> tuple[int, int]:
    """Where on the ladder of epochs to start, and with how many settings."""
    for start, epochs in enumerate(ladder):
        affordable = [
            n for n in range(1, most + 2) if halving_cost(n, epochs, ladder[-1]) <= budget
        ]
        if not affordable:
            raise ValueError(f"budget: expected at least {ladder[-1]} epochs, got {budget}")
        if affordable[-1] <= most:
            return start, affordable[-1]
    return len(ladder) - 1, most
