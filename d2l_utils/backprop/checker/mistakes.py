"""Known mistakes in hand-written backpropagation, and the gradients that each of them gives.

A mistake is not recognised by reading code but by its numbers: `gradients_with` runs the forward
and backward propagation of D2L section 5.3 with a hidden bias (see `d2l_utils.backprop`) and makes
the given mistakes on the way. Whoever gets exactly these numbers made them, or something that
amounts to the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.derivatives import ACTIVATIONS, LOSSES

PARAMETERS = ("W1", "b1", "W2")
"""The parameters of the model, in the order of the equations."""


@dataclass(frozen=True)
class Mistake:
    """A mistake that can be recognised.

    Attributes:
        spoils: The parameters whose gradients it can change.
        text: What the numbers show, and the equation that was meant.
        loss: The loss with which it can be made; empty for both.
    """

    spoils: tuple[str, ...]
    text: str
    loss: str = ""


_ALL, _HIDDEN, _WEIGHTS = PARAMETERS, ("W1", "b1"), ("W1", "W2")
_CE, _SQ = "cross_entropy", "squared"

MISTAKES: dict[str, Mistake] = {
    # The sign.
    "sign flipped": Mistake(_ALL, "every entry has the opposite sign"),
    "difference reversed": Mistake(
        _ALL,
        "the loss part has the opposite sign: dJ/do is prediction minus label, not the reverse",
    ),
    "penalty subtracted": Mistake(_ALL, "the penalty's part is subtracted; it is added"),
    # The loss, at the output.
    "softmax forgotten": Mistake(
        _ALL, "o − onehot(y) was used; cross-entropy gives softmax(o) − onehot(y)", _CE
    ),
    "softmax over examples": Mistake(
        _ALL, "softmax was taken over the examples; each example's outputs have their own", _CE
    ),
    "label forgotten": Mistake(_ALL, "onehot(y) was not subtracted in dJ/do", _CE),
    "2 of the square kept": Mistake(
        _ALL, "the loss part is twice too large: l has a 1/2, so dl/do is o − y, not 2(o − y)", _SQ
    ),
    "2 of the square lost": Mistake(
        _ALL,
        "the loss part is too small by a factor of 2: the square's 2 cancels the 1/2 of l, so "
        "dl/do is o − y",
        _SQ,
    ),
    "cross-entropy doubled": Mistake(
        _ALL, "the loss part is twice too large: dl/do is softmax(o) − onehot(y), without a 2", _CE
    ),
    "cross-entropy halved": Mistake(
        _ALL,
        "the loss part is too small by a factor of 2: cross-entropy has no 1/2, so dl/do is "
        "softmax(o) − onehot(y)",
        _CE,
    ),
    "library's squared error": Mistake(
        _ALL,
        "the loss part is that of a mean of (o − y)² over all entries, 2/num_outputs times the "
        "right one: l is half their sum in each row",
        _SQ,
    ),
    # The mean over the examples.
    "1/n forgotten": Mistake(
        _ALL, "the loss part is n times too large: L is a mean, so dJ/do contains 1/n"
    ),
    "1/n twice": Mistake(
        _ALL,
        "the loss part was divided by n once too often: where dJ/do contains 1/n, examples are "
        "summed, not averaged",
    ),
    "loss part missing": Mistake(_ALL, "the loss contributes nothing to it"),
    "first example only": Mistake(_ALL, "only the first example contributes"),
    "last example only": Mistake(_ALL, "only the last example contributes"),
    "first example as batch": Mistake(
        _ALL, "this is the first example's own gradient; L is the mean over all n examples"
    ),
    "last example as batch": Mistake(
        _ALL, "this is the last example's own gradient; L is the mean over all n examples"
    ),
    # The hidden layer.
    "bias not added": Mistake(_ALL, "these are gradients at z = W1 x; the forward pass adds b1"),
    "φ' forgotten": Mistake(_HIDDEN, "φ' is missing: dJ/dz is dJ/dh times φ'(z), entry by entry"),
    "φ' at h": Mistake(_HIDDEN, "φ' was evaluated at h; its argument is z"),
    "bias from h": Mistake(("b1",), "this is dJ/dh; dJ/db1 is dJ/dz, which has φ'(z) in it"),
    "z for h": Mistake(("W2",), "z was used where h belongs: dL/dW2 is dJ/do times h"),
    # The penalty. Its variants touch b1 only where b1 is regularized as well.
    "penalty forgotten": Mistake(_WEIGHTS, "λW, the gradient of the penalty, is missing"),
    "penalty doubled": Mistake(
        _ALL, "the penalty's part is twice too large: s has a 1/2, so it gives λW, not 2λW"
    ),
    "penalty halved": Mistake(
        _ALL,
        "the penalty's part is too small by a factor of 2: the square's 2 cancels the 1/2 of s, "
        "which gives λW, not λ/2 W",
    ),
    "norm not squared": Mistake(
        _ALL, "the penalty's part is W over its norm: s has the squared norm, which gives λW"
    ),
    "penalty over n": Mistake(
        _ALL, "the penalty's part was divided by n: s is not a mean over the examples"
    ),
    "penalty times n": Mistake(
        _ALL, "the penalty's part is n times too large: s is added once, not for each example"
    ),
    "bias regularized": Mistake(("b1",), "the penalty's part was added; s does not contain b1"),
    # The shape.
    "transposed": Mistake(_WEIGHTS, "transposed: a gradient has the shape of its parameter"),
    "not summed": Mistake(_ALL, "one gradient for each example: sum over the examples"),
    "bias as a row": Mistake(("b1",), "a matrix with one row: b1 has one axis"),
    "bias as a column": Mistake(("b1",), "a matrix with one column: b1 has one axis"),
}
"""Name -> mistake. A text says what is so about the numbers, never how the code came to it."""

Factors = dict[str, Callable[[int], float]]

LOSS_FACTORS: Factors = {
    "difference reversed": lambda n: -1,
    "2 of the square kept": lambda n: 2,
    "2 of the square lost": lambda n: 1 / 2,
    "cross-entropy doubled": lambda n: 2,
    "cross-entropy halved": lambda n: 1 / 2,
    "1/n forgotten": lambda n: n,
    "1/n twice": lambda n: 1 / n,
    "loss part missing": lambda n: 0,
}
"""Mistakes that multiply the loss part of every gradient -> by what, with n examples."""

PENALTY_FACTORS: Factors = {
    "penalty subtracted": lambda n: -1,
    "penalty doubled": lambda n: 2,
    "penalty halved": lambda n: 1 / 2,
    "penalty over n": lambda n: 1 / n,
    "penalty times n": lambda n: n,
}
"""The same for the penalty's part."""


