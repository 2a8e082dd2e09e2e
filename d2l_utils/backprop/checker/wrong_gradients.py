"""The gradients that each mistake of the catalogue gives, alone or with others.

`Propagation` runs the forward and backward propagation of D2L section 5.3 with a hidden bias (see
`d2l_utils.backprop`) and makes the given mistakes on the way. A gradient is

    whole(scale * structure + penalty),

where each mistake acts on one of the four, according to its place. What several sets of mistakes
have in common is computed once, for `d2l_utils.backprop.checker.diagnosis` tries thousands of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS
from d2l_utils.backprop.checker.other_activations import KNOWN_ACTIVATIONS, slope_from_h
from d2l_utils.backprop.derivatives import Activation

Made = frozenset[str]
"""Names of mistakes made together."""

AMOUNTS: dict[str, float] = {"W2 updated first": 0.1, "entries clipped": 0.1, "norm clipped": 0.1}
"""Mistakes with a number of the reader's own (a learning rate, a limit) -> an example of it."""

SCALES: dict[str, Callable[[int, int], float]] = {
    "difference reversed": lambda n, q: -1,
    "2 of the square kept": lambda n, q: 2,
    "2 of the square lost": lambda n, q: 1 / 2,
    "cross-entropy doubled": lambda n, q: 2,
    "cross-entropy halved": lambda n, q: 1 / 2,
    "library's squared error": lambda n, q: 2 / q,
    "mean over outputs": lambda n, q: 1 / q,
    "1/n forgotten": lambda n, q: n,
    "1/n twice": lambda n, q: 1 / n,
    "loss part missing": lambda n, q: 0,
}
"""Mistakes that multiply the loss part -> by what, with n examples and q outputs."""

PENALTY_SCALES: dict[str, Callable[[int], float]] = {
    "penalty subtracted": lambda n: -1,
    "penalty doubled": lambda n: 2,
    "penalty halved": lambda n: 1 / 2,
    "penalty over n": lambda n: 1 / n,
    "penalty times n": lambda n: n,
}
"""The same for the penalty's part."""

WHOLE_SCALES: dict[str, Callable[[int], float]] = {
    "sign flipped": lambda n: -1,
    "J doubled": lambda n: 2,
    "J halved": lambda n: 1 / 2,
    "J times n": lambda n: n,
    "J over n": lambda n: 1 / n,
}
"""The same for the sum of both."""

EXAMPLES: dict[str, tuple[int, bool]] = {
    "first example only": (0, False),
    "last example only": (-1, False),
    "first example as batch": (0, True),
    "last example as batch": (-1, True),
}
"""Mistakes that leave one example -> which, and whether it counts n times."""


def _made_at(*places: str) -> Made:
    return frozenset(name for name, mistake in MISTAKES.items() if mistake.place in places)


_HIDDEN_PART = _made_at("bias")
_OUTPUT_PART = _made_at("bias", "output", "examples")
_SLOPE_PART = _made_at("bias", "output", "examples", "slope")


