"""The metric of the competition, and what a constant scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from d2l_utils.border import checked
from d2l_utils.houses.arguments import prices


@dataclass(frozen=True)
class Baseline:
    """The best constant prediction.

    Attributes:
        price: The geometric mean of the prices, in dollars.
        score: Its error on these prices: the standard deviation of their logs, with n below.
    """

    price: float
    score: float


@checked
def rmsle(y_hat: Any, y: Any) -> float:
    """Root of the mean squared difference of the logs of prices, the competition's metric.

    Args:
        y_hat: Predicted prices in dollars: a list, Series, array or tensor of one axis.
        y: True prices in the same order.

    Returns:
        The error, for small ones about the typical relative error of a price.

    Raises:
        TypeError: If they are not numbers.
        ValueError: If they are not equally many, or one is not a price.
    """
    true = prices("y", y)
    difference = np.log(prices("y_hat", y_hat, len(true))) - np.log(true)
    return float(np.sqrt(np.mean(difference**2)))


@checked
def constant_baseline(y: Any) -> Baseline:
    """Find the constant that has the least error, which knows nothing of a house.

    Args:
        y: Prices in dollars.

    Returns:
        The constant and its error.

    Raises:
        TypeError: If they are not numbers.
        ValueError: If there are none, or one is not a price.
    """
    logs = np.log(prices("y", y))
    return Baseline(float(np.exp(logs.mean())), float(logs.std()))
