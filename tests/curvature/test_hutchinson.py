"""Random estimates of trace and diagonal against exact values and against their theory."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from d2l_utils import memory
from d2l_utils.curvature.hutchinson import hutchinson_diagonal, hutchinson_trace
from d2l_utils.curvature.parameters import flatten, unflatten

pytestmark = pytest.mark.exercise(4)

LIKE = {"W": torch.zeros(2, 3, dtype=torch.float64), "b": torch.zeros(2, dtype=torch.float64)}


def symmetric(seed: int = 0) -> Tensor:
    A = torch.randn(8, 8, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return A + A.T


def times(A: Tensor, v: dict[str, Tensor]) -> dict[str, Tensor]:
    return unflatten(A @ flatten(v), LIKE)


def test_a_diagonal_matrix_is_estimated_without_error() -> None:
    A = torch.diag(torch.arange(8.0, dtype=torch.float64) - 2)
    trace = hutchinson_trace(lambda v: times(A, v), LIKE, 2)
    assert (trace.value.item(), trace.standard_error.item()) == (12.0, 0.0)
    diagonal = hutchinson_diagonal(lambda v: times(A, v), LIKE, 2)
    assert flatten({k: e.value for k, e in diagonal.items()}).equal(A.diagonal())
    assert {k: e.value.shape for k, e in diagonal.items()} == {k: t.shape for k, t in LIKE.items()}


def test_variances_are_those_of_the_theory() -> None:
    A = symmetric()
    signs = torch.tensor(list(product([-1.0, 1.0], repeat=8)), dtype=torch.float64)
    samples = signs * (signs @ A)  # every possible v once: exact moments
    off = A - torch.diag(A.diagonal())
    assert samples.mean(0).allclose(A.diagonal())
    assert samples.sum(1).var(correction=0).allclose(2 * off.square().sum())
    assert samples.var(0, correction=0).allclose(off.square().sum(1))


def test_estimates_lie_within_their_standard_errors() -> None:
    A = symmetric(1)
    generator = torch.Generator().manual_seed(0)
    trace = hutchinson_trace(lambda v: times(A, v), LIKE, 4000, generator)
    off = A - torch.diag(A.diagonal())
    assert trace.standard_error.item() == pytest.approx(
        (2 * off.square().sum() / 4000).sqrt().item(), rel=0.1
    )
    assert abs(trace.value - A.trace()) < 4 * trace.standard_error
    diagonal = hutchinson_diagonal(lambda v: times(A, v), LIKE, 4000, generator)
    error = flatten({k: e.value for k, e in diagonal.items()}) - A.diagonal()
    bound = flatten({k: e.standard_error for k, e in diagonal.items()})
    assert (error.abs() < 4 * bound).all()
    wrong = A.diagonal().flip(0) - A.diagonal()
    assert (wrong.abs() > 4 * bound).any()  # the bound is tight enough to notice


def all_at_once(samples: list[Tensor]) -> tuple[Tensor, Tensor]:
    together = torch.stack(samples)
    return together.mean(0), together.std(0) / len(samples) ** 0.5


@pytest.mark.parametrize("num_samples", [2, 3, 50])
def test_running_means_are_those_of_all_samples_together(num_samples: int) -> None:
    A = symmetric(3) + 1e3 * torch.eye(8, dtype=torch.float64)
    vectors: list[Tensor] = []

    def record(v: dict[str, Tensor]) -> dict[str, Tensor]:
        vectors.append(flatten(v))
        return times(A, v)

    diagonal = hutchinson_diagonal(record, LIKE, num_samples, torch.Generator().manual_seed(1))
    mean, error = all_at_once([v * (A @ v) for v in vectors])
    assert flatten({k: e.value for k, e in diagonal.items()}).allclose(mean, rtol=1e-12)
    assert flatten({k: e.standard_error for k, e in diagonal.items()}).allclose(error, rtol=1e-9)
    vectors.clear()
    trace = hutchinson_trace(record, LIKE, num_samples, torch.Generator().manual_seed(1))
    mean, error = all_at_once([v @ A @ v for v in vectors])
    assert trace.value.allclose(mean, rtol=1e-12)
    assert trace.standard_error.allclose(error, rtol=1e-9)


@pytest.mark.parametrize("estimate", [hutchinson_trace, hutchinson_diagonal])
def test_memory_does_not_grow_with_the_number_of_samples(estimate: Any) -> None:
    like = {"w": torch.zeros(1000)}

    def with_graph(v: dict[str, Tensor]) -> dict[str, Tensor]:
        return {"w": (v["w"].clone().requires_grad_() * 2).exp()}

    few, many = (memory.measure(lambda m=m: estimate(with_graph, like, m)).peak for m in (3, 300))
    assert few == many


def test_the_same_generator_gives_the_same_estimate() -> None:
    A = symmetric(2)
    first, second = (
        hutchinson_trace(lambda v: times(A, v), LIKE, 5, torch.Generator().manual_seed(7))
        for _ in range(2)
    )
    assert first.value.equal(second.value)
    assert first.num_samples == 5


def test_bad_input_is_refused() -> None:
    for estimate in (hutchinson_trace, hutchinson_diagonal):
        with pytest.raises(ValueError, match="num_samples: expected at least 2, got 1"):
            estimate(lambda v: v, LIKE, 1)
        with pytest.raises(TypeError, match=r"params\['k'\]: expected a floating-point"):
            estimate(lambda v: v, {"k": torch.tensor(1)}, 2)
        with pytest.raises(ValueError, match=r"product\(v\)\['b'\]: expected shape \(2,\), got"):
            estimate(lambda v: {**v, "b": v["b"][:1]}, LIKE, 2)
        with pytest.raises(TypeError, match=r"product\(v\): expected a mapping of names"):
            estimate(flatten, LIKE, 2)
