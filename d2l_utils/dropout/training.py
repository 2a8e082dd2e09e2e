"""Networks trained with noise in their hidden layers: one recipe, many seeds, all at once.

A seed fixes the training images, the start and the order of the batches, and has a generator of its
own for the noise. So runs of two recipes with one seed are a pair: they differ in the recipe alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from d2l_utils.border import Count, Held, checked
from d2l_utils.data import Roles
from d2l_utils.dropout.noise import Kind, multiplicative_noise
from d2l_utils.experiments.many import Networks, Watch, fit_many, start_many

IMAGES = 1000
"""Training images of a run, chosen by its seed."""

NOISE_SEED, IMAGES_SEED = 1_000_000, 2_000_000
"""Added to a run's seed for the generators of its noise and of its choice of images."""

Role = Literal["train", "validation", "test"]
Draw = Callable[[tuple[int, ...], float], Tensor]


@dataclass(frozen=True)
class Recipe:
    """How a multilayer perceptron is trained.

    Attributes:
        p: For each hidden layer, the probability with which its units are dropped; for other
            noises, what gives the variance p / (1 - p) of a factor.
        noise: What multiplies the units, a kind of `multiplicative_noise`.
        on: Whether it multiplies a hidden layer's outputs, or the weights that they go through.
        shared: Whether all examples of a minibatch have the same noise.
        lambd: Strength of the weight decay, on weights and not on biases.
        smoothing: Share of each label that is spread evenly over all classes.
        hidden: Width of each hidden layer, with ReLU.
        lr: Learning rate.
        momentum: What is kept of the last move.
        batch_size: Examples per batch.
        epochs: Passes over the training images.
    """

    p: tuple[float, ...] = (0.0, 0.0)
    noise: Kind = "dropout"
    on: Literal["units", "weights"] = "units"
    shared: bool = False
    lambd: float = 0.0
    smoothing: float = 0.0
    hidden: tuple[int, ...] = (128, 128)
    lr: float = 0.05
    momentum: float = 0.9
    batch_size: int = 100
    epochs: int = 60


@dataclass(frozen=True)
class Runs:
    """What came of a recipe: S runs, measured after some epochs, without noise.

    Attributes:
        epochs: After which epochs was measured.
        misses: Role -> images of a wrong class, int64, shape `(len(epochs), S)`.
        loss: Role -> mean cross-entropy with the labels as they are, the same shape.
        networks: As they are in the end.
    """

    epochs: tuple[int, ...]
    misses: Mapping[Role, Tensor]
    loss: Mapping[Role, Tensor]
    networks: Networks


def noisy_logits(networks: Networks, X: Tensor, recipe: Recipe, draw: Draw) -> Tensor:
    """Apply every network with noise, as in training.

    Args:
        networks: S of them.
        X: Each network's own inputs, `(S, n, fan_in)`.
        recipe: Which noise, and on what.
        draw: Gives factors of a shape `(S, ...)` and a p.

    Returns:
        Shape `(S, n, num_outputs)`.
    """
    return _noisy_rest(networks, _first_layer(networks, X), recipe, draw)


def _first_layer(networks: Networks, X: Tensor) -> Tensor:
    return networks.activation(torch.baddbmm(networks.b[0].unsqueeze(1), X, networks.W[0]))


def _noisy_rest(networks: Networks, H: Tensor, recipe: Recipe, draw: Draw) -> Tensor:
    S, n, _ = H.shape
    rest = list(zip(networks.W[1:], networks.b[1:], strict=True))
    for layer, ((W, b), p) in enumerate(zip(rest, recipe.p, strict=True), start=1):
        rows = 1 if recipe.shared else n
        if p and recipe.on == "units":
            H = H * draw((S, rows, W.shape[1]), p)
        if p and recipe.on == "weights":
            masked = W.unsqueeze(1) * draw((S, rows, *W.shape[1:]), p)
            H = (H.unsqueeze(2) @ masked).squeeze(2) + b.unsqueeze(1)
        else:
            H = torch.baddbmm(b.unsqueeze(1), H, W)
        H = networks.activation(H) if layer < len(rest) else H
    return H


def generators_of(seeds: Sequence[int], noise: Kind) -> Draw:
    """What draws noise for networks of these seeds: each from a generator of its own."""
    generators = [torch.Generator().manual_seed(NOISE_SEED + seed) for seed in seeds]

    def draw(shape: tuple[int, ...], p: float) -> Tensor:
        return torch.stack(
            [multiplicative_noise(shape[1:], noise, p / (1 - p), g) for g in generators]
        )

    return draw