class Propagation:
    """Forward and backward propagation on one problem, with mistakes.

    Attributes:
        problem: The data and the parameters.
        amounts: The reader's own numbers, for the keys of `AMOUNTS`; may be changed at any time.
    """

    def __init__(self, problem: Problem) -> None:
        """Prepare a problem.

        Args:
            problem: The data and the parameters. Its activation is a key of `KNOWN_ACTIVATIONS`.
        """
        self.problem = problem
        self.amounts = dict(AMOUNTS)
        self._activation: Activation = KNOWN_ACTIVATIONS[problem.activation]
        self._known: dict[tuple[str, Made], Any] = {}

    def gradient(self, name: str, made: Made) -> Tensor:
        """Compute one gradient of J with mistakes.

        Args:
            name: ``"W1"``, ``"b1"`` or ``"W2"``.
            made: The mistakes.
        """
        loss = self.scale(made) * self.structure(name, made)
        return self._whole(name, made, loss + self.penalty(name, made))

    def structure(self, name: str, made: Made) -> Tensor:
        """The loss part without the factors of `scale`; in a shape of its own where `made` says.

        Args:
            name: The parameter.
            made: The mistakes; those at other places than `STRUCTURE` matter only to the update of
                "W2 updated first".
        """
        p = self.problem
        if name == "W2":
            z, h = self._hidden(made)
            return _weight_part(made, self._output(made), z if "z for h" in made else h)
        updated = "W2 updated first" in made
        dh, dz = self._backward(made, self._updated(made)) if updated else self._at_hidden(made)
        if name == "W1":
            return _weight_part(made, dz, p.X)
        return self._bias_part(made, dh, dz)

    def scale(self, made: Made) -> float:
        """By what the loss part is multiplied."""
        n, q = len(self.problem.X), len(self.problem.W2)
        return math.prod(SCALES[mistake](n, q) for mistake in made & SCALES.keys())

    def penalty(self, name: str, made: Made) -> Tensor:
        """The penalty's part of a gradient; zero, of shape (), where there is none."""
        p = self.problem
        if name == "b1":
            # One number for each example has nothing to do with b1's shape.
            missing = "bias regularized" not in made or "summed over units" in made
        else:
            missing = "penalty forgotten" in made
        if missing:
            return torch.zeros((), dtype=torch.float64, device="cpu")
        A: Tensor = getattr(p, name)
        part: Tensor
        lambd = 1.0 if "λ forgotten" in made else p.lambd
        if "norm not squared" in made:
            part = lambd / 2 * A / A.norm()
        elif "norm alone" in made:
            part = A / A.norm()
        elif "one norm for both" in made:
            part = lambd / 2 * A / torch.hypot(p.W1.norm(), p.W2.norm())
        else:
            part = lambd * (A.sign() if "absolute values" in made else A)
        scales = [PENALTY_SCALES[mistake](len(p.X)) for mistake in made & PENALTY_SCALES.keys()]
        return math.prod(scales) * part

    def _whole(self, name: str, made: Made, gradient: Tensor) -> Tensor:
        """What mistakes in the sum of both parts make of it."""
        n = len(self.problem.X)
        scales = [WHOLE_SCALES[mistake](n) for mistake in made & WHOLE_SCALES.keys()]
        gradient = math.prod(scales) * gradient if scales else gradient
        if "entries clipped" in made:
            gradient = gradient.clamp(*_around_0(self.amounts["entries clipped"]))
        elif "norm clipped" in made:
            gradient = gradient * (self.amounts["norm clipped"] / gradient.norm()).clamp(max=1)
        if name != "b1":
            return gradient.mT if "transposed" in made else gradient
        if "bias as a row" in made:
            return gradient.reshape(1, -1)
        return gradient.reshape(-1, 1) if "bias as a column" in made else gradient

    def _once(self, stage: str, made: Made, relevant: Made, compute: Callable[[Made], Any]) -> Any:
        key = (stage, made & relevant)
        if key not in self._known:
            self._known[key] = compute(key[1])
        return self._known[key]

    def _hidden(self, made: Made) -> tuple[Tensor, Tensor]:
        """Z and h, (n, num_hiddens)."""

        def compute(made: Made) -> tuple[Tensor, Tensor]:
            p = self.problem
            z = p.X @ p.W1.T + (0 if "bias not added" in made else p.b1)
            return z, self._activation.phi(z)

        hidden: tuple[Tensor, Tensor] = self._once("hidden", made, _HIDDEN_PART, compute)
        return hidden

    def _output(self, made: Made) -> Tensor:
        """dJ/do, (n, num_outputs), without the factors of `scale`."""

        def compute(made: Made) -> Tensor:
            p = self.problem
            o = self._hidden(made)[1] @ p.W2.T
            label = p.y if p.loss == "squared" else one_hot(p.y, len(p.W2)).to(o.dtype)
            do = _difference(made, o, label, p.loss) / len(o)
            for mistake, (kept, as_batch) in EXAMPLES.items():
                if mistake in made:
                    one = torch.zeros_like(do)
                    one[kept] = do[kept] * (len(o) if as_batch else 1)
                    return one
            return do

        output: Tensor = self._once("output", made, _OUTPUT_PART, compute)
        return output

    def _at_hidden(self, made: Made) -> tuple[Tensor, Tensor]:
        """dJ/dh and dJ/dz, (n, num_hiddens)."""

        def compute(made: Made) -> tuple[Tensor, Tensor]:
            return self._backward(made, self.problem.W2)

        at_hidden: tuple[Tensor, Tensor] = self._once("at hidden", made, _SLOPE_PART, compute)
        return at_hidden

    def _backward(self, made: Made, W2: Tensor) -> tuple[Tensor, Tensor]:
        dh = self._output(made) @ W2
        return dh, self._through_slope(made, dh)

    def _updated(self, made: Made) -> Tensor:
        """W2 after a step against its gradient, made with the same mistakes."""
        gradient = self.scale(made) * self.structure("W2", made - {"not summed"})
        step = self.amounts["W2 updated first"]
        return self.problem.W2 - step * (gradient + self.penalty("W2", made))

    def _through_slope(self, made: Made, dh: Tensor) -> Tensor:
        """dJ/dz."""
        z, h = self._hidden(made)
        if "φ' forgotten" in made:
            return dh
        if "h for φ'" in made:
            return dh * h
        if "slope of tanh" in made:
            return dh * (1 - h**2)
        if "slope of sigmoid" in made:
            return dh * (h * (1 - h))
        if "slope of relu" in made:
            return dh * (z > 0)
        from_h = slope_from_h(self.problem.activation)
        if "φ' in terms of h, at z" in made:
            return dh * from_h(z)
        if "φ' in terms of h, at dJ/dh" in made:
            return dh * from_h(dh)
        return dh * self._activation.slope(h if "φ' at h" in made else z)

    def _bias_part(self, made: Made, dh: Tensor, dz: Tensor) -> Tensor:
        if "φ' as a matrix product" in made:
            return (self._activation.slope(self._hidden(made)[0]).T @ dh).sum(0)
        rows = dh if "bias from h" in made else dz
        if "not summed" in made:
            return rows
        if "summed to one number" in made:
            return rows.sum()
        return rows.sum(1 if "summed over units" in made else 0)


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
    possible = frozenset(m for m in made if MISTAKES[m].loss in ("", problem.loss))
    propagation = Propagation(problem)
    return {name: propagation.gradient(name, possible) for name in PARAMETERS}


def _difference(made: Made, o: Tensor, label: Tensor, loss: str) -> Tensor:
    """Prediction minus label, (n, num_outputs)."""
    a = torch.sigmoid(o)
    if "sigmoid outputs" in made:
        return a - label
    if "sigmoid outputs and slope" in made:
        return (a - label) * a * (1 - a)
    if loss == "squared" or "softmax forgotten" in made:
        return o - label
    if "softmax over everything" in made:
        return torch.softmax(o.flatten(), 0).reshape(o.shape) - label
    p = torch.softmax(o, dim=0 if "softmax over examples" in made else 1)
    if "softmax's slope" in made:
        return (p - label) * p * (1 - p)
    return p if "label forgotten" in made else p - label


def _weight_part(made: Made, outputs: Tensor, inputs: Tensor) -> Tensor:
    """The loss part for a matrix, from the gradient at its outputs, (n, rows), and its inputs."""
    if "not summed" in made:
        return outputs[:, :, None] * inputs[:, None, :]
    return outputs.T @ inputs


def _around_0(limit: float) -> tuple[float, float]:
    return -limit, limit
