"""The functions of a matrix: every closed form is what autograd finds."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.backprop.matrix_zoo import matrix_functions
from d2l_utils.checks.claims import relative_error

pytestmark = pytest.mark.exercise(1)
ZOO = matrix_functions(3, 4, torch.Generator().manual_seed(5))


@pytest.mark.parametrize("member", ZOO, ids=lambda member: member.name)
def test_closed_form_is_what_autograd_finds(member: object) -> None:
    X = torch.randn(3, 4, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
    X.requires_grad_()
    (found,) = torch.autograd.grad(member.f(X), X)  # type: ignore[attr-defined]
    assert relative_error(member.gradient(X.detach()), found) < 1e-9  # type: ignore[attr-defined]


def test_members_have_different_names() -> None:
    assert len({member.name for member in ZOO}) == len(ZOO)


@pytest.mark.parametrize("member", ZOO, ids=lambda member: member.name)
def test_large_entries_overflow_neither_value_nor_gradient(member: object) -> None:
    X = torch.full((3, 4), 1000.0, dtype=torch.float64) + torch.eye(3, 4, dtype=torch.float64)
    X.requires_grad_()
    value = member.f(X)  # type: ignore[attr-defined]
    (found,) = torch.autograd.grad(value, X)
    assert value.isfinite()
    assert member.gradient(X.detach()).isfinite().all()  # type: ignore[attr-defined]
    if member.name != "nuclear norm":  # two of its singular values are nearly equal
        assert relative_error(member.gradient(X.detach()), found) < 1e-6  # type: ignore[attr-defined]
