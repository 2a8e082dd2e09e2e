"""Forward and backward propagation by hand, for one hidden layer with a bias (D2L 5.3, exercise 2).

The model is the one of D2L section 5.3 with a bias b1 in the hidden layer, on n examples at once:

    z = x W1^T + b1,  h = phi(z),  o = h W2^T,
    L = mean of l(o, y),  s = lambda/2 (||W1||_F^2 + ||W2||_F^2),  J = L + s.

`forward` computes these and `backward` the gradient of J with respect to everything on the way back
to the inputs. Both are plain tensor operations: nothing here calls autograd, and autograd can
differentiate through both, which is how the section's second derivatives are checked.

Matrices are oriented as in D2L's text, ``W1 (num_hiddens, num_inputs)``; examples are rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor

from d2l_utils.backprop.derivatives import ACTIVATIONS, LOSSES
from d2l_utils.border import AtLeastZero, Held, checked
from d2l_utils.checks.arguments import non_negative


@dataclass(frozen=True, eq=False)
class Problem:
    """What the model is given: the arguments of `forward`.

    Attributes:
        X: Examples, (n, num_inputs).
        y: Labels (n,) for cross-entropy, targets (n, num_outputs) for the squared loss.
        W1: Hidden weights, (num_hiddens, num_inputs).
        b1: Hidden bias, (num_hiddens,).
        W2: Output weights, (num_outputs, num_hiddens).
        lambd: Strength of the penalty.
        activation: Name of phi.
        loss: Name of l.
    """

    X: Tensor
    y: Tensor
    W1: Tensor
    b1: Tensor
    W2: Tensor
    lambd: float
    activation: str
    loss: str


@dataclass(frozen=True, eq=False)
class Forward(Problem):
    """What forward propagation computed, together with what it was given (see `Problem`).

    Attributes:
        z: Hidden pre-activation, (n, num_hiddens).
        h: Hidden activation, (n, num_hiddens).
        o: Output, (n, num_outputs).
        L: Loss, the mean over the examples, a scalar.
        s: Penalty, a scalar.
        J: Objective L + s, a scalar.
    """

    z: Tensor
    h: Tensor
    o: Tensor
    L: Tensor
    s: Tensor
    J: Tensor


@dataclass(frozen=True, eq=False)
class Gradients:
    """The gradient of J with respect to each variable, in the variable's own shape.

    Attributes:
        o: (n, num_outputs).
        W2: (num_outputs, num_hiddens).
        h: (n, num_hiddens).
        z: (n, num_hiddens).
        W1: (num_hiddens, num_inputs).
        b1: (num_hiddens,).
        x: (n, num_inputs), one row for each example.
    """

    o: Tensor
    W2: Tensor
    h: Tensor
    z: Tensor
    W1: Tensor
    b1: Tensor
    x: Tensor


@checked
def forward(
    X: Held,
    y: Held,
    W1: Held,
    b1: Held,
    W2: Held,
    lambd: AtLeastZero,
    activation: str = "relu",
    loss: str = "cross_entropy",
) -> Forward:
    """Propagate n examples forward, from x to the objective J (D2L equations 5.3.1 to 5.3.6).

    Args:
        X: Examples as rows, (n, num_inputs), floating point.
        y: Integer labels in 0..num_outputs-1, (n,), for ``"cross_entropy"``; targets
            (n, num_outputs) of X's dtype for ``"squared"``.
        W1: Hidden weights, (num_hiddens, num_inputs).
        b1: Hidden bias, (num_hiddens,).
        W2: Output weights, (num_outputs, num_hiddens).
        lambd: Strength of the penalty on W1 and W2, at least 0.
        activation: A key of `ACTIVATIONS`.
        loss: ``"cross_entropy"``, or ``"squared"`` for half the squared norm of o - y. Both are
            means over the n examples.

    Returns:
        Every intermediate variable, and the arguments.

    Raises:
        TypeError: If an argument is of the wrong kind or the dtypes differ.
        ValueError: If a shape, a label, `lambd` or a name is wrong.
    """
    given = Problem(X, y, W1, b1, W2, lambd, activation, loss)
    _check(given)
    phi = ACTIVATIONS[activation].phi
    loss_of = LOSSES[loss].value
    z = torch.addmm(b1, X, W1.T)  # z = x W1^T + b1, the same b1 in every row
    h = phi(z)
    o = h @ W2.T
    L = loss_of(o, y)
    s = lambd / 2 * (_squared_norm(W1) + _squared_norm(W2))
    J = L + s
    return Forward(**vars(given), z=z, h=h, o=o, L=L, s=s, J=J)


@checked
def backward(result: Forward) -> Gradients:
    """Propagate the gradient of J backward (D2L equations 5.3.7 to 5.3.14, with b1).

    Args:
        result: What `forward` returned.

    Returns:
        The gradient with respect to o, W2, h, z, W1, b1 and x.

    Raises:
        TypeError: If `result` is not a `Forward`.
    """
    if not isinstance(result, Forward):
        raise TypeError(f"result: expected what forward() returns, got {type(result).__name__}")
    X, W1, W2, lambd = result.X, result.W1, result.W2, result.lambd
    slope = ACTIVATIONS[result.activation].slope
    loss_gradient = LOSSES[result.loss].gradient
    do = loss_gradient(result.o, result.y)
    dW2 = torch.addmm(W2, do.T, result.h, beta=lambd)  # do^T h + lambda W2
    dh = do @ W2
    dz = dh * slope(result.z)  # elementwise: h_i depends on z_i only
    dW1 = torch.addmm(W1, dz.T, X, beta=lambd)  # dz^T x + lambda W1
    db1 = dz.sum(0)  # b1 is in every row; the penalty does not know it
    dx = dz @ W1
    return Gradients(o=do, W2=dW2, h=dh, z=dz, W1=dW1, b1=db1, x=dx)


def _squared_norm(A: Tensor) -> Tensor:
    return A.flatten() @ A.flatten()


def _check(p: Problem) -> None:
    _check_choice("activation", p.activation, ACTIVATIONS.keys())
    _check_choice("loss", p.loss, LOSSES.keys())
    non_negative("lambd", p.lambd)
    _check_kinds({"X": p.X, "y": p.y, "W1": p.W1, "b1": p.b1, "W2": p.W2})
    for name, value in {"X": p.X, "W1": p.W1, "W2": p.W2}.items():
        if value.ndim != 2 or 0 in value.shape:
            raise ValueError(f"{name}: expected a non-empty matrix, got shape {tuple(value.shape)}")
    n, num_hiddens, num_outputs = len(p.X), len(p.W1), len(p.W2)
    _check_shape("W1", p.W1, (num_hiddens, p.X.shape[1]), "(num_hiddens, num_inputs)")
    _check_shape("b1", p.b1, (num_hiddens,), "(num_hiddens,)")
    _check_shape("W2", p.W2, (num_outputs, num_hiddens), "(num_outputs, num_hiddens)")
    if p.loss == "squared":
        _check_dtype("y", p.y, p.X.dtype)
        _check_shape("y", p.y, (n, num_outputs), "(n, num_outputs)")
    else:
        _check_labels(p.y, n, num_outputs)


def _check_kinds(tensors: dict[str, Tensor]) -> None:
    for name, value in tensors.items():
        if not isinstance(value, Tensor):
            raise TypeError(f"{name}: expected a tensor, got {type(value).__name__}")
    dtype = tensors["X"].dtype
    if not dtype.is_floating_point:
        raise TypeError(f"X: expected a floating-point dtype, got {dtype}")
    for name in ("W1", "b1", "W2"):
        _check_dtype(name, tensors[name], dtype)


def _check_dtype(name: str, value: Tensor, dtype: torch.dtype) -> None:
    if value.dtype != dtype:
        raise TypeError(f"{name}: expected the dtype of X, {dtype}, got {value.dtype}")


def _check_choice(name: str, value: str, choices: Collection[str]) -> None:
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name}: expected one of {', '.join(choices)}, got {value!r}")


def _check_shape(name: str, value: Tensor, shape: tuple[int, ...], words: str) -> None:
    if tuple(value.shape) != shape:
        raise ValueError(f"{name}: expected shape {words} = {shape}, got {tuple(value.shape)}")


def _check_labels(y: Tensor, n: int, num_outputs: int) -> None:
    if y.is_floating_point() or y.is_complex() or y.dtype == torch.bool:
        raise TypeError(f"y: expected integer labels, got {y.dtype}")
    _check_shape("y", y, (n,), "(n,)")
    low, high = int(y.min()), int(y.max())
    if low < 0 or high >= num_outputs:
        raise ValueError(f"y: expected labels in 0..{num_outputs - 1}, got {low}..{high}")
