"""Each mistake of the catalogue against a gradient worked out on paper.

Three examples with unit inputs, two hidden units and the bias are chosen such that everything is a
fraction: both units have z = log 2, log 3 and 0, so that h = tanh(z) = 3/5, 4/5 and 0 with slopes
16/25, 9/25 and 1. With inputs e1, e2, e3 the gradient of W1 is dJ/dz, transposed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import exp, log, sqrt, tanh

import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS
from d2l_utils.backprop.checker.wrong_gradients import gradients_with
from d2l_utils.checks.claims import relative_error

pytestmark = pytest.mark.exercise(2)

Three = tuple[Tensor, Tensor, Tensor]
"""The gradients of W1, b1 and W2."""


def matrix(*rows: list[float]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


LAMBDA = 0.1
X = torch.eye(3, dtype=torch.float64)
W1 = matrix([log(4), log(6), log(2)], [0, log(1.5), -log(2)])
b1 = torch.tensor([-log(2), log(2)], dtype=torch.float64)
Z = matrix([log(2)] * 2, [log(3)] * 2, [0, 0])
H = matrix([3 / 5] * 2, [4 / 5] * 2, [0, 0])
SLOPE = matrix([16 / 25] * 2, [9 / 25] * 2, [1, 1])

# The squared loss: o - y is (1, 2, 1, 5), (3, -1, -1, 0) and (0, 1, 0, 0).
W2 = matrix([1, 1], [2, 0], [-1, 1], [0, 0])
TARGETS = matrix([1 / 5, -4 / 5, -1, -5], [-7 / 5, 13 / 5, 1, 0], [0, -1, 0, 0])
SQUARED = Problem(X, TARGETS, W1, b1, W2, LAMBDA, "tanh", "squared")
DO = matrix([1 / 3, 2 / 3, 1 / 3, 5 / 3], [1, -1 / 3, -1 / 3, 0], [0, 1 / 3, 0, 0])
DH = matrix([4 / 3, 2 / 3], [2 / 3, 2 / 3], [2 / 3, 0])
DZ = matrix([64 / 75, 32 / 75], [6 / 25, 6 / 25], [2 / 3, 0])
DB1 = torch.tensor([44 / 25, 2 / 3], dtype=torch.float64)
DW2 = matrix([1, 1], [2 / 15, 2 / 15], [-1 / 15, -1 / 15], [1, 1])

# Cross-entropy: the outputs are (log 8, 0), (log 16, 0) and (0, 0).
V2 = matrix([3 * log(2), 2 * log(2)], [0, 0])
CLASSES = torch.tensor([0, 1, 1])
ENTROPY = Problem(X, CLASSES, W1, b1, V2, LAMBDA, "tanh", "cross_entropy")
PROBABILITIES = matrix([8 / 9, 1 / 9], [16 / 17, 1 / 17], [1 / 2, 1 / 2])
OVER_EXAMPLES = matrix([8 / 25, 1 / 3], [16 / 25, 1 / 3], [1 / 25, 1 / 3])
LABELS = matrix([1, 0], [0, 1], [0, 1])
# All six powers of e, 8, 1, 16, 1, 1 and 1, add up to 28.
OVER_EVERYTHING = matrix([8 / 28, 1 / 28], [16 / 28, 1 / 28], [1 / 28, 1 / 28])
OUTPUTS = matrix([log(8), 0], [log(16), 0], [0, 0])


# Without an activation h is z, and targets give the same gradient at the outputs.
IDENTITY = replace(SQUARED, y=Z @ W2.T - 3 * DO, activation="identity")


def identity(slope: Tensor) -> Three:
    return back(DO, Z, slope)


def squared(loss: float, penalty: float) -> Three:
    """The right parts, each times a factor."""
    with_penalty = penalty * LAMBDA
    return loss * DZ.T + with_penalty * W1, loss * DB1, loss * DW2 + with_penalty * W2


def back(do: Tensor, h: Tensor = H, slope: Tensor = SLOPE) -> Three:
    """With another gradient at the outputs, or other activations."""
    dz = do @ W2 * slope
    return dz.T + LAMBDA * W1, dz.sum(0), do.T @ h + LAMBDA * W2


def entropy(do: Tensor, loss: float = 1) -> Three:
    """The gradients of cross-entropy, `do` still without 1/n."""
    dz = loss * do[:, :1] * V2[0] * SLOPE / 3
    return dz.T + LAMBDA * W1, dz.sum(0), loss * do.T @ H / 3 + LAMBDA * V2


def of_example(number: int, counted: float) -> Three:
    do = torch.zeros_like(DO)
    do[number] = counted * DO[number]
    return back(do)


def bias_not_added() -> Three:
    """z is W1's columns: their hyperbolic tangents are 15/17, 35/37, 3/5 and 0, 5/13, -3/5."""
    a, b, c, d = 15 / 17, 35 / 37, 5 / 13, 3 / 5
    o = matrix([a, 2 * a, -a, 0], [b + c, 2 * b, c - b, 0], [0, 2 * d, -2 * d, 0])
    h = matrix([a, 0], [b, c], [d, -d])
    slope = matrix([64 / 289, 1], [144 / 1369, 144 / 169], [16 / 25, 16 / 25])
    return back((o - TARGETS) / 3, h, slope)


