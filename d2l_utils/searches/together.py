"""One study, several processes: all write to one file, and each reads what the others found."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from d2l_utils.border import Count, Number, Positive, checked
from d2l_utils.searches.joint_table import read_joint
from d2l_utils.searches.methods import Place, train
from d2l_utils.searches.quiet import quieten_optuna

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.samplers import BaseSampler

NAME = "joint"

Seed = Annotated[int, Number(at_least=0, at_most=2**32 - 1)]
"""What numpy's generators take."""

PATIENCE = 120.0
"""Seconds that the processes may take, most of them for imports."""


@dataclass(frozen=True, order=True)
class SharedTrial:
    """One finished trial of a shared study.

    Attributes:
        seed: Of the process that made it.
        place: Positions of rate, width and depth.
        score: Validation hits of run 0.
    """

    seed: int
    place: Place
    score: int


def objective(trial: Trial) -> int:
    """Look a setting up: the most validation hits of its run 0."""
    table = read_joint()
    i, j, k = (
        trial.suggest_int(name, 0, size - 1)
        for name, size in zip(("rate", "width", "depth"), table.test.shape, strict=False)
    )
    return train(table, (i, j, k), 0, len(table.epochs) - 1).score


def open_study(file: Path, sampler: BaseSampler | None = None) -> Study:
    """Open the study in a file, or begin it; every process does the same."""
    quieten_optuna()
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    return optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(file))),
        sampler=sampler,
        study_name=NAME,
        direction="maximize",
        load_if_exists=True,
    )


def work(file: Path, seed: int, trials: int) -> None:
    """Do one process's share."""
    from optuna.samplers import RandomSampler

    def noted(trial: Trial) -> int:
        trial.set_user_attr("seed", seed)
        return objective(trial)

    open_study(file, RandomSampler(seed=seed)).optimize(noted, n_trials=trials)


@checked
def search_together(
    file: Path, seeds: Sequence[Seed], trials: Count, patience: Positive = PATIENCE
) -> list[SharedTrial]:
    """Search in several processes at once, over one file.

    Args:
        file: Where the study is kept; the process that comes first begins it.
        seeds: One per process, of its random draws.
        trials: How many each process makes.
        patience: Seconds after which processes that are not done are ended.

    Returns:
        All trials of the file that are complete, sorted: which process made which first differs
        from time to time.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there is no seed, or a number is out of range.
        RuntimeError: If a process failed or was too slow.
    """
    if not len(seeds):
        raise ValueError("seeds: expected at least one, got none")
    program = [sys.executable, "-c", f"from {__name__} import main; main()", str(file), str(trials)]
    path = os.pathsep.join(each or os.getcwd() for each in sys.path)
    workers = [
        subprocess.Popen(
            [*program, str(seed)],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in seeds
    ]
    end = time.monotonic() + patience
    try:
        said = [
            worker.communicate(timeout=max(0.1, end - time.monotonic()))[1] for worker in workers
        ]
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"processes: expected an end within {patience:g} s, got none") from None
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    for worker, words in zip(workers, said, strict=True):
        if worker.returncode:
            raise RuntimeError(f"process: expected exit code 0, got {worker.returncode}: {words}")
    return sorted(
        SharedTrial(
            done.user_attrs["seed"],
            (done.params["rate"], done.params["width"], done.params["depth"]),
            int(done.value or 0),
        )
        for done in open_study(file).get_trials()
        if done.state.name == "COMPLETE"
    )


def main() -> None:
    """Do the share that the command line names."""
    where, count, seed = sys.argv[1:]
    work(Path(where), int(seed), int(count))
