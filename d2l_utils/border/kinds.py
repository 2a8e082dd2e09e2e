"""What annotations ask for: a test of a value, and words for a message.

`kind_of` reads an annotation once; the test that it returns costs well under a microsecond for most
arguments.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import torch
from torch import Tensor

from d2l_utils.border.constraints import Constraint, Number, shown


@dataclass(frozen=True)
class Kind:
    """What an argument may be.

    Attributes:
        words: What is expected, to follow the word "expected".
        fits: Whether a value is of the right type; a value that does not fit raises TypeError.
        fault: Of a value that fits: place, words and value of what is wrong with it, for
            ValueError or TypeError; None if nothing is.
        read_once: Whether the value may be an iterator.
    """

    words: str
    fits: Callable[[Any], bool]
    fault: Callable[[Any], Fault | None] = lambda value: None
    read_once: bool = False


@dataclass(frozen=True)
class Fault:
    """What is wrong with a value.

    Attributes:
        place: Where inside the value it is, such as ``[2]``; empty for the value itself.
        words: What was expected there.
        got: What is there.
        wrong_type: Whether its type is wrong, not only its value.
    """

    place: str
    words: str
    got: str
    wrong_type: bool


ANYTHING = Kind("anything", lambda value: True)


def kind_of(annotation: Any) -> Kind:
    """Read an annotation.

    Args:
        annotation: A type, as `typing.get_type_hints` gives it with its extras.

    Raises:
        TypeError: If it is of a kind that cannot be checked.
    """
    if isinstance(annotation, TypeVar):
        return kind_of(annotation.__bound__ or Any)
    if annotation in (Any, object):
        return ANYTHING
    if annotation is None or annotation is type(None):
        return Kind("None", lambda value: value is None)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _constrained(_NUMBERS.get(args[0]) or kind_of(args[0]), args[1])
    if origin is Literal:
        return _one_of(args)
    if origin in (Union, types.UnionType):
        return _either([kind_of(arg) for arg in args])
    if origin is not None and issubclass(origin, Callable):  # type: ignore[arg-type]
        return _function(args[0] if args else ...)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(kind_of(args[0]), kind_of(args[1]))
    if origin is tuple and (not args or args[-1] is not ...):
        return Kind("a tuple", lambda value: isinstance(value, tuple))
    if origin is not None and issubclass(origin, Iterable):
        return _items(origin, kind_of(args[0]))
    if isinstance(annotation, type):
        return _of_class(annotation)
    raise TypeError(f"annotation: expected one that can be checked, got {annotation!r}")


_NUMBERS = {
    int: Kind("an integer", lambda value: type(value) is int or _is_number(value, int)),
    float: Kind("a number", lambda value: type(value) is float or _is_number(value, int | float)),
}


def _is_number(value: object, numbers: Any) -> bool:
    return isinstance(value, numbers) and not isinstance(value, bool)


def _of_class(wanted: type) -> Kind:
    if wanted in _NUMBERS:
        return _constrained(_NUMBERS[wanted], Number())
    if wanted is torch.device:
        return Kind("a device", lambda value: isinstance(value, torch.device))
    names: dict[type, str] = {
        bool: "True or False",
        str: "a string",
        Tensor: "a tensor",
        torch.dtype: "a dtype such as torch.float64",
    }
    article = "an" if wanted.__name__[0] in "AEIO" else "a"
    words = names.get(wanted, f"{article} {wanted.__name__}")
    return Kind(words, lambda value: isinstance(value, wanted))


def _constrained(kind: Kind, constraint: Constraint) -> Kind:
    def fault(value: Any) -> Fault | None:
        got = constraint.fault(value)
        own = Fault("", constraint.words, got, constraint.wrong_type) if got else None
        return own or kind.fault(value)

    return Kind(kind.words, kind.fits, fault, kind.read_once)


def _one_of(allowed: tuple[Any, ...]) -> Kind:
    words = f"one of {', '.join(map(str, allowed))}"
    types_ = tuple({type(each) for each in allowed})

    def fault(value: Any) -> Fault | None:
        return None if value in allowed else Fault("", words, shown(value), wrong_type=False)

    return Kind(words, lambda value: isinstance(value, types_), fault)


def _either(kinds: list[Kind]) -> Kind:
    def fault(value: Any) -> Fault | None:
        faults = [kind.fault(value) for kind in kinds if kind.fits(value)]
        return None if None in faults else faults[0]

    words = " or ".join(dict.fromkeys(kind.words for kind in kinds))
    read_once = any(kind.read_once for kind in kinds)
    return Kind(words, lambda value: any(kind.fits(value) for kind in kinds), fault, read_once)


def _items(origin: Any, item: Kind) -> Kind:
    """A sequence or another collection."""
    wanted = (list, tuple, range) if origin is Sequence else origin
    name = "a list or tuple" if origin is Sequence else "a collection"
    words = f"{name} of {_plural(item.words)}"

    def fits(value: Any) -> bool:
        # A string is a sequence of strings, and never meant as one; a tensor has rows.
        return isinstance(value, wanted) and not isinstance(value, str | bytes | Tensor)

    def fault(value: Any) -> Fault | None:
        if isinstance(value, Collection):
            # The integers of a range are alike.
            for index, each in enumerate(value[:1] if isinstance(value, range) else value):
                if found := _inside(f"[{index}]", item, each):
                    return found
        return None

    return Kind(words, fits, fault, read_once=origin is Iterable)


def _function(parameters: Any) -> Kind:
    if not isinstance(parameters, list):
        return Kind("a function", callable)
    count = len(parameters)

    def fault(value: Any) -> Fault | None:
        try:
            signature = inspect.signature(value)
        except (TypeError, ValueError):
            return None  # of what is written in C there may be none
        try:
            signature.bind(*parameters)
        except TypeError:
            words = f"a function that can be called with {count} argument{'s' * (count != 1)}"
            return Fault("", words, f"one with parameters {signature}", wrong_type=True)
        return None

    return Kind("a function", callable, fault)


def _mapping(key: Kind, item: Kind) -> Kind:
    def fault(value: Any) -> Fault | None:
        for name, each in value.items():
            if not key.fits(name):
                return Fault("", f"keys that are each {key.words}", shown(name), wrong_type=True)
            if found := _inside(f"[{shown(name)}]", item, each):
                return found
        return None

    words = f"a mapping of names to {_plural(item.words)}"
    return Kind(words, lambda value: isinstance(value, Mapping), fault)


def _inside(place: str, kind: Kind, value: Any) -> Fault | None:
    if not kind.fits(value):
        return Fault(place, kind.words, shown(value), wrong_type=True)
    found = kind.fault(value)
    if found is None:
        return None
    return Fault(place + found.place, found.words, found.got, found.wrong_type)


def _plural(words: str) -> str:
    one, _, noun = words.partition(" ")
    return f"{noun}s" if one in ("a", "an") else words
