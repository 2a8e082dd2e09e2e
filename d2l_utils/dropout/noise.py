"""Random factors of mean one: for units, for weights, of any law.

The numbers come from `torch.rand` and `torch.randn` with a generator. `torch.nn.functional.dropout`
takes none, and its masks differ between processors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal

import torch
from torch import Generator, Tensor

from d2l_utils.border import AtLeastZero, Count, Held, Number, checked
from d2l_utils.dropout.masks import check_probability

MOST_NUMBERS = 2**27
"""Random numbers drawn by one call: 1 GiB."""

Kind = Literal["dropout", "gaussian", "uniform", "log-normal", "two-point"]


@checked
def drop_units(h: Held, p: float, generator: Generator | None = None) -> Tensor:
    """Drop units: each entry is 0 with probability p, and divided by 1 - p otherwise.

    Args:
        h: Activations of any shape, floating point.
        p: Probability that an entry is dropped, at least 0 and below 1.
        generator: Where the random numbers come from, on the device of `h`; torch's own by default.

    Returns:
        Like `h`. Which entries are dropped does not depend on its dtype; with p = 0 none is.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If `p` is out of range or the generator is for another device.
    """
    check_probability(p)
    _check_drawn(h, "h", generator)
    return _scale_kept(h, h.shape, p, generator)


@checked
def drop_connect(
    W: Held,
    p: float,
    generator: Generator | None = None,
    per_example: bool = False,
    *,
    num_examples: Count = 1,
) -> Tensor:
    """Drop weights: each entry is 0 with probability p, and divided by 1 - p otherwise.

    Source: Wan et al. (2013), with the survivors scaled as in inverted dropout.

    Args:
        W: Weights of any shape, floating point.
        p: Probability that a weight is dropped, at least 0 and below 1.
        generator: Where the random numbers come from, on the device of `W`; torch's own by default.
        per_example: Whether each example gets weights of its own; otherwise all share one mask.
        num_examples: How many examples there are; without `per_example` it must be 1.

    Returns:
        Like `W`, or with `per_example` of shape `(num_examples, *W.shape)`: for examples X of shape
        `(n, fan_in)` that is used as ``torch.einsum("ni,nio->no", X, weights)``.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If `p` is out of range, the generator is for another device, the masks would
            have more than 2**27 entries, or `num_examples` is given without `per_example`.
    """
    check_probability(p)
    _check_drawn(W, "W", generator)
    if not per_example and num_examples != 1:
        raise ValueError(
            f"num_examples: expected 1 as all examples share one mask, got {num_examples}"
        )
    shape = (num_examples, *W.shape) if per_example else tuple(W.shape)
    _check_size("num_examples", shape)
    return _scale_kept(W, shape, p, generator)


@checked
def multiplicative_noise(
    shape: Sequence[Annotated[int, Number(at_least=0)]],
    kind: Kind,
    variance: AtLeastZero,
    generator: Generator | None = None,
) -> Tensor:
    r"""Draw independent factors with mean 1 and a given variance v.

    - ``"dropout"``: 0 with probability p = v / (1 + v), otherwise 1 / (1 - p) = 1 + v;
    - ``"gaussian"``: normal;
    - ``"uniform"``: between :math:`1 \pm \sqrt{3v}`;
    - ``"log-normal"``: the exponential of a normal number of variance log(1 + v), never negative;
    - ``"two-point"``: :math:`1 - \sqrt v` or :math:`1 + \sqrt v`, equally often.

    Args:
        shape: Of the result.
        kind: The law.
        variance: v, at most 10,000; for dropout with probability p it is p / (1 - p).
        generator: Where the random numbers come from; torch's own by default.

    Returns:
        The factors, float64, on the generator's device.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the shape has more than 2**27 entries, or `kind` or `variance` is not known.
    """
    if variance > 10_000:
        raise ValueError(f"variance: expected at most 10,000, got {variance!r:.60}")
    _check_size("shape", tuple(shape))
    v = float(variance)
    device = generator.device if generator is not None else torch.device("cpu")

    def draw(sample: str) -> Tensor:
        of: Tensor = getattr(torch, sample)(
            tuple(shape), generator=generator, dtype=torch.float64, device=device
        )
        return of

    if kind == "dropout":
        return (draw("rand") >= v / (1 + v)).double() * (1 + v)
    if kind == "gaussian":
        return 1 + math.sqrt(v) * draw("randn")
    if kind == "uniform":
        return 1 + math.sqrt(3 * v) * (2 * draw("rand") - 1)
    if kind == "log-normal":
        spread = math.log1p(v)
        return (math.sqrt(spread) * draw("randn") - spread / 2).exp()
    return 1 + math.sqrt(v) * (1 - 2 * (draw("rand") < 0.5).double())


def _scale_kept(
    values: Tensor, shape: Sequence[int], p: float, generator: Generator | None
) -> Tensor:
    drawn = torch.rand(tuple(shape), generator=generator, dtype=torch.float64, device=values.device)
    return values * (drawn >= p) / (1 - p)


def _check_drawn(values: Tensor, name: str, generator: Generator | None) -> None:
    if not values.is_floating_point():
        raise TypeError(f"{name}: expected floating-point numbers, got {values.dtype}")
    if generator is not None and generator.device.type != values.device.type:
        raise ValueError(
            f"generator: expected one for {values.device.type}, got one for {generator.device.type}"
        )


def _check_size(name: str, shape: Sequence[int]) -> None:
    if (numbers := math.prod(shape)) > MOST_NUMBERS:
        raise ValueError(
            f"{name}: expected at most {MOST_NUMBERS:,} random numbers in all, got {numbers:,}"
        )
