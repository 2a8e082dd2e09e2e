"""The error of least squares of minimum norm, exactly, for every number of examples and features.

With Gaussian inputs the expected error of the solution of minimum norm has a closed form on both
sides of p = n: the inverse Wishart distribution gives the variance, a random projection the bias.
It rises to infinity at p = n and falls beyond. D2L 5.5, exercise 1.
"""

from __future__ import annotations

import math

from d2l_utils.border import AtLeastZero, Count, checked


@checked
def min_norm_risk(n: Count, p: Count, signal: AtLeastZero, noise: AtLeastZero) -> float:
    """Compute the expected squared error of minimum-norm least squares on a new example.

    Inputs are standard normal in p dimensions, and y = x'w + e with independent e. What features
    that are left out contribute belongs to e, if it is independent of those that are used.

    Args:
        n: Number of examples.
        p: Number of features.
        signal: Squared norm of the true weights w.
        noise: Variance of e.

    Returns:
        The expectation over examples, noise and the new example, whose own noise is included.
        Infinite for p from n - 1 to n + 1, unless there is no noise.

    Raises:
        TypeError: If `n` or `p` is not a whole number.
        ValueError: If a number is out of range.

    Source: Belkin, Hsu and Xu (2020), Two models of double descent for weak features.
    """
    missed = signal * (1 - n / p) if p > n else 0.0
    if noise == 0:
        return missed
    if abs(p - n) <= 1:
        return math.inf
    spread = p / (n - p - 1) if p < n else n / (p - n - 1)
    return missed + noise * (1 + spread)
