"""The section's model with any number of hidden layers, as a function of its parameters.

Derivatives of derivatives are easier to write for a function of a parameter dictionary than for a
module. Here is the model of D2L 5.3 in that form: `h <- phi(h W^T + b)` for every hidden layer, a
linear output layer, and the objective J = L + s. Weights have the orientation of the text,
`(fan_out, fan_in)`; rows of `X` are examples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional

from d2l_utils.border import AtLeastZero, Count, Dense, Device, Float, Params, checked

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda z: z,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "softplus": functional.softplus,
    "tanh": torch.tanh,
}
"""The elementwise functions phi known by name."""

LOSSES = ("cross_entropy", "squared")
"""Mean over rows of minus the log-probability of the label, or of half the squared distance."""


@checked
def init_mlp(
    sizes: Sequence[Count],
    generator: torch.Generator | None = None,
    device: Device | None = None,
    dtype: Float | None = None,
) -> dict[str, Tensor]:
    """Draw the parameters of a fully connected network.

    Args:
        sizes: Widths from inputs to outputs: `(num_inputs, *num_hiddens, num_outputs)`.
        generator: Source of randomness; torch's global one by default.
        device: Device of the parameters; `"meta"` gives shapes without memory.
        dtype: Their dtype; torch's default one by default.

    Returns:
        `W1` of shape `(sizes[1], sizes[0])`, normal with variance 1 / fan_in; `b1` of shape
        `(sizes[1],)`, normal with standard deviation 0.1; `W2`, `b2` and so on.

    Raises:
        ValueError: If there are fewer than two sizes or one is not a positive integer.
    """
    if len(sizes) < 2 or any(isinstance(m, bool) or not isinstance(m, int) for m in sizes):
        raise ValueError(f"sizes: expected at least two integers, got {tuple(sizes)}")
    if min(sizes) < 1:
        raise ValueError(f"sizes: expected positive integers, got {tuple(sizes)}")

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, device=device, dtype=dtype)

    params: dict[str, Tensor] = {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        params[f"W{layer}"] = normal(fan_out, fan_in) / fan_in**0.5
        params[f"b{layer}"] = 0.1 * normal(fan_out)
    return params


@checked
def mlp(params: Params, X: Dense, activation: str = "relu") -> Tensor:
    """Compute the outputs o of the network.

    Args:
        params: `W1`, `b1`, `W2`, ...; a missing bias counts as zero.
        X: Inputs, `(batch, num_inputs)`.
        activation: A key of `ACTIVATIONS`, applied after every layer but the last.

    Returns:
        Outputs, `(batch, num_outputs)`.

    Raises:
        ValueError: If `activation` is unknown or there is no `W1`.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation: expected one of {sorted(ACTIVATIONS)}, got {activation!r}")
    phi, num_layers = ACTIVATIONS[activation], len(weights(params))
    _check_layers(params, X)
    h = X
    for layer in range(1, num_layers + 1):
        z = h @ params[f"W{layer}"].T
        if f"b{layer}" in params:
            z = z + params[f"b{layer}"]
        h = phi(z) if layer < num_layers else z
    return h


@checked
def loss_of(o: Dense, y: Dense, loss: str = "cross_entropy") -> Tensor:
    """Compute the mean loss L.

    Args:
        o: Outputs, `(batch, num_outputs)`.
        y: Labels `(batch,)` of dtype int64 for `"cross_entropy"`, targets shaped as `o` for
            `"squared"`.
        loss: One of `LOSSES`.

    Returns:
        A scalar tensor.

    Raises:
        ValueError: If `loss` is unknown or `y` has another shape than the loss needs.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss: expected one of {list(LOSSES)}, got {loss!r}")
    expected = o.shape if loss == "squared" else o.shape[:1]
    if y.shape != expected:
        raise ValueError(f"y: expected shape {tuple(expected)}, got {tuple(y.shape)}")
    if loss == "squared":
        return (o - y).square().sum() / (2 * len(o))
    return functional.cross_entropy(o, y)


@checked
def penalty(params: Params, lambd: AtLeastZero) -> Tensor:
    """Compute s = lambda/2 times the sum of the weights' squared Frobenius norms.

    Args:
        params: `W1`, `b1`, ...; biases are not penalised.
        lambd: The factor lambda.

    Returns:
        A scalar tensor.

    Raises:
        ValueError: If there is no `W1`.
    """
    W = weights(params)
    if not W:
        raise ValueError(f"params: expected weights 'W1', 'W2', ..., got {list(params)}")
    total = W[0].square().sum()
    for weight in W[1:]:
        total = total + weight.square().sum()
    return lambd / 2 * total


@checked
def objective(
    params: Params,
    X: Dense,
    y: Dense,
    lambd: AtLeastZero = 0.0,
    activation: str = "relu",
    loss: str = "cross_entropy",
) -> Tensor:
    """Compute J = L + s, or J = L where `lambd` is zero.

    Args:
        params: As in `mlp`.
        X: Inputs, `(batch, num_inputs)`.
        y: As in `loss_of`.
        lambd: The factor of the penalty.
        activation: As in `mlp`.
        loss: As in `loss_of`.

    Returns:
        A scalar tensor.

    Raises:
        ValueError: If a name is unknown, `y` has a wrong shape or `lambd` is negative.
    """
    if lambd < 0:
        raise ValueError(f"lambd: expected a number >= 0, got {lambd}")
    L = loss_of(mlp(params, X, activation), y, loss)
    return L + penalty(params, lambd) if lambd else L


def weights(params: Params) -> list[Tensor]:
    """Return `W1`, `W2`, ... as far as they go."""
    found: list[Tensor] = []
    while f"W{len(found) + 1}" in params:
        found.append(params[f"W{len(found) + 1}"])
    return found


def _check_layers(params: Params, X: Tensor) -> None:
    """Refuse inputs and parameters that do not fit one another."""
    if "W1" not in params:
        raise ValueError(f"params: expected weights 'W1', 'W2', ..., got {list(params)}")
    if X.ndim != 2:
        raise ValueError(f"X: expected shape (batch, num_inputs), got {tuple(X.shape)}")
    width, dtype = X.shape[1], X.dtype
    for layer, W in enumerate(weights(params), start=1):
        if W.ndim != 2 or W.shape[1] != width:
            got = tuple(W.shape)
            raise ValueError(f"params['W{layer}']: expected shape (fan_out, {width}), got {got}")
        width = W.shape[0]
        b = params.get(f"b{layer}", W[:, 0])
        if b.shape != (width,):
            got = tuple(b.shape)
            raise ValueError(f"params['b{layer}']: expected shape {(width,)}, got {got}")
        if not W.dtype == b.dtype == dtype:
            raise TypeError(f"params: expected the dtype of X, {dtype}, got {W.dtype}, {b.dtype}")
