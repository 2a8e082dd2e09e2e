"""The problems on which a reader's function is tried.

Their numbers are drawn again until nothing about them hides a mistake or spoils a right answer: in
each there are hidden units that are on and others that are off, none is at relu's kink, and no
probability is so close to 0 or 1 that float32, or a small number added in a logarithm, would show.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Forward, Problem, backward, forward

SIZES: tuple[tuple[int, int, int, int, float], ...] = (
    # n, num_inputs, num_hiddens, num_outputs, lambd
    (5, 3, 4, 2, 0.5),
    (2, 6, 5, 4, 1.25),
    (7, 2, 5, 3, 0.0),  # no penalty
    (1, 3, 5, 2, 0.75),  # one example
    (1, 6, 4, 3, 8.0),  # one example; entries beyond 5, where gradients are often clipped
    (1, 2, 6, 4, 1.5),  # one example
    (12, 6, 8, 5, 0.25),  # no example has the last label
)
"""The problems. Sizes differ within each, so a lost transpose cannot hide."""

MOST_DRAWS = 1000
"""So often one problem is drawn; a few times are the rule."""


def random_problems(activation: str, loss: str, seed: int) -> tuple[Problem, ...]:
    """Draw one problem for each entry of `SIZES`, in float64.

    Args:
        activation: The activation of all of them.
        loss: Their loss.
        seed: Seed of the data and the parameters.
    """
    gen = torch.Generator("cpu").manual_seed(seed)
    problems: list[Problem] = []
    for sizes in SIZES:
        last = len(problems) == len(SIZES) - 1
        draws = (_drawn(activation, loss, sizes, last, gen) for _ in range(MOST_DRAWS))
        problems.append(next(problem for problem in draws if _tells(forward(**vars(problem)))))
    return tuple(problems)


def right_gradients(problem: Problem) -> dict[str, Tensor]:
    """Compute the gradients by `d2l_utils.backprop`, which is checked against autograd."""
    g = backward(forward(**vars(problem)))
    return {"W1": g.W1, "b1": g.b1, "W2": g.W2}


def _drawn(
    activation: str,
    loss: str,
    sizes: tuple[int, int, int, int, float],
    last: bool,
    gen: torch.Generator,
) -> Problem:
    n, num_inputs, num_hiddens, num_outputs, lambd = sizes

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=gen, dtype=torch.float64, device="cpu")

    # A class without an example catches who takes the number of classes from the labels.
    classes = num_outputs - 1 if last else num_outputs
    labels = torch.randint(classes, (n,), generator=gen, device="cpu")
    y = labels if loss == "cross_entropy" else normal(n, num_outputs)
    X, b1 = normal(n, num_inputs), normal(num_hiddens)
    W1 = normal(num_hiddens, num_inputs) * math.sqrt(2 / num_inputs)
    W2 = normal(num_outputs, num_hiddens) / math.sqrt(num_hiddens)
    return Problem(X, y, W1, b1, W2, lambd, activation, loss)


def _tells(result: Forward) -> bool:
    """Whether the numbers of a problem neither hide a mistake nor spoil a right answer."""
    z, g = result.z, backward(result)
    if z.abs().min() < 0.01 or min(int((z > 0).sum()), int((z < 0).sum())) < 2:
        return False
    if result.loss == "cross_entropy":
        p = torch.softmax(result.o, 1)[range(len(z)), result.y]
        if p.min() < 0.04 or p.max() > 0.95:
            return False
    # Where numbers nearly cancel, what is left of them in float32 is rounding.
    if result.o.abs().max() > 5 or g.b1.abs().max() < g.z.abs().max() / 2:
        return False
    W1_loss, W2_loss = g.W1 - result.lambd * result.W1, g.W2 - result.lambd * result.W2
    return bool(min(part.abs().max() for part in (g.b1, W1_loss, W2_loss)) >= 0.03)
