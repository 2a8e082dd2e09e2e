"""Successive halving and Hyperband: how many settings are trained for how long."""

from __future__ import annotations

from typing import Annotated

from d2l_utils.border import Count, Number, checked

Factor = Annotated[int, Number(at_least=2)]
"""One in this many settings survives a round."""

Rounds = list[tuple[int, int]]


@checked
def halving_rounds(settings: Count, shortest: Count, longest: Count, eta: Factor = 2) -> Rounds:
    """State the rounds of successive halving (Jamieson and Talwalkar 2016).

    Args:
        settings: How many start.
        shortest: Epochs of the first round.
        longest: Epochs at the end of the last round, `shortest` times a power of `eta`.
        eta: One in this many survives a round, rounded down, but at least one; each round trains
            the survivors on until they have had `eta` times as many epochs.

    Returns:
        For each round how many settings it trains, and the epochs that they have had at its end.

    Raises:
        TypeError: If an argument is no integer.
        ValueError: If `longest` is not `shortest` times a power of `eta`.
    """
    rounds, n, epochs = [], int(settings), int(shortest)
    while epochs <= longest:
        rounds.append((n, epochs))
        n, epochs = max(1, n // eta), epochs * eta
    if rounds == [] or rounds[-1][1] != longest:
        raise ValueError(f"longest: expected {shortest} times a power of {eta}, got {longest}")
    return rounds


@checked
def halving_cost(settings: Count, shortest: Count, longest: Count, eta: Factor = 2) -> int:
    """Count the epochs that `halving_rounds` trains, none of them twice.

    Args:
        settings: As there.
        shortest: As there.
        longest: As there.
        eta: As there.

    Returns:
        The sum over the rounds of their settings times their new epochs.

    Raises:
        TypeError: If an argument is no integer.
        ValueError: If `longest` is not `shortest` times a power of `eta`.
    """
    rounds = halving_rounds(settings, shortest, longest, eta)
    before = [0, *(epochs for _, epochs in rounds)]
    return sum(n * (epochs - done) for (n, epochs), done in zip(rounds, before, strict=False))


@checked
def hyperband_brackets(longest: Count, eta: Factor = 3) -> list[Rounds]:
    """State the brackets of Hyperband (Li et al. 2018), the most impatient first.

    Args:
        longest: Epochs that a setting may have at most.
        eta: One in this many survives a round.

    Returns:
        With S the largest s for which ``eta**s`` is at most `longest`: for each s from S to 0 the
        rounds of successive halving from ceil((S + 1) eta^s / (s + 1)) settings. Epochs are
        `longest` over a power of `eta`, rounded down.

    Raises:
        TypeError: If an argument is no integer.
        ValueError: If a number is out of range.
    """
    largest = 0
    while eta ** (largest + 1) <= longest:
        largest += 1
    brackets = []
    for s in range(largest, -1, -1):
        settings = -(-(largest + 1) * eta**s // (s + 1))
        brackets.append([(settings // eta**i, longest // eta ** (s - i)) for i in range(s + 1)])
    return brackets
