"""A Hessian-vector product by hand: the R-operator applied to the section's equations.

R{f} is the derivative of f along a direction v of the parameters (Pearlmutter, 1994). Applied line
by line to forward and backward propagation of D2L 5.3 (with a hidden bias, in minibatch form) it
gives R{gradient} = H v from plain tensor operations, and only those that the product needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from d2l_utils.backprop.functional_mlp import ACTIVATIONS, loss_of
from d2l_utils.border import AtLeastZero, Held, checked
from d2l_utils.curvature.parameters import Params, check_match, check_params

Elementwise = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Slopes:
    """Derivatives of an activation h = phi(z), as functions of z and h.

    Attributes:
        first: phi'.
        second: phi'', or `None` where it is zero.
    """

    first: Elementwise
    second: Elementwise | None


SLOPES: dict[str, Slopes] = {
    "identity": Slopes(lambda z, h: torch.ones_like(z), None),
    "relu": Slopes(lambda z, h: (z > 0).to(z.dtype), None),
    "sigmoid": Slopes(lambda z, h: h * (1 - h), lambda z, h: h * (1 - h) * (1 - 2 * h)),
    "softplus": Slopes(
        lambda z, h: torch.sigmoid(z), lambda z, h: torch.sigmoid(z) * torch.sigmoid(-z)
    ),
    "tanh": Slopes(lambda z, h: 1 - h * h, lambda z, h: -2 * h * (1 - h * h)),
}
"""phi' and phi'' of every activation of `functional_mlp`."""


@checked
def hvp_by_hand(
    params: Params,
    v: Params,
    X: Held,
    y: Held,
    lambd: AtLeastZero = 0.0,
    activation: str = "relu",
    loss: str = "cross_entropy",
) -> dict[str, Tensor]:
    """Compute H v for J = L + s of the network with one hidden layer.

    Args:
        params: `W1` `(num_hiddens, num_inputs)`, `b1` `(num_hiddens,)`, `W2`
            `(num_outputs, num_hiddens)` and, optionally, `b2` `(num_outputs,)`.
        v: The vector, with the same names and shapes.
        X: Inputs, `(batch, num_inputs)`.
        y: Labels `(batch,)` for `"cross_entropy"`, targets `(batch, num_outputs)` for
            `"squared"`.
        lambd: Factor of the penalty lambda/2 (||W1||_F^2 + ||W2||_F^2).
        activation: A key of `SLOPES`.
        loss: `"cross_entropy"` or `"squared"`.

    Returns:
        One tensor per parameter, of the same shape.

    Raises:
        TypeError: If `params` or `v` does not map names to floating-point tensors.
        ValueError: If names or shapes do not fit, a name is unknown, or `lambd` is negative.
    """
    _check(params, v, X, lambd, activation)
    W1, W2, V1, V2 = params["W1"], params["W2"], v["W1"], v["W2"]
    # Forward: values, and what each of them does along v.
    z = torch.addmm(params["b1"], X, W1.T)
    Rz = torch.addmm(v["b1"], X, V1.T)
    h, slope = ACTIVATIONS[activation](z), SLOPES[activation]
    phi1 = slope.first(z, h)
    Rh = phi1 * Rz
    o, Ro = h @ W2.T, torch.addmm(h @ V2.T, Rh, W2.T)
    if "b2" in params:
        o, Ro = o + params["b2"], Ro + v["b2"]
    # Backward: dL/do, dJ/dh and what they do along v.
    do, Rdo = _loss_slopes(o, Ro, y, loss)
    Rdh = torch.addmm(Rdo @ W2, do, V2)
    Rdz = Rdh.mul_(phi1)
    if slope.second is not None:
        Rdz += (do @ W2) * slope.second(z, h) * Rz
    product = {
        "W1": torch.addmm(V1, Rdz.T, X, beta=lambd),
        "b1": Rdz.sum(0),
        "W2": torch.addmm(torch.addmm(V2, Rdo.T, h, beta=lambd), do.T, Rh),
        "b2": Rdo.sum(0),
    }
    return {name: product[name] for name in params}


def _loss_slopes(o: Tensor, Ro: Tensor, y: Tensor, loss: str) -> tuple[Tensor, Tensor]:
    """Return dL/do and R{dL/do}, both `(batch, num_outputs)`; the mean gives the 1/n."""
    loss_of(o, y, loss)  # for its errors; a few operations on (batch, num_outputs)
    n = len(o)
    if loss == "squared":
        return (o - y) / n, Ro / n
    p = torch.softmax(o, dim=1)
    do = p.clone()
    do[torch.arange(n, device=o.device), y] -= 1
    return do / n, p * (Ro - (p * Ro).sum(1, keepdim=True)) / n


def _check(params: Params, v: Params, X: Tensor, lambd: float, activation: str) -> None:
    check_params(params)
    if set(params) - {"b2"} != {"W1", "b1", "W2"}:
        raise ValueError(f"params: expected 'W1', 'b1', 'W2' (and 'b2'), got {sorted(params)}")
    check_match(params, v)
    num_hiddens, num_inputs = params["W1"].shape
    num_outputs = params["W2"].shape[0]
    expected = {"b1": (num_hiddens,), "W2": (num_outputs, num_hiddens), "b2": (num_outputs,)}
    for name, shape in expected.items():
        if name in params and tuple(params[name].shape) != shape:
            raise ValueError(f"{name}: expected shape {shape}, got {tuple(params[name].shape)}")
    if X.dim() != 2 or X.shape[1] != num_inputs:
        raise ValueError(f"X: expected shape (batch, {num_inputs}), got {tuple(X.shape)}")
    if X.dtype != params["W1"].dtype:
        raise TypeError(f"X: expected the parameters' dtype, {params['W1'].dtype}, got {X.dtype}")
    if activation not in SLOPES:
        raise ValueError(f"activation: expected one of {sorted(SLOPES)}, got {activation!r}")
    if lambd < 0:
        raise ValueError(f"lambd: expected a number >= 0, got {lambd}")
