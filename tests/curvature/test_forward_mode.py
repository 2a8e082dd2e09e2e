"""Forward mode loads without a warning and differentiates."""

from __future__ import annotations

import subprocess
import sys

import torch

from d2l_utils.curvature.forward_mode import forward_mode


def test_tangent_of_a_product_is_the_product_rule() -> None:
    value, tangent = forward_mode()(
        lambda x, y: x * y,
        (torch.tensor(3.0), torch.tensor(5.0)),
        (torch.tensor(1.0), torch.tensor(2.0)),
    )
    assert (value.item(), tangent.item()) == (15.0, 3.0 * 2.0 + 1.0 * 5.0)


def test_first_use_is_silent_even_if_warnings_are_errors() -> None:
    def status(first_use: str) -> int:
        code = (
            "import warnings, torch, torch.func\n"
            "from d2l_utils.curvature.forward_mode import forward_mode\n"
            "warnings.filterwarnings('error', '.*jit', DeprecationWarning)\n" + first_use
        )
        run = [sys.executable, "-c", code]
        return subprocess.run(run, capture_output=True, check=False).returncode

    assert status("forward_mode()") == 0
    loud = "torch.func.jvp(torch.sin, (torch.ones(()),), (torch.ones(()),))"
    assert status(loud) == 1  # what it guards against
