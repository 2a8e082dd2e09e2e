"""A multilayer perceptron as its parameters: pairs (W, b), with ``Z = X W + b`` as in the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from d2l_utils.border import Held, checked
from d2l_utils.border.constraints import shown

Layers = Sequence[Sequence[Held]]
"""Pairs (W, b): W of shape (inputs, outputs), b of shape (outputs,)."""


def check_layers(layers: Layers, num_inputs: int | None = None) -> None:
    """Check that each layer fits itself and the one before it.

    Args:
        layers: The pairs.
        num_inputs: How many inputs the first layer is to have; None for any number.

    Raises:
        ValueError: If there is no layer, or a shape does not fit.
    """
    if not layers:
        raise ValueError("layers: expected at least one pair (W, b), got none")
    width = num_inputs
    for place, pair in enumerate(layers):
        if len(pair) != 2:
            raise ValueError(f"layers[{place}]: expected a pair (W, b), got {len(pair)} tensors")
        W, b = pair
        rows = "inputs" if width is None else str(width)
        if W.dim() != 2 or 0 in W.shape or (width is not None and W.shape[0] != width):
            raise ValueError(
                f"layers[{place}]: expected W of shape ({rows}, outputs), got {tuple(W.shape)}"
            )
        width = W.shape[1]
        if b.shape != (width,):
            raise ValueError(
                f"layers[{place}]: expected b of shape ({width},), got {tuple(b.shape)}"
            )


@checked
def run_layers(layers: Layers, X: Held, activation: Callable[[Tensor], Tensor]) -> Tensor:
    """Compute a network's output.

    Args:
        layers: Pairs (W, b).
        X: Examples as rows, shape `(n, inputs)`.
        activation: Applied after each layer but the last.

    Returns:
        Shape `(n, outputs)`.

    Raises:
        TypeError: If the tensors are not all of one floating-point dtype.
        ValueError: If a shape does not fit, or the activation changes it.
    """
    if X.dim() != 2:
        raise ValueError(f"X: expected examples as rows, (n, inputs), got {tuple(X.shape)}")
    check_layers(layers, X.shape[1])
    if not X.is_floating_point():
        raise TypeError(f"X: expected floating-point numbers, got {X.dtype}")
    for place, pair in enumerate(layers):
        if any(tensor.dtype != X.dtype for tensor in pair):
            raise TypeError(f"layers[{place}]: expected {X.dtype} as in X, got {pair[0].dtype}")
    H = X
    for W, b in layers[:-1]:
        Z = H @ W + b
        H = activation(Z)
        if not (isinstance(H, Tensor) and H.shape == Z.shape and H.dtype == Z.dtype):
            raise ValueError(
                f"activation: expected a tensor of shape {tuple(Z.shape)} and dtype {Z.dtype} as "
                f"it got, got {shown(H)}"
            )
    W, b = layers[-1]
    return H @ W + b


@checked
def layers_of(model: nn.Module) -> list[tuple[Tensor, Tensor]]:
    """Read the pairs (W, b) off PyTorch's linear layers, which store the transpose of W.

    Args:
        model: A module whose `nn.Linear` layers, in their order, are the network's.

    Returns:
        Detached copies.

    Raises:
        ValueError: If there is no `nn.Linear`, or one has no bias.
    """
    pairs = []
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            if module.bias is None:
                raise ValueError(f"model: expected a bias in every layer, got none in {name!r}")
            pairs.append((module.weight.detach().T.clone(), module.bias.detach().clone()))
    if not pairs:
        raise ValueError("model: expected at least one nn.Linear, got none")
    return pairs