def at_h() -> Three:
    slope = [1 - tanh(3 / 5) ** 2, 1 - tanh(4 / 5) ** 2, 1]
    return back(DO, slope=matrix(*([each] * 2 for each in slope)))


def norm_not_squared() -> Three:
    """The Frobenius norm of W2 is the root of 8."""
    half = LAMBDA / 2
    return with_penalty(half / norms()[0] * W1, half / norms()[1] * W2)


def norms() -> tuple[float, float]:
    """The Frobenius norms of W1 and W2."""
    return sqrt(log(4) ** 2 + log(6) ** 2 + 2 * log(2) ** 2 + log(1.5) ** 2), sqrt(8)


def with_penalty(dW1: Tensor, dW2: Tensor) -> Three:
    """The right loss parts with other penalties."""
    return DZ.T + dW1, DB1, DW2 + dW2


def signs() -> Three:
    return with_penalty(
        LAMBDA * matrix([1, 1, 1], [0, 1, -1]),
        LAMBDA * matrix([1, 1], [1, 0], [-1, 1], [0, 0]),
    )


def squashed(slope: bool) -> Three:
    """a = sigmoid(o) at o = y + 3 do, which is (6/5, 6/5, 0, 0), (8/5, 8/5, 0, 0) and 0."""
    p, q = 1 / (1 + exp(-1.2)), 1 / (1 + exp(-1.6))
    a = matrix([p, p, 0.5, 0.5], [q, q, 0.5, 0.5], [0.5] * 4)
    return back((a - TARGETS) * (a * (1 - a) if slope else 1) / 3)


def updated_first() -> Three:
    """dJ/dh through W2 − (DW2 + λ W2)/10."""
    dh = DO @ (W2 - 0.1 * (DW2 + LAMBDA * W2))
    dz = dh * SLOPE
    return dz.T + LAMBDA * W1, dz.sum(0), DW2 + LAMBDA * W2


def rows_of_a_product() -> Tensor:
    """SLOPE has equal columns, so both rows of its transpose times DH are the same."""
    row = [
        16 / 25 * 4 / 3 + 9 / 25 * 2 / 3 + 2 / 3,
        16 / 25 * 2 / 3 + 9 / 25 * 2 / 3,
    ]
    return 2 * torch.tensor(row, dtype=torch.float64)


def shrunk() -> Three:
    """Each gradient's norm is shrunk to 1/10, which it exceeds in all three."""
    return tuple(g / 10 / g.norm() for g in squared(1, 1))  # type: ignore[return-value]


def not_summed() -> Three:
    """One matrix, or row, for each example."""
    dW1 = torch.zeros(3, 2, 3, dtype=torch.float64)
    for i in range(3):
        dW1[i, :, i] = DZ[i]
    dW2 = torch.stack([matrix(*([3 / 5 * x] * 2 for x in (1 / 3, 2 / 3, 1 / 3, 5 / 3))),
                       matrix(*([4 / 5 * x] * 2 for x in (1, -1 / 3, -1 / 3, 0))),
                       torch.zeros(4, 2, dtype=torch.float64)])  # fmt: skip
    return dW1 + LAMBDA * W1, DZ, dW2 + LAMBDA * W2


