"""The program whose memory `d2l_utils.memory.footprint` describes, and its measurement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add

import torch
from torch import Tensor, nn

from d2l_utils.border import Count, checked
from d2l_utils.memory.formula import Mode, Optimizer, Penalty, footprint
from d2l_utils.memory.meter import Measurement, measure

LAMBD = 0.1
"""The penalty's lambda; its value has no influence on memory."""


@dataclass(frozen=True)
class Program:
    """One step as a callable, and the objects whose memory is resident.

    Attributes:
        run: The step; returns nothing.
        model: Linear and ReLU layers.
        optimizer: None for a prediction.
        data: Inputs, shape ``(batch_size, num_inputs)``, and for training labels.
    """

    run: Callable[[], None]
    model: nn.Sequential
    optimizer: torch.optim.Optimizer | None
    data: tuple[Tensor, ...]

    def measure(self) -> Measurement:
        """Run the step once and count its memory, in bytes."""
        return measure(self.run, model=self.model, optimizer=self.optimizer, data=self.data)


@checked
def program(
    num_inputs: Count,
    num_hiddens: Sequence[Count],
    num_outputs: Count,
    batch_size: Count,
    optimizer: Optimizer = "sgd",
    mode: Mode = "training",
    dtype: torch.dtype = torch.float32,
    *,
    bias: bool = True,
    penalty: Penalty = "none",
    first_step: bool = False,
) -> Program:
    """Build the program that `footprint` describes.

    Args:
        num_inputs: As for `footprint`, and so are all others.
        num_hiddens: Widths of the hidden layers, possibly none.
        num_outputs: Number of classes.
        batch_size: Examples in the batch.
        optimizer: ``"sgd"``, ``"momentum"`` or ``"adam"``.
        mode: ``"training"`` or ``"prediction"``.
        dtype: Of the parameters and the inputs.
        bias: Whether the layers have biases.
        penalty: Where the weights' penalty is: nowhere, in the loss, or in the optimizer.
        first_step: Whether the step to be run is the first; else one has already been taken.

    Returns:
        The program, ready to run or to measure.

    Raises:
        TypeError: As `footprint`.
        ValueError: As `footprint`.
    """
    footprint(  # for its checks of the arguments
        num_inputs, num_hiddens, num_outputs, batch_size, optimizer, mode, dtype, penalty=penalty
    )
    net = build_mlp((num_inputs, *num_hiddens, num_outputs), bias, dtype)
    X = torch.zeros(batch_size, num_inputs, dtype=dtype)
    if mode == "prediction":
        return Program(lambda: predict(net, X), net, None, (X,))
    y = torch.zeros(batch_size, dtype=torch.int64)
    trainer = _optimizer(net, optimizer, penalty == "weight_decay")
    in_loss = penalty == "loss"
    program = Program(lambda: train_step(net, trainer, X, y, in_loss), net, trainer, (X, y))
    if not first_step:
        program.run()
    return program


def build_mlp(widths: Sequence[int], bias: bool, dtype: torch.dtype) -> nn.Sequential:
    """Stack linear layers with ReLU between them.

    Args:
        widths: From the inputs to the outputs, at least two.
        bias: Whether the layers have biases.
        dtype: Of the parameters.

    Returns:
        The model; it maps ``(batch, widths[0])`` to ``(batch, widths[-1])``.
    """
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        layers += [nn.Linear(fan_in, fan_out, bias=bias, dtype=dtype), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def predict(net: nn.Sequential, X: Tensor) -> None:
    """Compute the outputs for `X` without a graph and drop them.

    Args:
        net: The model.
        X: Shape ``(batch, num_inputs)``.
    """
    with torch.no_grad():
        net(X)


def train_step(
    net: nn.Sequential,
    optimizer: torch.optim.Optimizer,
    X: Tensor,
    y: Tensor,
    penalty: bool = False,
) -> None:
    """Take one step on the cross-entropy L, or on D2L's J = L + s (5.3.5); only J keeps a name.

    Args:
        net: The model.
        optimizer: Of its parameters.
        X: Shape ``(batch, num_inputs)``.
        y: Labels, shape ``(batch,)``.
        penalty: Whether to add s = lambda/2 * (||W1||_F^2 + ...) to the loss.
    """
    optimizer.zero_grad(set_to_none=True)
    J = nn.functional.cross_entropy(net(X), y)
    if penalty:
        J = J + LAMBD / 2 * reduce(add, [(W**2).sum() for W in _weights(net)])
    torch.autograd.backward(J)
    optimizer.step()


def _optimizer(net: nn.Sequential, name: Optimizer, decay: bool) -> torch.optim.Optimizer:
    groups: list[dict[str, object]] = [{"params": [*net.parameters()]}]
    if decay:
        biases = [layer.bias for layer in _linear(net) if layer.bias is not None]
        groups = [{"params": _weights(net), "weight_decay": LAMBD}, {"params": biases}]
    if name == "adam":
        return torch.optim.Adam(groups, foreach=False)
    return torch.optim.SGD(
        groups, lr=0.1, momentum=0.9 if name == "momentum" else 0.0, foreach=False
    )


def _weights(net: nn.Sequential) -> list[Tensor]:
    return [layer.weight for layer in _linear(net)]


def _linear(net: nn.Sequential) -> list[nn.Linear]:
    return [layer for layer in net if isinstance(layer, nn.Linear)]