def gradients_with(made: Collection[str], problem: Problem) -> dict[str, Tensor]:
    """Compute the gradients of J with mistakes made on the way.

    Args:
        made: Names of mistakes; none for the right gradients.
        problem: The data and the parameters.

    Returns:
        ``"W1"``, ``"b1"``, ``"W2"`` -> gradient, in the wrong shape where the mistake is one of
        shape. A mistake that is overruled by another one, or that the problem's loss gives no
        occasion for, has no effect.

    Raises:
        ValueError: If a name is unknown.
    """
    unknown = sorted(set(made) - MISTAKES.keys())
    if unknown:
        raise ValueError(f"made: expected names of MISTAKES, got {', '.join(unknown)}")
    p, (phi, slope) = problem, ACTIVATIONS[problem.activation]
    made = [mistake for mistake in made if MISTAKES[mistake].loss in ("", p.loss)]
    z = p.X @ p.W1.T + (0 if "bias not added" in made else p.b1)
    h = phi(z)
    do = _output_gradient(made, h @ p.W2.T, p)
    dh = do @ p.W2
    dz = dh if "φ' forgotten" in made else dh * slope(h if "φ' at h" in made else z)
    gradients = {
        "W1": _weight_gradient(made, dz, p.X) + _penalty_gradient(made, p.W1, p),
        "b1": _bias_gradient(made, dh if "bias from h" in made else dz, p),
        "W2": _weight_gradient(made, do, z if "z for h" in made else h)
        + _penalty_gradient(made, p.W2, p),
    }
    if "transposed" in made:
        gradients |= {"W1": gradients["W1"].mT, "W2": gradients["W2"].mT}
    return {name: -g if "sign flipped" in made else g for name, g in gradients.items()}


def _output_gradient(made: Collection[str], o: Tensor, p: Problem) -> Tensor:
    """dJ/do, (n, num_outputs)."""
    if p.loss == "squared":
        do = LOSSES["squared"].gradient(o, p.y)
        if "library's squared error" in made:
            do = do * 2 / o.shape[1]
    else:
        prediction = torch.softmax(o, dim=0 if "softmax over examples" in made else 1)
        prediction = o if "softmax forgotten" in made else prediction
        label = one_hot(p.y, o.shape[1])
        do = (prediction if "label forgotten" in made else prediction - label) / len(o)
    return _factor(made, LOSS_FACTORS, len(o)) * _example_weights(made, len(o))[:, None] * do


def _factor(made: Collection[str], factors: Factors, n: int) -> float:
    return math.prod(factor(n) for mistake, factor in factors.items() if mistake in made)


def _example_weights(made: Collection[str], n: int) -> Tensor:
    """How often each example is counted, (n,)."""
    weights = torch.ones(n, dtype=torch.float64, device="cpu")
    if "first example only" in made:
        weights[1:] = 0
    elif "last example only" in made:
        weights[:-1] = 0
    elif "first example as batch" in made:
        weights[0], weights[1:] = n, 0
    elif "last example as batch" in made:
        weights[-1], weights[:-1] = n, 0
    return weights


def _weight_gradient(made: Collection[str], outputs: Tensor, inputs: Tensor) -> Tensor:
    """The loss part for a matrix, from the gradient at its outputs, (n, rows), and its inputs."""
    if "not summed" in made:
        return outputs[:, :, None] * inputs[:, None, :]
    return outputs.T @ inputs


def _penalty_gradient(made: Collection[str], A: Tensor, p: Problem) -> Tensor:
    """The gradient of the penalty with respect to one of its matrices (or to a regularized b1)."""
    if "penalty forgotten" in made and A.ndim == 2:
        return torch.zeros_like(A)
    gradient = p.lambd / 2 * A / A.norm() if "norm not squared" in made else p.lambd * A
    return _factor(made, PENALTY_FACTORS, len(p.X)) * gradient


def _bias_gradient(made: Collection[str], rows: Tensor, p: Problem) -> Tensor:
    """dJ/db1 from the gradient with respect to each example's z (or h)."""
    db1 = rows if "not summed" in made else rows.sum(0)
    if "bias regularized" in made:
        db1 = db1 + _penalty_gradient(made, p.b1, p)
    if "bias as a row" in made:
        return db1.reshape(1, -1)
    return db1.reshape(-1, 1) if "bias as a column" in made else db1