def replaced(**one: Tensor) -> Three:
    """The right gradients with some of them replaced."""
    right = dict(zip(PARAMETERS, squared(1, 1), strict=True))
    return tuple((right | one).values())  # type: ignore[return-value]


BY_HAND: dict[str, tuple[Problem, Callable[[], Three]]] = {
    "sign flipped": (SQUARED, lambda: tuple(-g for g in squared(1, 1))),  # type: ignore[dict-item]
    "J doubled": (SQUARED, lambda: squared(2, 2)),
    "J halved": (SQUARED, lambda: squared(1 / 2, 1 / 2)),
    "J times n": (SQUARED, lambda: squared(3, 3)),
    "J over n": (SQUARED, lambda: squared(1 / 3, 1 / 3)),
    "difference reversed": (SQUARED, lambda: squared(-1, 1)),
    "penalty subtracted": (SQUARED, lambda: squared(1, -1)),
    "softmax forgotten": (ENTROPY, lambda: entropy(OUTPUTS - LABELS)),
    "softmax over examples": (ENTROPY, lambda: entropy(OVER_EXAMPLES - LABELS)),
    "softmax over everything": (ENTROPY, lambda: entropy(OVER_EVERYTHING - LABELS)),
    "softmax's slope": (
        ENTROPY,
        lambda: entropy(matrix([-8 / 729, 8 / 729], [256 / 4913, -256 / 4913], [1 / 8, -1 / 8])),
    ),
    "sigmoid outputs": (SQUARED, lambda: squashed(slope=False)),
    "sigmoid outputs and slope": (SQUARED, lambda: squashed(slope=True)),
    "label forgotten": (ENTROPY, lambda: entropy(PROBABILITIES)),
    "2 of the square kept": (SQUARED, lambda: squared(2, 1)),
    "2 of the square lost": (SQUARED, lambda: squared(1 / 2, 1)),
    "cross-entropy doubled": (ENTROPY, lambda: entropy(PROBABILITIES - LABELS, 2)),
    "cross-entropy halved": (ENTROPY, lambda: entropy(PROBABILITIES - LABELS, 1 / 2)),
    "library's squared error": (SQUARED, lambda: squared(2 / 4, 1)),
    "mean over outputs": (SQUARED, lambda: squared(1 / 4, 1)),
    "1/n forgotten": (SQUARED, lambda: squared(3, 1)),
    "1/n twice": (SQUARED, lambda: squared(1 / 3, 1)),
    "loss part missing": (SQUARED, lambda: squared(0, 1)),
    "first example only": (SQUARED, lambda: of_example(0, 1)),
    "last example only": (SQUARED, lambda: of_example(2, 1)),
    "first example as batch": (SQUARED, lambda: of_example(0, 3)),
    "last example as batch": (SQUARED, lambda: of_example(2, 3)),
    "bias not added": (SQUARED, bias_not_added),
    "φ' forgotten": (SQUARED, lambda: replaced(W1=DH.T + LAMBDA * W1, b1=DH.sum(0))),
    "φ' at h": (SQUARED, at_h),
    "φ' in terms of h, at z": (SQUARED, lambda: back(DO, slope=1 - Z**2)),
    "φ' in terms of h, at dJ/dh": (SQUARED, lambda: back(DO, slope=1 - DH**2)),
    "h for φ'": (SQUARED, lambda: back(DO, slope=H)),
    "slope of relu": (SQUARED, lambda: back(DO, slope=matrix([1, 1], [1, 1], [0, 0]))),
    "slope of tanh": (IDENTITY, lambda: identity(1 - Z**2)),
    "slope of sigmoid": (
        SQUARED,
        lambda: back(DO, slope=matrix([6 / 25, 6 / 25], [4 / 25, 4 / 25], [0, 0])),
    ),
    "W2 updated first": (SQUARED, updated_first),
    "φ' as a matrix product": (SQUARED, lambda: replaced(b1=rows_of_a_product())),
    "bias from h": (SQUARED, lambda: replaced(b1=DH.sum(0))),
    "z for h": (SQUARED, lambda: replaced(W2=DO.T @ Z + LAMBDA * W2)),
    "penalty forgotten": (SQUARED, lambda: squared(1, 0)),
    "penalty doubled": (SQUARED, lambda: squared(1, 2)),
    "penalty halved": (SQUARED, lambda: squared(1, 1 / 2)),
    "λ forgotten": (SQUARED, lambda: with_penalty(W1, W2)),
    "norm not squared": (SQUARED, norm_not_squared),
    "norm alone": (SQUARED, lambda: with_penalty(W1 / norms()[0], W2 / norms()[1])),
    "one norm for both": (
        SQUARED,
        lambda: with_penalty(
            *(LAMBDA / 2 / sqrt(norms()[0] ** 2 + 8) * A for A in (W1, W2)),
        ),
    ),
    "absolute values": (SQUARED, signs),
    "penalty over n": (SQUARED, lambda: squared(1, 1 / 3)),
    "penalty times n": (SQUARED, lambda: squared(1, 3)),
    "bias regularized": (SQUARED, lambda: replaced(b1=DB1 + LAMBDA * b1)),
    "transposed": (
        SQUARED,
        lambda: replaced(W1=DZ + LAMBDA * W1.T, W2=DW2.T + LAMBDA * W2.T),
    ),
    "not summed": (SQUARED, not_summed),
    "summed to one number": (
        SQUARED,
        lambda: replaced(b1=torch.tensor(182 / 75, dtype=torch.float64)),
    ),
    "summed over units": (
        SQUARED,
        lambda: replaced(b1=torch.tensor([32 / 25, 12 / 25, 2 / 3], dtype=torch.float64)),
    ),
    "entries clipped": (SQUARED, lambda: tuple(g.clamp(-0.1, 0.1) for g in squared(1, 1))),  # type: ignore[dict-item]
    "norm clipped": (SQUARED, shrunk),
    "bias as a row": (SQUARED, lambda: replaced(b1=matrix([44 / 25, 2 / 3]))),
    "bias as a column": (SQUARED, lambda: replaced(b1=matrix([44 / 25], [2 / 3]))),
}


