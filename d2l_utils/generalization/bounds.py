"""What counting promises: a bound on the gap between training and test error (D2L 5.5, ex. 1)."""

from __future__ import annotations

import math
from typing import Annotated

from d2l_utils.border import Count, Number, checked

Probability = Annotated[float, Number(above=0, at_most=1)]


@checked
def uniform_bound(num_parameters: Count, n: Count, delta: Probability, bits: Count = 32) -> float:
    """Bound the gap between training and test error of all networks of a shape at once.

    Parameters of b bits make at most 2^(b P) classifiers. Hoeffding's inequality for each, and the
    union over all, give the square root of (b P log 2 + log(1 / delta)) / (2 n).

    Args:
        num_parameters: Number P of parameters.
        n: Number of training examples, drawn independently.
        delta: Probability with which the bound may fail.
        bits: Bits b per parameter.

    Returns:
        What the test error exceeds the training error by at most, with probability 1 - `delta`, for
        every classifier of the class. An error rate is at most 1, so from 1 on it says nothing.

    Raises:
        TypeError: If a number of things is not whole.
        ValueError: If a number is out of range.
    """
    nats = float(bits) * float(num_parameters) * math.log(2) - math.log(delta)
    return math.sqrt(nats / (2 * n))
