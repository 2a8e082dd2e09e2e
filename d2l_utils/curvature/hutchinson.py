"""Trace and diagonal of a Hessian from products with random signs (Hutchinson, 1990).

For a vector v of independent signs, E[v v^T] is the identity, so v^T H v has the trace of H as its
mean and v * (H v) the diagonal (Bekas, Kokiopoulou and Saad, 2007). Each sample costs one product
and is forgotten: memory does not depend on their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from d2l_utils.border import Count, checked
from d2l_utils.curvature.parameters import Params, check_match, check_params

Product = Callable[[dict[str, Tensor]], Params]
"""The linear map v -> H v on parameter dictionaries."""


@dataclass(frozen=True)
class Estimate:
    """A mean over random samples.

    Attributes:
        value: The mean, any shape.
        standard_error: Estimated standard deviation of that mean, same shape.
        num_samples: Number of samples, each of which cost one product.
    """

    value: Tensor
    standard_error: Tensor
    num_samples: int


@checked
def hutchinson_trace(
    product: Product, params: Params, num_samples: Count, generator: torch.Generator | None = None
) -> Estimate:
    """Estimate the trace of a symmetric matrix H.

    The variance of one sample is 2 (||H||_F^2 - sum_i H_ii^2): only what is off the diagonal
    disturbs the estimate.

    Args:
        product: The map v -> H v, for example `lambda v: hvp(loss, params, v)`.
        params: Floating-point tensors that say what a vector looks like.
        num_samples: Number of products spent, at least 2.
        generator: Source of randomness; torch's global one by default.

    Returns:
        An estimate with 0-dimensional `value` and `standard_error`.

    Raises:
        TypeError: If `params` does not map names to floating-point tensors.
        ValueError: If `num_samples` is less than 2, or the product does not look like `params`.
    """
    _check(params, num_samples)
    mean = _RunningMean()
    for v, Hv in _sign_products(product, params, num_samples, generator):
        mean.add(torch.stack([(v[name] * Hv[name]).sum() for name in params]).sum())
    return mean.estimate()


@checked
def hutchinson_diagonal(
    product: Product, params: Params, num_samples: Count, generator: torch.Generator | None = None
) -> dict[str, Estimate]:
    """Estimate the diagonal of a symmetric matrix H.

    The variance of one sample of H_ii is the sum of H_ij^2 over j != i.

    Args:
        product: The map v -> H v.
        params: Floating-point tensors that say what a vector looks like.
        num_samples: Number of products spent, at least 2.
        generator: Source of randomness; torch's global one by default.

    Returns:
        For each parameter an estimate of its part of the diagonal, of the parameter's shape.

    Raises:
        TypeError: If `params` does not map names to floating-point tensors.
        ValueError: If `num_samples` is less than 2, or the product does not look like `params`.
    """
    _check(params, num_samples)
    means = {name: _RunningMean() for name in params}
    for v, Hv in _sign_products(product, params, num_samples, generator):
        for name, mean in means.items():
            mean.add(v[name] * Hv[name])
    return {name: mean.estimate() for name, mean in means.items()}


def _sign_products(
    product: Product, params: Params, num_samples: int, generator: torch.Generator | None
) -> Iterator[tuple[dict[str, Tensor], Params]]:
    """Yield one pair at a time, so that memory does not grow with their number."""
    for _ in range(num_samples):
        v = {name: _signs(tensor, generator) for name, tensor in params.items()}
        Hv = product(v)
        check_match(params, Hv, "product(v)")
        yield v, {name: tensor.detach() for name, tensor in Hv.items()}


def _check(params: Params, num_samples: int) -> None:
    check_params(params)
    if num_samples < 2:
        raise ValueError(f"num_samples: expected at least 2, got {num_samples}")


def _signs(like: Tensor, generator: torch.Generator | None) -> Tensor:
    bits = torch.randint(2, like.shape, generator=generator, device=like.device)
    return 2 * bits.to(like.dtype) - 1


class _RunningMean:
    """Mean and variance of samples that come one by one and are not kept (Welford, 1962)."""

    def __init__(self) -> None:
        self._count, self._mean, self._squares = 0, torch.zeros(()), torch.zeros(())

    def add(self, sample: Tensor) -> None:
        """Take in one more sample."""
        self._count += 1
        if self._count == 1:
            self._mean, self._squares = sample.clone(), torch.zeros_like(sample)
            return
        off = sample - self._mean
        self._mean += off / self._count
        self._squares += off * (sample - self._mean)

    def estimate(self) -> Estimate:
        """The mean and its standard error."""
        variance = self._squares / (self._count - 1)
        return Estimate(self._mean, (variance / self._count).sqrt(), self._count)