def assert_gradients(made: tuple[str, ...], problem: Problem, expected: Three) -> None:
    found = gradients_with(made, problem)
    for name, by_hand in zip(PARAMETERS, expected, strict=True):
        assert found[name].shape == by_hand.shape, name
        assert relative_error(found[name], by_hand) < 1e-13, name


def test_every_mistake_is_worked_out() -> None:
    assert BY_HAND.keys() == MISTAKES.keys()


def test_without_a_mistake_the_gradients_are_the_right_ones() -> None:
    assert_gradients((), SQUARED, squared(1, 1))
    assert_gradients((), SQUARED, back(DO))
    assert_gradients((), ENTROPY, entropy(PROBABILITIES - LABELS))


@pytest.mark.parametrize("mistake", BY_HAND)
def test_a_mistake_gives_the_numbers_worked_out(mistake: str) -> None:
    problem, gradients = BY_HAND[mistake]
    assert_gradients((mistake,), problem, gradients())


@pytest.mark.parametrize(
    ("mistake", "penalty"),
    [
        ("penalty subtracted", -LAMBDA),
        ("penalty forgotten", LAMBDA),  # of the weights
        ("penalty doubled", 2 * LAMBDA),
        ("penalty halved", LAMBDA / 2),
        ("norm not squared", LAMBDA / 2 / (sqrt(2) * log(2))),
        ("penalty over n", LAMBDA / 3),
        ("penalty times n", 3 * LAMBDA),
        ("λ forgotten", 1),
        ("norm alone", 1 / (sqrt(2) * log(2))),
        ("one norm for both", LAMBDA / 2 / sqrt(norms()[0] ** 2 + 8)),
        ("absolute values", LAMBDA / log(2)),
    ],
)
def test_a_regularized_bias_has_the_penalty_with_its_mistake(mistake: str, penalty: float) -> None:
    _, gradients = BY_HAND[mistake]
    dW1, db1, dW2 = gradients()
    made = (mistake, "bias regularized")
    assert_gradients(made, SQUARED, (dW1, db1 + penalty * b1, dW2))
