"""Scalar functions of a matrix with their gradients in closed form (D2L 5.3, exercise 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from d2l_utils.border import Number, checked


@dataclass(frozen=True)
class MatrixFunction:
    """A scalar function of a matrix together with its gradient in closed form.

    Attributes:
        name: What the function is called.
        formula: ``f(X)`` as text, for tables.
        gradient_formula: The gradient as text.
        f: Maps `X` of shape ``(num_rows, num_cols)`` to a tensor of shape ``()``.
        gradient: Maps the same `X` to the gradient, of X's shape.
    """

    name: str
    formula: str
    gradient_formula: str
    f: Callable[[Tensor], Tensor]
    gradient: Callable[[Tensor], Tensor]


@checked
def matrix_functions(
    num_rows: Annotated[int, Number(at_least=1, at_most=1000)],
    num_cols: Annotated[int, Number(at_least=1, at_most=1000)],
    generator: torch.Generator | None = None,
) -> tuple[MatrixFunction, ...]:
    """Return eight scalar functions of a ``(num_rows, num_cols)`` matrix with their gradients.

    Those that need constants draw them from a normal distribution, in float64: ``A`` of shape
    ``(num_rows, num_rows)``, ``B`` like `X`, ``b`` and ``u`` of shape ``(num_rows,)`` and ``v`` of
    shape ``(num_cols,)``. The closed form of the nuclear norm's gradient holds where no singular
    value is zero.

    Args:
        num_rows: n, at least 1.
        num_cols: m, at least 1.
        generator: Where the constants come from; torch's global one if not given.

    Returns:
        The functions. They and their gradients are finite wherever no square or matrix product of
        the entries overflows.

    Raises:
        TypeError: If a size is not an integer.
        ValueError: If a size is less than 1.
    """
    for name, size in (("num_rows", num_rows), ("num_cols", num_cols)):
        if isinstance(size, bool) or not isinstance(size, int):
            raise TypeError(f"{name}: expected an integer, got {size!r}")
        if size < 1:
            raise ValueError(f"{name}: expected at least 1, got {size}")

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    B, u, v = normal(num_rows, num_cols), normal(num_rows), normal(num_cols)
    A, b = normal(num_rows, num_rows), normal(num_rows)
    return (
        *_linear(B, u, v),
        *_quadratic(A, v, b),
        *_curved(torch.eye(num_cols, dtype=torch.float64)),
    )


def _linear(B: Tensor, u: Tensor, v: Tensor) -> tuple[MatrixFunction, ...]:
    return (
        MatrixFunction(
            "inner product", "⟨B, X⟩", "B", lambda X: (B * X).sum(), lambda X: B.clone()
        ),
        MatrixFunction("bilinear form", "uᵀXv", "uvᵀ", lambda X: u @ X @ v, lambda X: u.outer(v)),
    )


def _quadratic(A: Tensor, v: Tensor, b: Tensor) -> tuple[MatrixFunction, ...]:
    return (
        MatrixFunction(
            "squared norm", "½‖X‖²", "X", lambda X: 0.5 * (X * X).sum(), lambda X: X.clone()
        ),
        MatrixFunction(
            "quadratic trace",
            "tr(XᵀAX)",
            "(A + Aᵀ)X",
            lambda X: (X.T @ A @ X).trace(),
            lambda X: (A + A.T) @ X,
        ),
        MatrixFunction(
            "least squares",
            "½‖Xv − b‖²",
            "(Xv − b)vᵀ",
            lambda X: 0.5 * (X @ v - b).square().sum(),
            lambda X: (X @ v - b).outer(v),
        ),
    )


def _curved(identity: Tensor) -> tuple[MatrixFunction, ...]:
    def polar_factor(X: Tensor) -> Tensor:
        U, _, Vh = torch.linalg.svd(X, full_matrices=False)
        factor: Tensor = U @ Vh
        return factor

    return (
        MatrixFunction(
            "log-determinant",
            "log det(I + XᵀX)",
            "2X(I + XᵀX)⁻¹",
            lambda X: torch.linalg.slogdet(identity + X.T @ X).logabsdet,
            lambda X: 2 * torch.linalg.solve(identity + X.T @ X, X, left=False),
        ),
        MatrixFunction(
            "log-sum-exp",
            "log Σ exp Xᵢⱼ",
            "exp X / Σ exp Xᵢⱼ",
            lambda X: X.logsumexp((0, 1)),
            lambda X: X.flatten().softmax(0).reshape(X.shape),  # exp X alone may overflow
        ),
        MatrixFunction(
            "nuclear norm",
            "σ₁ + σ₂ + …",
            "UVᵀ from X = UΣVᵀ",
            lambda X: torch.linalg.svdvals(X).sum(),
            polar_factor,
        ),
    )
