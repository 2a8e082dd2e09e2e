"""Which known mistakes explain all that an engine gives; if none do, no name is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeVar

T = TypeVar("T")
MAX_TOGETHER = 3
"""How many mistakes at once are recognised."""


@dataclass(frozen=True)
class Evidence(Generic[T]):
    """What an engine gave on a list of programs, and how to judge it.

    Attributes:
        got: The outcomes; None for a program that the engine does not offer.
        outcomes_with: What our engine gives with mistakes of these names, on the same programs;
            raises ValueError for mistakes that cannot be made together.
        same: Whether two outcomes of the program at this place are the same.
        is_right: Whether an outcome of the program at this place is right.
    """

    got: tuple[T | None, ...]
    outcomes_with: Callable[[tuple[str, ...]], tuple[T | None, ...]]
    same: Callable[[int, T | None, T | None], bool]
    is_right: Callable[[int, T | None], bool]

    def wrong(self) -> list[int]:
        """Return the places of the programs that came out wrong."""
        return [
            place
            for place, each in enumerate(self.got)
            if each is not None and not self.is_right(place, each)
        ]

    def _fits(self, names: tuple[str, ...]) -> bool:
        """Whether these mistakes give all outcomes; another right outcome is as good."""
        return all(
            each is None
            or self.same(place, each, made)
            or (self.is_right(place, each) and self.is_right(place, made))
            for place, (each, made) in enumerate(
                zip(self.got, self.outcomes_with(names), strict=True)
            )
        )

    def _plausible(self, name: str) -> bool:
        """Whether at least one program comes out as with this mistake, and not as it should."""
        made = self.outcomes_with((name,))
        return any(self.same(place, self.got[place], made[place]) for place in self.wrong())


def explain(evidence: Evidence[T], names: Iterable[str]) -> tuple[str, ...]:
    """Return the fewest mistakes that together give all outcomes.

    Args:
        evidence: What an engine gave.
        names: The known mistakes.

    Returns:
        Up to three names; none if nothing is wrong, or if no known mistakes give the same.
    """
    if not evidence.wrong():
        return ()
    able = [name for name in names if evidence._plausible(name)]
    for size in range(1, MAX_TOGETHER + 1):
        for together in combinations(able, size):
            try:
                if evidence._fits(together):
                    return together
            except ValueError:  # two that change the same lines are not made together
                continue
    return ()
