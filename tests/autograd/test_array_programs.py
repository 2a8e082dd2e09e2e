"""The checks of engines for arrays: each sees a wrong number, a wrong shape and an error."""

from __future__ import annotations

import pytest

from d2l_utils.autograd import ARRAY_CHECKS, tensor
from d2l_utils.autograd.array_forms import Form

FORM = Form(tensor.Tensor, tensor.grad, tensor.no_grad)


@pytest.mark.parametrize("name", ARRAY_CHECKS)
def test_each_check_passes_our_engine_and_refuses_another_number(name: str) -> None:
    check = ARRAY_CHECKS[name]
    outcome = check.outcome(FORM)
    assert outcome is not None
    assert check.is_right(outcome)
    *others, last = outcome
    if isinstance(last, str):
        assert not check.is_right((*others, "float16"))
    else:
        shape, numbers = last
        moved = (*numbers[:-1], numbers[-1] + 1e-6)
        assert not check.is_right((*others, (shape, moved)))
        assert not check.is_right((*others, ((*shape, 1), numbers)))
    assert not check.is_right((*others, "!TypeError"))
