"""Nothing is written beside results, in a notebook's kernel neither."""

from __future__ import annotations

import logging
import subprocess
import sys

import optuna
import pytest

from d2l_utils.searches.quiet import quieten_optuna


def test_trials_are_not_reported_and_warnings_are(capfd: pytest.CaptureFixture[str]) -> None:
    quieten_optuna()
    assert optuna.logging.get_verbosity() == logging.WARNING
    optuna.create_study().optimize(lambda trial: 1.0, n_trials=1)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("quiet", [True, False])
def test_only_the_hint_about_widgets_is_left_out(quiet: bool) -> None:
    load = (
        "from d2l_utils.searches.quiet import quieten_optuna as load" if quiet else "import optuna"
    )
    code = "\n".join(
        [
            "import ipykernel.zmqshell",
            "from IPython.core.interactiveshell import InteractiveShell",
            "InteractiveShell.instance()",
            load,
            "load()" if quiet else "",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ("IProgress" in done.stderr) is not quiet
