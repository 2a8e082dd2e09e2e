"""Checks of arguments with a smallest and a largest value, or from a list of names."""

from __future__ import annotations

from collections.abc import Collection

from d2l_utils.border.constraints import shown


def integer_from(name: str, value: int, low: int, high: int | None = None, what: str = "") -> int:
    """Return `value` if it is an integer in a range.

    Args:
        name: The argument's name.
        value: Its value.
        low: The smallest that is allowed.
        high: The largest that is allowed; None if there is none.
        what: What the largest is, for the message.

    Raises:
        TypeError: If it is not an integer.
        ValueError: If it is out of range.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: expected an integer, got {shown(value)}")
    if value < low or (high is not None and value > high):
        end = f"at least {low}" if high is None else f"{low} to {high}"
        raise ValueError(f"{name}: expected {end}{what and f' ({what})'}, got {value}")
    return value


def one_of(name: str, value: str, allowed: Collection[str]) -> str:
    """Return `value` if it is one of the allowed names.

    Raises:
        TypeError: If it is not a string.
        ValueError: If it is another one.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected one of {', '.join(allowed)}, got {shown(value)}")
    if value not in allowed:
        raise ValueError(f"{name}: expected one of {', '.join(allowed)}, got {shown(value)}")
    return value
