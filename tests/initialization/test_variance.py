"""Variances of schemes, against what torch draws."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from d2l_utils.initialization import init_variance

IN, OUT = 300, 500


def drawn(scheme: str) -> nn.Linear:
    torch.manual_seed(0)
    layer = nn.Linear(IN, OUT, dtype=torch.float64)
    if scheme == "xavier":
        nn.init.xavier_uniform_(layer.weight)
    elif scheme == "he":
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    if scheme != "torch":
        nn.init.zeros_(layer.bias)
    return layer


@pytest.mark.parametrize("scheme", ["xavier", "he", "torch"])
def test_torch_draws_weights_and_biases_of_these_variances(scheme: str) -> None:
    layer, expected = drawn(scheme), init_variance(scheme, IN, OUT)
    assert layer.weight.var().item() == pytest.approx(expected.weight, rel=0.02)
    assert layer.bias.var().item() == pytest.approx(expected.bias, rel=0.2)


def test_torchs_own_is_not_hes() -> None:
    assert init_variance("he", IN, OUT).weight == pytest.approx(
        6 * init_variance("torch", IN, OUT).weight
    )


def test_a_number_is_a_standard_deviation() -> None:
    assert init_variance(0.1, IN, OUT).weight == pytest.approx(0.01)
    assert init_variance(0, IN, OUT).weight == 0


def test_other_names_are_refused() -> None:
    with pytest.raises((TypeError, ValueError), match="scheme: expected"):
        init_variance("kaiming", IN, OUT)  # type: ignore[arg-type]


def test_a_number_whose_square_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match=r"scheme: expected .* square is finite, got 1e\+200"):
        init_variance(1e200, IN, OUT)
