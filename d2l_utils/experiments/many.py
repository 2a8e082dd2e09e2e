"""Many networks of one shape, trained at once: each product of a step is one batched product.

They differ in whatever is a number: start, learning rate, order of the batches. Nothing passes from
one to another, so that one that diverges leaves the others alone. What is gained is simplicity: one
call holds a whole experiment. Time is saved only beside the arithmetic, so it depends on the shape;
``make bench`` compares the two ways.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from d2l_utils.border import AtLeastZero, Count, Held, Number, Positive, checked
from d2l_utils.experiments.descent import Descent

DELAY_SECONDS = 2.0
"""A fit shorter than this shows no progress bar."""

Activation = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Networks:
    """S multilayer perceptrons of one shape.

    Attributes:
        W: Weights per layer, each of shape `(S, fan_in, fan_out)`.
        b: Biases per layer, each of shape `(S, fan_out)`.
        activation: What follows every hidden layer, element by element.
    """

    W: tuple[Tensor, ...]
    b: tuple[Tensor, ...]
    activation: Activation = torch.relu

    def __len__(self) -> int:
        return len(self.W[0])

    def __repr__(self) -> str:
        widths = "-".join(str(W.shape[1]) for W in self.W)
        return f"{len(self)} networks {widths}-{self.W[-1].shape[2]}"

    def logits(self, X: Tensor) -> Tensor:
        """Apply every network.

        Args:
            X: The same inputs for all, `(n, ...)`, or each network's own, `(S, n, fan_in)`.

        Returns:
            Shape `(S, n, num_outputs)`.
        """
        S, fan_in, _ = self.W[0].shape
        own = X.ndim == 3 and X.shape[0] == S and X.shape[2] == fan_in
        H = X if own else X.flatten(1).expand(S, -1, -1)
        *hidden, (W, b) = zip(self.W, self.b, strict=True)
        for W_i, b_i in hidden:
            H = self.activation(torch.baddbmm(b_i.unsqueeze(1), H, W_i))
        return torch.baddbmm(b.unsqueeze(1), H, W)

    @torch.no_grad()
    def hits(self, X: Tensor, y: Tensor) -> Tensor:
        """Whether each network's largest logit is the label's.

        Args:
            X: Inputs, `(n, ...)`.
            y: Labels, `(n,)`.

        Returns:
            Shape `(S, n)`, bool. A network whose logits are not finite hits nothing.
        """
        parts = []
        for X_part, y_part in zip(X.split(1024), y.split(1024), strict=True):
            o = self.logits(X_part.flatten(1))
            parts.append((o.argmax(2) == y_part) & o.isfinite().all(2))
        return torch.cat(parts, dim=1)


BatchLoss = Callable[[Networks, Tensor, Tensor], Tensor]
Watch = Callable[[int, Networks], None]
Momentum = Annotated[float, Number(at_least=0, at_most=0.9999)]


@dataclass(frozen=True)
class Curves:
    """What a fit of many networks recorded.

    Attributes:
        networks: The trained networks.
        train_loss: Mean over an epoch's batches, shape `(epochs, S)`; not finite where a network
            diverged.
    """

    networks: Networks
    train_loss: Tensor

    @property
    def diverged(self) -> Tensor:
        """Which networks had a loss that is not finite, shape `(S,)`."""
        return ~self.train_loss.isfinite().all(0)


@checked
def start_many(
    sizes: Sequence[Count],
    seeds: Sequence[int],
    scale: AtLeastZero | Literal["xavier", "he", "torch"] = 0.01,
    *,
    activation: Activation = torch.relu,
) -> Networks:
    """Draw networks as `MulMLPScratch` does: normal weights in float64, biases zero; or as torch.

    Args:
        sizes: Inputs, widths of the hidden layers if any, outputs.
        seeds: One per network; the same seed draws the same network, whatever the others are.
        scale: Standard deviation of the weights; ``"xavier"`` for the square root of 2 / (fan_in +
            fan_out), ``"he"`` for that of 2 / fan_in. ``"torch"`` draws weights and biases as
            `torch.nn.Linear` does, uniformly within one over the square root of fan_in.
        activation: What follows every hidden layer, element by element.

    Returns:
        As many networks as there are seeds.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there are fewer than two sizes or no seed, or a number is out of range.
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes: expected at least inputs and outputs, got {list(sizes)}")
    if not len(seeds):
        raise ValueError("seeds: expected at least one, got none")
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    layers = [
        [_draw(n, m, scale, generator) for generator in generators] for n, m in pairwise(sizes)
    ]
    W, b = (tuple(torch.stack([each[k] for each in layer]) for layer in layers) for k in (0, 1))
    return Networks(W, b, activation)


