import subprocess
import sys

import pytest
import torch

import d2l_utils as d2l

pytestmark = pytest.mark.usefixtures("kept_state")


def test_set_up_seeds_and_returns_a_generator_of_its_own() -> None:
    first = d2l.set_up_notebook(seed=3)
    values = torch.rand(2), torch.rand(2, generator=first)
    second = d2l.set_up_notebook(seed=3)
    assert torch.equal(values[0], torch.rand(2))
    assert torch.equal(values[1], torch.rand(2, generator=second))


def test_set_up_chooses_dtype_and_one_thread() -> None:
    d2l.set_up_notebook(dtype=torch.float64)
    assert torch.zeros(1).dtype == torch.float64
    assert torch.get_num_threads() == 1


def test_warnings_become_errors() -> None:
    code = (
        "import d2l_utils as d2l, warnings\n"
        "d2l.set_up_notebook()\n"
        "warnings.warn('careful', UserWarning)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 1
    assert "UserWarning: careful" in result.stderr


def test_seed_must_be_an_integer() -> None:
    with pytest.raises(TypeError, match="seed: expected an integer"):
        d2l.set_up_notebook(seed=0.5)  # type: ignore[arg-type]
