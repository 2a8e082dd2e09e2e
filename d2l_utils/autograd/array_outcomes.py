"""What a small check of an engine for arrays gives, and whether that is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from d2l_utils.autograd.array_forms import Form, Part, part, same_part

Outcome = tuple[Part, ...]
"""What a check looked at, one after another; an error ends it."""


@dataclass(frozen=True)
class ArrayCheck:
    """A program, what to look at, and what is right.

    Attributes:
        run: Runs it with an engine and yields what is looked at.
        right: The right values, of what it yields.
        needs: What an engine may do without (see `Form.offers`); it is then left out.
        also: What other right engines yield, where a meaning has to be chosen.
    """

    run: Callable[[Form], Iterator[Any]]
    right: tuple[Any, ...]
    needs: tuple[str, ...] = ()
    also: tuple[tuple[Any, ...], ...] = ()

    def outcome(self, form: Form) -> Outcome | None:
        """Run it; None if the engine does not offer what it needs.

        Args:
            form: The engine.
        """
        return self.outcome_anyway(form) if all(map(form.offers, self.needs)) else None

    def outcome_anyway(self, form: Form) -> Outcome:
        """Run it, whatever the engine offers.

        It runs in a context of its own, so that recording that stays off ends with it.

        Args:
            form: The engine.
        """
        return copy_context().run(_looked_at, self.run, form)

    def is_right(self, outcome: Outcome | None, tol: float = 1e-9) -> bool:
        """Whether an outcome is right.

        Args:
            outcome: What `outcome` returned.
            tol: How far a number may be off.
        """
        expected = (tuple(map(part, each)) for each in (self.right, *self.also))
        return any(
            same(outcome, each, tol) and _errors(outcome) == _errors(each) for each in expected
        )


def _looked_at(run: Callable[[Form], Iterator[Any]], form: Form) -> Outcome:
    found: list[Part] = []
    try:
        found.extend(map(part, run(form)))
    except Exception as error:
        found.append(f"!{type(error).__name__}")
    return tuple(found)


def _errors(outcome: Outcome | None) -> list[str]:
    return [each for each in outcome or () if isinstance(each, str)]


def same(a: Outcome | None, b: Outcome | None, tol: float) -> bool:
    """Whether two outcomes are the same; any two errors at the same place are.

    Args:
        a: One outcome.
        b: The other.
        tol: How far two numbers may be apart.
    """
    if a is None or b is None:
        return a is b
    return len(a) == len(b) and all(same_part(x, y, tol) for x, y in zip(a, b, strict=True))