@checked
def train_seeds(
    recipe: Recipe,
    seeds: Sequence[int],
    roles: Roles,
    *,
    every: Count | None = None,
    watch: Watch | None = None,
) -> Runs:
    """Train a recipe once for each seed, all at once.

    Args:
        recipe: How.
        seeds: Each fixes images, start, order and noise of a run; a run is the same, up to last
            digits, whatever the others are.
        roles: Where 1,000 training images are chosen from, and the images to measure with.
        every: Measure after every so many epochs, and at the end; by default only at the end.
        watch: Called with 0 and the networks before training, and after each epoch with its number.

    Returns:
        Errors and losses of the networks without noise.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there is no seed, or the recipe has something out of range.
    """
    check_recipe(recipe)
    sizes = (roles.train.X[0].numel(), *recipe.hidden, len(roles.classes))
    start = start_many(sizes, seeds, "torch")
    rows = training_rows(seeds, len(roles.train))
    draw = generators_of(seeds, recipe.noise)
    record: list[tuple[int, dict[Role, tuple[Tensor, Tensor]]]] = []

    def loss(networks: Networks, X: Tensor, y: Tensor) -> Tensor:
        o = noisy_logits(networks, X, recipe, draw).flatten(0, 1)
        each = functional.cross_entropy(
            o, y.flatten(), reduction="none", label_smoothing=recipe.smoothing
        )
        return each.reshape(y.shape).mean(1)

    def look(epoch: int, networks: Networks) -> None:
        if watch is not None:
            watch(epoch, networks)
        if epoch == recipe.epochs or (every and epoch % every == 0):
            record.append((epoch, _measure_all(networks, roles, rows)))

    if watch is not None:
        watch(0, start)
    trained = fit_many(
        start,
        roles.train.X,
        roles.train.y,
        [recipe.lr] * len(seeds),
        seeds,
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        momentum=recipe.momentum,
        lambd=recipe.lambd,
        loss=loss,
        rows=rows,
        watch=look,
    ).networks
    names: tuple[Role, ...] = ("train", "validation", "test")
    misses, losses = (
        {role: torch.stack([found[role][k] for _, found in record]) for role in names}
        for k in (0, 1)
    )
    return Runs(tuple(epoch for epoch, _ in record), misses, losses, trained)


def training_rows(seeds: Sequence[int], examples: int) -> Tensor:
    """Choose each run's training images, without repetition.

    Args:
        seeds: One per run.
        examples: How many there are to choose from.

    Returns:
        Shape `(S, 1000)`, or `(S, examples)` if there are fewer.
    """
    generators = (torch.Generator().manual_seed(IMAGES_SEED + seed) for seed in seeds)
    return torch.stack([torch.randperm(examples, generator=g)[:IMAGES] for g in generators])


def measure(networks: Networks, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Misses and mean cross-entropy of networks without noise.

    Args:
        networks: S of them.
        X: Inputs: the same for all, `(n, ...)`, or each network's own, `(S, n, fan_in)`.
        y: Labels, `(n,)`, or each network's own, `(S, n)`.

    Returns:
        Two tensors of shape `(S,)`, of int64 and of the weights' dtype.
    """
    with torch.no_grad():
        o = networks.logits(X)
        y = y.expand(o.shape[:2])
        misses = (o.argmax(2) != y).sum(1)
        each = functional.cross_entropy(o.flatten(0, 1), y.flatten(), reduction="none")
    return misses, each.reshape(y.shape).mean(1)


@checked
def mean_of_masks(
    networks: Networks, recipe: Recipe, seeds: Sequence[int], X: Held, draws: Count
) -> Tensor:
    """Average the probabilities that networks give with noise.

    Args:
        networks: S of them.
        recipe: With which noise.
        seeds: One per network, of its noise.
        X: Inputs, the same for all, `(n, ...)`.
        draws: How often noise is drawn.

    Returns:
        Probabilities of the classes, shape `(S, n, num_outputs)`.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If shapes or numbers do not fit the networks, or the recipe is out of range.
    """
    check_recipe(recipe)
    S, fan_in = len(networks), networks.W[0].shape[1]
    if len(seeds) != S:
        raise ValueError(f"seeds: expected {S}, one per network, got {len(seeds)}")
    if len(networks.W) != len(recipe.p) + 1:
        raise ValueError(f"recipe: expected {len(networks.W) - 1} numbers p, got {recipe.p}")
    if X.ndim < 2 or len(X) == 0 or X[0].numel() != fan_in or X.dtype != networks.W[0].dtype:
        expected = f"(n, ...) with {fan_in} entries per example, {networks.W[0].dtype}"
        raise ValueError(f"X: expected {expected}, got {tuple(X.shape)}, {X.dtype}")
    draw = generators_of(seeds, recipe.noise)
    with torch.no_grad():
        H = _first_layer(networks, X.flatten(1).expand(S, -1, -1))
        total = torch.zeros((), dtype=X.dtype)
        for _ in range(draws):
            total = total + _noisy_rest(networks, H, recipe, draw).softmax(2)
    return total / draws


def _measure_all(
    networks: Networks, roles: Roles, rows: Tensor
) -> dict[Role, tuple[Tensor, Tensor]]:
    X, y = roles.train.X.flatten(1), roles.train.y
    return {
        "train": measure(networks, X[rows], y[rows]),
        "validation": measure(networks, roles.validation.X, roles.validation.y),
        "test": measure(networks, roles.test.X, roles.test.y),
    }


def check_recipe(recipe: Recipe) -> None:
    """Refuse a recipe with something out of range.

    Raises:
        ValueError: If `p` or `smoothing` is; the other numbers are checked where they are used.
    """
    if len(recipe.p) != len(recipe.hidden):
        raise ValueError(
            f"p: expected {len(recipe.hidden)} numbers, one per hidden layer, got {recipe.p}"
        )
    if not all(0 <= p < 1 for p in recipe.p):
        raise ValueError(f"p: expected numbers from 0 to less than 1, got {recipe.p}")
    if not 0 <= recipe.smoothing < 1:
        raise ValueError(
            f"smoothing: expected a number from 0 to less than 1, got {recipe.smoothing}"
        )
