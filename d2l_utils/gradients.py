"""Gradients with respect to a matrix: by central differences, and closed forms to compare with.

Serves exercise 1 of D2L 5.3 (which shape does the gradient of a scalar function of a matrix have?)
and every other page that wants a second opinion on a gradient. A difference quotient knows nothing
about calculus or autograd: it only evaluates the function, so agreement with it is evidence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


def default_step(dtype: torch.dtype) -> float:
    """Return the step at which a central difference is about as accurate as it can be.

    Truncation costs about ``step**2`` and rounding about ``eps / step``, `eps` being the distance
    from 1 to the next number of the dtype; the sum is smallest near the cube root of `eps`.

    Args:
        dtype: A floating-point dtype.

    Returns:
        About 6.1e-6 for float64 and 4.9e-3 for float32, meant for entries and values of size one.

    Raises:
        TypeError: If `dtype` is not a floating-point dtype.
    """
    if not dtype.is_floating_point:
        raise TypeError(f"dtype: expected a floating-point dtype, got {dtype}")
    return float(torch.finfo(dtype).eps ** (1 / 3))


def central_difference(
    f: Callable[[Tensor], Tensor | float], X: Tensor, step: float | None = None
) -> Tensor:
    """Approximate the gradient of a scalar function, one entry of `X` at a time.

    Entry i is ``(f(X + step e_i) - f(X - step e_i)) / (2 step)``, where ``e_i`` is one at i and
    zero elsewhere. The error is about ``step**2`` times a third derivative plus rounding, so use
    float64: the best that float32 allows is about 1e-5 of the gradient. The quotient divides by
    the distance between the two points as stored, which is not exactly ``2 * step``.

    `X` is never changed: each of the ``2 * X.numel()`` calls of `f` gets a copy of its own, without
    gradient. Other tensors that `f` uses are its own business, and so is autograd inside `f`.

    Args:
        f: Maps a tensor shaped like `X` to one number: a tensor of shape ``()`` or a float. It must
            use its argument (not an outer variable) and give the same value when called again.
        X: Where to differentiate; a floating-point tensor of any shape.
        step: Half the distance between the two points; `default_step` of X's dtype if not given.

    Returns:
        The approximate gradient, of X's shape and dtype.

    Raises:
        TypeError: If `X` is not a floating-point tensor, or a value of `f` is neither a float nor a
            floating-point tensor at least as precise as `X`.
        ValueError: If `step` is not a positive number or too small to change an entry of `X`, or
            a value of `f` is not a scalar or not finite.
    """
    if not isinstance(X, Tensor):
        raise TypeError(f"X: expected a tensor, got {type(X).__name__}")
    step = default_step(X.dtype) if step is None else step
    if not (step > 0 and math.isfinite(step)):
        raise ValueError(f"step: expected a positive number, got {step}")
    point = X.detach().clone(memory_format=torch.contiguous_format)
    slopes = [_slope(f, point, entry, step) for entry in range(point.numel())]
    return torch.tensor(slopes, dtype=X.dtype, device=X.device).reshape(X.shape)


def _slope(f: Callable[[Tensor], Tensor | float], point: Tensor, entry: int, step: float) -> float:
    """Difference quotient along one entry, given by its position in reading order."""
    places, values = [], []
    for signed_step in (step, -step):
        moved = point.clone()
        flat = moved.view(-1)
        flat[entry] += signed_step
        places.append(flat[entry].item())
        values.append(_value(f(moved), point.dtype))
    distance = places[0] - places[1]
    if distance == 0:
        raise ValueError(
            f"step: expected a change of {places[0]:g} in {point.dtype}, got step {step:g}"
        )
    return (values[0] - values[1]) / distance


def _value(result: Tensor | float, dtype: torch.dtype) -> float:
    """Check a value of `f` and return it as a Python number."""
    if isinstance(result, Tensor):
        if result.shape != ():
            raise ValueError(f"f: expected a scalar, shape (), got shape {tuple(result.shape)}")
        if not result.is_floating_point() or _eps(result.dtype) > _eps(dtype):
            raise TypeError(f"f: expected a value of dtype {dtype} like X, got {result.dtype}")
        number = float(result.detach())
    elif isinstance(result, float):
        number = result
    else:
        raise TypeError(f"f: expected a tensor or a float, got {type(result).__name__}")
    if not math.isfinite(number):
        raise ValueError(f"f: expected a finite value, got {number}")
    return number


def _eps(dtype: torch.dtype) -> float:
    return float(torch.finfo(dtype).eps)


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


def matrix_functions(
    num_rows: int, num_cols: int, generator: torch.Generator | None = None
) -> tuple[MatrixFunction, ...]:
    """Return eight scalar functions of a ``(num_rows, num_cols)`` matrix with their gradients.

    Those that need constants draw them from a normal distribution, in float64: ``A`` of shape
    ``(num_rows, num_rows)``, ``B`` like `X`, ``b`` and ``u`` of shape ``(num_rows,)`` and ``v`` of
    shape ``(num_cols,)``. The closed forms are in Magnus and Neudecker, "Matrix Differential
    Calculus"; that of the nuclear norm holds where no singular value is zero.

    Args:
        num_rows: n, at least 1.
        num_cols: m, at least 1.
        generator: Where the constants come from; torch's global one if not given.

    Returns:
        The functions, all defined for every float64 matrix of this shape.

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
            lambda X: X.exp() / X.exp().sum(),
        ),
        MatrixFunction(
            "nuclear norm",
            "σ₁ + σ₂ + …",
            "UVᵀ from X = UΣVᵀ",
            lambda X: torch.linalg.svdvals(X).sum(),
            polar_factor,
        ),
    )
