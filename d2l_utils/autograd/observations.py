"""What small numbers do not show: depth, work, memory, and an order that follows addresses.

Each function takes an engine as what makes a leaf of a number, ``engine(2.0)``.
"""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable
from typing import Any

from d2l_utils.border import checked
from d2l_utils.border.constraints import shown

DEPTH = 5_000
DOUBLINGS = 6
RUNS = 50
SLOPES = (0.3, 1e16, -1e16, 0.7, 3.3)
"""Their sum depends on the order in which they are added."""

EXACT = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Their sum does not."""


def is_recursive(engine: Any) -> bool:
    """Whether a chain of 5,000 additions, swept, raises RecursionError.

    Args:
        engine: Makes a leaf of a number.
    """
    try:
        x = node = engine(1.0)
        for _ in range(DEPTH):
            node = node + x
        node.backward()
    except RecursionError:
        return True
    except Exception:
        return False  # another program shows what is wrong
    return False


def walks_every_path(engine: Any) -> bool:
    """Whether twelve doublings cost far more than twice what six cost, in calls, not in time.

    Args:
        engine: Makes a leaf of a number.
    """
    try:
        few, many = (_calls(engine, n) for n in (DOUBLINGS, 2 * DOUBLINGS))
    except Exception:
        return False
    return many > 24 * few  # 64 by paths, 12 where work grows like the fourth power


def waits_for_the_collector(engine: Any) -> bool:
    """Whether nodes outlive their last name until the cycle collector runs.

    Args:
        engine: Makes a leaf of a number.
    """
    waiting, left = _outliving(engine)
    return waiting > 0 and left == 0


def keeps_graphs_for_good(engine: Any) -> bool:
    """Whether nodes outlive their last name and the cycle collector too.

    Args:
        engine: Makes a leaf of a number.
    """
    return _outliving(engine)[1] > 0


def varies(engine: Any) -> bool:
    """Whether a sum's rounding, and nothing else, depends on where its nodes lie in memory.

    A right engine adds in one order, whatever the addresses. One that mixes nodes up by their
    addresses gives other gradients also where no order of addition could.

    Args:
        engine: Makes a leaf of a number.
    """
    try:
        rounded, exact = (
            {_slope_among(engine, slopes, number) for number in range(RUNS)}
            for slopes in (SLOPES, EXACT)
        )
    except Exception:
        return False
    return len(rounded) > 1 and exact == {sum(EXACT)}


OBSERVATIONS: dict[str, Callable[[Any], bool]] = {
    "every path": walks_every_path,
    "recursive": is_recursive,
    "inputs in a set": varies,
    "keeps graphs alive": waits_for_the_collector,
    "keeps graphs for good": keeps_graphs_for_good,
}
"""A key of `d2l_utils.autograd.RESOURCES` -> whether an engine does that."""


@checked
def observed(engine: Any) -> list[str]:
    """Say which mistakes an engine makes that small numbers do not show.

    Args:
        engine: A class like `Value`, or what makes a leaf of a number.

    Returns:
        Keys of `RESOURCES`.

    Raises:
        TypeError: If it cannot be called.
    """
    if not callable(engine):
        raise TypeError(f"engine: expected a class such as Value, got {shown(engine)}")
    return [name for name, seen in OBSERVATIONS.items() if seen(engine)]


def _slope_among(engine: Any, slopes: tuple[float, ...], number: int) -> float:
    """Sweep a sum, with other nodes lying between its own."""
    kept: list[Any] = []
    places = random.Random(number)

    def put(node: Any) -> Any:
        kept.extend(engine(0.0) for _ in range(places.randrange(4)))
        return node

    x = put(engine(1.0))
    result = put(x * engine(slopes[0]))
    for slope in slopes[1:]:
        result = put(result + put(x * engine(slope)))
    result.backward()
    return plain(x.grad)


def plain(number: Any) -> float:
    """Return a number, also where an engine keeps its gradients as nodes.

    Args:
        number: A number, an array of one or something that holds one as `data`.
    """
    try:
        return float(number)
    except TypeError:
        return float(number.data)


def _doubled(engine: Any, times: int) -> Any:
    node = engine(1.0)
    for _ in range(times):
        node = node + node
    return node


def _outliving(engine: Any) -> tuple[int, int]:
    """Count nodes without a name, before the cycle collector runs and after.

    What there was before is frozen, so that it is neither counted nor searched.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        kind = type(engine(1.0))
        gc.freeze()
        _doubled(engine, 8).backward()
        waiting = _living(kind)
        gc.collect()
        return waiting, _living(kind)
    except Exception:
        return 0, 0
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


def _living(kind: type[Any]) -> int:
    return sum(type(each) is kind for each in gc.get_objects())


def _calls(engine: Any, doublings: int) -> int:
    """Count the calls, of Python's and of C's functions, that a sweep makes."""
    node = _doubled(engine, doublings)
    count = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        node.backward()
    finally:
        sys.setprofile(before)
    return count
