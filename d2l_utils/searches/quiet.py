"""Optuna without its lines on each trial, and without a hint about a progress bar."""

from __future__ import annotations

import warnings


def quieten_optuna() -> None:
    """Load optuna and let it report warnings only, by its own switch.

    In a notebook without ipywidgets its progress bar, which is not used here, asks for them: that
    one hint is left out.
    """
    from tqdm import TqdmWarning

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found", category=TqdmWarning)
        import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