def _draw(
    fan_in: int, fan_out: int, scale: float | str, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw weights and biases of one layer."""
    if scale == "torch":
        W = torch.rand(fan_in, fan_out, generator=generator, dtype=torch.float64)
        b = torch.rand(fan_out, generator=generator, dtype=torch.float64)
        return (2 * W - 1) / math.sqrt(fan_in), (2 * b - 1) / math.sqrt(fan_in)
    W = torch.randn(fan_in, fan_out, generator=generator, dtype=torch.float64)
    b = torch.zeros(fan_out, dtype=torch.float64)
    return W * _deviation(scale, fan_in, fan_out), b


def _deviation(scale: float | str, fan_in: int, fan_out: int) -> float:
    if isinstance(scale, str):
        return math.sqrt(2 / (fan_in + fan_out) if scale == "xavier" else 2 / fan_in)
    return float(scale)


@checked
def fit_many(
    networks: Networks,
    X: Held,
    y: Held,
    lrs: Sequence[Positive],
    orders: Sequence[int],
    *,
    epochs: Count = 1,
    batch_size: Count = 256,
    decay: bool = False,
    momentum: Momentum = 0.0,
    lambd: AtLeastZero = 0.0,
    loss: BatchLoss | None = None,
    rows: Held | None = None,
    watch: Watch | None = None,
    progress: bool | None = None,
) -> Curves:
    """Train networks by minibatch gradient descent on the cross-entropy, all at once.

    The result is that of a `Trainer` with `TensorData` for each network, up to the last digits: a
    batched product may add in another order. A step holds S × batch_size examples beside the data.

    Args:
        networks: Where they start; they are not changed.
        X: Inputs, shape `(n, ...)`, of the weights' dtype; or each network's own, shape
            `(S, n, fan_in)`.
        y: Labels, shape `(n,)`, int64; or each network's own, shape `(S, n)`, if `X` is.
        lrs: One learning rate per network.
        orders: One seed per network, of the order of its examples, which is new in every epoch.
        epochs: Passes over the data.
        batch_size: Examples per batch; the last one of an epoch may have fewer.
        decay: Whether the rate of step t of T is multiplied by 1 - t / T.
        momentum: What is kept of the last move, as in `torch.optim.SGD`.
        lambd: Strength of the weight decay, on weights and not on biases.
        loss: Of the networks and their batches, `(S, n, fan_in)` and `(S, n)`: one loss each,
            `(S,)`. By default the mean cross-entropy.
        rows: Which examples each network trains on, `(S, m)`, int64; by default all.
        watch: Called after each epoch with its number, from 1, and the networks as they are; it
            must not change them.
        progress: Whether a fit of more than two seconds shows a progress bar; by default only in a
            terminal, so that a notebook's stored output stays the same.

    Returns:
        The trained networks, and the loss per epoch.

    Raises:
        TypeError: If an argument is of another type, `X` of another dtype than the weights, or
            the activation or `loss` returns no tensor.
        ValueError: If shapes, labels, or numbers of rates and orders do not fit the networks.
    """
    _check_examples(networks, X, y)
    for name, values in (("lrs", lrs), ("orders", orders)):
        if len(values) != len(networks):
            raise ValueError(
                f"{name}: expected {len(networks)}, one per network, got {len(values)}"
            )
    X, y = (X, y) if y.ndim == 2 else (X.flatten(1), y)
    n = y.shape[-1]
    W, b = (tuple(t.clone().requires_grad_() for t in layer) for layer in (networks.W, networks.b))
    now = Networks(W, b, networks.activation)
    rates = torch.tensor([float(lr) for lr in lrs], dtype=X.dtype)
    descent = Descent(W, b, rates, momentum, lambd)
    rows = torch.arange(n).expand(len(networks), -1) if rows is None else rows
    _check_rows(rows, len(networks), n)
    count = rows.shape[1]
    steps = -(-count // batch_size)
    generators = [torch.Generator().manual_seed(seed) for seed in orders]
    epoch_losses = []
    with tqdm(
        total=epochs * steps,
        unit="step",
        delay=DELAY_SECONDS,
        leave=False,
        disable=None if progress is None else not progress,
    ) as bar:
        for epoch in range(epochs):
            order = torch.stack([torch.randperm(count, generator=g) for g in generators])
            losses = []
            for step, batch in enumerate(rows.gather(1, order).split(batch_size, dim=1)):
                done = (epoch * steps + step) / (epochs * steps)
                each = _per_network(now, (loss or cross_entropies)(now, *_chosen(X, y, batch)))
                descent.step(each, 1 - done if decay else 1.0)
                losses.append(each.detach())
                bar.update()
            epoch_losses.append(torch.stack(losses).mean(0))
            if watch is not None:
                watch(epoch + 1, _detached(now))
    return Curves(_detached(now), torch.stack(epoch_losses))


def _chosen(X: Tensor, y: Tensor, batch: Tensor) -> tuple[Tensor, Tensor]:
    """Each network's examples of a batch `(S, b)`, copied as whole rows."""
    if y.ndim == 2:
        batch = batch + torch.arange(len(y)).unsqueeze(1) * y.shape[1]
        X, y = X.flatten(0, 1), y.flatten()
    return X.index_select(0, batch.flatten()).reshape(*batch.shape, -1), y[batch]


def cross_entropies(networks: Networks, X: Tensor, y: Tensor) -> Tensor:
    """Mean cross-entropy of each network on its own batch.

    Args:
        networks: S of them.
        X: Inputs, `(S, n, fan_in)`.
        y: Labels, `(S, n)`.

    Returns:
        Shape `(S,)`.
    """
    o = networks.logits(X)
    each = functional.cross_entropy(o.flatten(0, 1), y.flatten(), reduction="none")
    return each.reshape(y.shape).mean(1)


def _detached(networks: Networks) -> Networks:
    """The same tensors, without a graph."""
    W, b = (tuple(t.detach() for t in layer) for layer in (networks.W, networks.b))
    return Networks(W, b, networks.activation)


def _per_network(networks: Networks, losses: object) -> Tensor:
    if not isinstance(losses, Tensor) or losses.shape != (len(networks),):
        got = tuple(losses.shape) if isinstance(losses, Tensor) else repr(losses)
        raise TypeError(f"loss: expected a tensor of shape ({len(networks)},), got {got}")
    return losses


def _check_rows(rows: Tensor, networks: int, examples: int) -> None:
    if rows.dtype != torch.int64:
        raise TypeError(f"rows: expected torch.int64, got {rows.dtype}")
    if rows.ndim != 2 or len(rows) != networks or not rows.numel():
        raise ValueError(f"rows: expected shape ({networks}, m), got {tuple(rows.shape)}")
    low, high = (int(bound) for bound in rows.aminmax())
    if low < 0 or high >= examples:
        wrong = low if low < 0 else high
        raise ValueError(f"rows: expected numbers from 0 to {examples - 1}, got {wrong}")


def _check_examples(networks: Networks, X: Tensor, y: Tensor) -> None:
    W = networks.W[0]
    if X.dtype != W.dtype:
        raise TypeError(f"X: expected {W.dtype}, as the weights, got {X.dtype}")
    if y.dtype != torch.int64:
        raise TypeError(f"y: expected labels of torch.int64, got {y.dtype}")
    own = y.ndim == 2
    if own and (X.ndim != 3 or X.shape[::2] != W.shape[:2] or X.shape[1] == 0):
        expected = f"({len(W)}, n, {W.shape[1]}), since y has two axes"
        raise ValueError(f"X: expected shape {expected}, got {tuple(X.shape)}")
    if not own and (X.ndim < 2 or len(X) == 0 or X[0].numel() != W.shape[1]):
        expected = f"(n, ...) with {W.shape[1]} entries per example"
        raise ValueError(f"X: expected shape {expected}, got {tuple(X.shape)}")
    if y.ndim not in (1, 2) or y.shape != X.shape[: y.ndim]:
        raise ValueError(f"y: expected shape {tuple(X.shape[: 1 + own])}, got {tuple(y.shape)}")
    outputs = networks.W[-1].shape[2]
    low, high = (int(bound) for bound in y.aminmax())
    if low < 0 or high >= outputs:
        wrong = low if low < 0 else high
        raise ValueError(f"y: expected labels from 0 to {outputs - 1}, got {wrong}")
    H = networks.activation(torch.zeros(1, 1, 1, dtype=X.dtype))
    if not isinstance(H, Tensor) or H.shape != (1, 1, 1):
        raise TypeError(
            f"activation: expected a function of tensors, element by element, got {H!r} for 0"
        )
