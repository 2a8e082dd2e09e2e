"""A decorator that checks a function's arguments by its annotations.

Whatever is passed to a function of the public API from outside is looked at once, at the border: a
value of a wrong type raises TypeError, one out of range ValueError, both with the argument's name,
what was expected and what came.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from d2l_utils.border.constraints import shown
from d2l_utils.border.kinds import ANYTHING, Kind, kind_of

P = ParamSpec("P")
R = TypeVar("R")


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Check the arguments at every call, before the function sees them.

    The annotations are read at the first call, since reading them costs more than an import may.
    Arguments that are missing or too many are Python's to refuse. What can be read only once is
    read here, and passed on as a list.

    Args:
        function: A function or a method with an annotation for every parameter.

    Returns:
        The function, checked.
    """
    kinds: dict[str, Kind] = {}
    names: list[str] = []

    @wraps(function)
    def checked_function(*args: P.args, **kwargs: P.kwargs) -> R:
        if not kinds:
            names[:] = _positional(function)
            kinds.update(_kinds(function))
        read: list[Any] | None = None
        for place, (name, value) in enumerate(zip(names, args, strict=False)):
            kind = kinds[name]
            if kind.read_once and isinstance(value, Iterator):
                read = read or list(args)
                read[place] = value = list(value)
            _check(name, kind, value)
        for place, value in enumerate(args[len(names) :]):
            _check(f"argument {place + 1}", kinds.get("*", ANYTHING), value)
        for name, value in kwargs.items():
            named = kinds.get(name) or kinds.get("**", ANYTHING)
            if named.read_once and isinstance(value, Iterator):
                kwargs[name] = value = list(value)
            _check(name, named, value)
        return function(*(read or args), **kwargs)

    return checked_function


def _check(name: str, kind: Kind, value: object) -> None:
    if not kind.fits(value):
        raise TypeError(f"{name}: expected {kind.words}, got {shown(value)}")
    fault = kind.fault(value)
    if fault is not None:
        error = TypeError if fault.wrong_type else ValueError
        raise error(f"{name}{fault.place}: expected {fault.words}, got {fault.got}")


_MANY: dict[object, str] = {
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def _kinds(function: Callable[..., Any]) -> dict[str, Kind]:
    return {
        _MANY.get(p.kind, p.name): _kind(p.annotation, function)
        for p in inspect.signature(function).parameters.values()
    }


def _kind(annotation: Any, function: Callable[..., Any]) -> Kind:
    if annotation is inspect.Parameter.empty:
        return ANYTHING  # self
    try:
        meant = (
            eval(annotation, function.__globals__) if isinstance(annotation, str) else annotation
        )
    except NameError:
        return ANYTHING  # of a library that is loaded only where it is needed
    return kind_of(meant)


def _positional(function: Callable[..., Any]) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
