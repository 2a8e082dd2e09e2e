"""What published engines get wrong, each as a change of a few lines of ours.

The changes are made in the text of ``scalar.py``, so that a mistaken engine differs from the right
one in these lines and in nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from d2l_utils.autograd.changes import changed_module
from d2l_utils.border import checked

_IMPORT = "from d2l_utils.autograd.order import topological_order\n"
_SWEEP = """        for node in reversed(order):
            for source, slope in node.edges:
                source.grad += slope * node.grad
"""
_ORDER = "        order = topological_order(self)\n"
_SLOTS = '__slots__ = ("data", "edges", "grad")'
_INIT = "        self.grad = 0.0\n"
_EDGES = "= kept\n"


@dataclass(frozen=True)
class Mistake:
    """A known mistake.

    Attributes:
        text: What the engine does, as a sentence without its full stop.
        changes: Pairs of a piece of ``scalar.py`` and what stands there instead.
    """

    text: str
    changes: tuple[tuple[str, str], ...]


MISTAKES: dict[str, Mistake] = {
    "overwrites": Mistake(
        "a gradient is set where it should be added to, so one of several uses is left",
        (("source.grad += slope * node.grad", "source.grad = slope * node.grad"),),
    ),
    "skips seen": Mistake(
        "an input that was reached before is skipped, so only its first use counts",
        (
            (
                _SWEEP,
                """        seen = set()
        for node in reversed(order):
            for source, slope in node.edges:
                if source not in seen:
                    seen.add(source)
                    source.grad += slope * node.grad
""",
            ),
        ),
    ),
    "passes totals on": Mistake(
        "a node passes its whole gradient on each time that it is reached, so early parts count "
        "again",
        (
            (
                _SWEEP,
                """        stack = [self]
        while stack:
            node = stack.pop()
            for source, slope in node.edges:
                source.grad += slope * node.grad
            stack.extend(source for source, _ in reversed(node.edges))
""",
            ),
        ),
    ),
    "passes totals on at once": Mistake(
        "a node passes its whole gradient on each time that it is reached, one input after "
        "the other, so early parts count again",
        (
            (
                _SWEEP,
                """        stack = [iter(self.edges)]
        path = [self]
        while stack:
            for source, slope in stack[-1]:
                source.grad += slope * path[-1].grad
                path.append(source)
                stack.append(iter(source.edges))
                break
            else:
                stack.pop()
                path.pop()
""",
            ),
        ),
    ),
    "pre-order": Mistake(
        "nodes are swept depth first from the result, so a node may pass its gradient on before "
        "all its uses have added to it",
        (
            (
                _ORDER,
                """        order, stack = [], [self]
        while stack:
            node = stack.pop()
            if node not in order:
                order.append(node)
                stack.extend(source for source, _ in reversed(node.edges))
        order.reverse()
""",
            ),
        ),
    ),
    "breadth first": Mistake(
        "nodes are swept breadth first from the result, so a node may pass its gradient on before "
        "all its uses have added to it",
        (
            (
                _ORDER,
                """        order = [self]
        for node in order:
            order.extend(dict.fromkeys(s for s, _ in node.edges if s not in order))
        order.reverse()
""",
            ),
        ),
    ),
    "counts unused uses": Mistake(
        "uses are counted while the graph is built, so a node waits for results that are not swept",
        (
            (_SLOTS, '__slots__ = ("data", "edges", "grad", "uses")'),
            (_INIT, "        self.grad = 0.0\n        self.uses = 0\n"),
            (
                _EDGES,
                f"{_EDGES}        for source, _ in self.edges:\n            source.uses += 1\n",
            ),
            (
                _SWEEP,
                """        ready = [self]
        while ready:
            node = ready.pop()
            for source, slope in node.edges:
                source.grad += slope * node.grad
                source.uses -= 1
                if source.uses == 0:
                    ready.append(source)
""",
            ),
        ),
    ),
    "never resets": Mistake(
        "inner gradients keep what an earlier sweep left, and pass it on again",
        (("            if node.edges:\n", "            if False:\n"),),
    ),
    "stays visited": Mistake(
        "nodes stay marked as visited, so a second sweep stops at what the first one reached",
        (
            (_SLOTS, '__slots__ = ("data", "edges", "grad", "done")'),
            (_INIT, "        self.grad = 0.0\n        self.done = False\n"),
            (
                _ORDER,
                """        order = [node for node in topological_order(self) if not node.done]
        for node in order:
            node.done = True
""",
            ),
        ),
    ),
    "reads data late": Mistake(
        "slopes are read from the inputs during the sweep, so data that changed meanwhile change "
        "the gradient",
        (
            (
                "(self, b), (other, self.data))",
                "(self, lambda: _number(other)), (other, lambda: self.data))",
            ),
            ("+= slope * node.grad", "+= (slope() if callable(slope) else slope) * node.grad"),
        ),
    ),
    "relu slope at 0": Mistake(
        "relu has slope 1 at 0, where torch's has 0",
        (("(self, float(self.data > 0))", "(self, float(self.data >= 0))"),),
    ),
    "power 0 at 0": Mistake(
        "x ** 0 has no slope at x = 0 (division by zero)",
        (
            ("    if b == 0:\n        return 0.0\n", ""),
            ("return math.inf if a == 0 and b < 1 else float(", "return float("),
        ),
    ),
    "exponent without slope": Mistake(
        "a ** b gives no gradient to b",
        (("_slope_by_exponent(a, b) if isinstance(other, Value) else 0.0", "0.0"),),
    ),
    "divides by a power": Mistake(
        "a / b is computed as a * b ** -1 and rounded twice, so 49 / 49 is not 1",
        (("quotient = self.data / b", "quotient = self.data * b**-1"),),
    ),
    "adds where it subtracts": Mistake(
        "a - b gives b the slope +1",
        (("(other, -1.0))", "(other, 1.0))"),),
    ),
    "subtracts the wrong way": Mistake(
        "1 - x is computed as x - 1",
        (("type(self)(_number(other)) - self", "self - other"),),
    ),
    "divides the wrong way": Mistake(
        "2 / x is computed as x / 2",
        (("type(self)(_number(other)) / self", "self / other"),),
    ),
    "no number divided": Mistake(
        "2 / x is refused",
        (("def __rtruediv__", "def _unused_rtruediv"),),
    ),
    "no power of a number": Mistake(
        "2 ** x is refused",
        (("def __rpow__", "def _unused_rpow"),),
    ),
}
"""Name -> a mistake that shows in values or gradients."""

RESOURCES: dict[str, Mistake] = {
    "every path": Mistake(
        "a sweep walks every path, so its work doubles with each doubling",
        (
            (
                _SWEEP,
                """        stack = [(self, 1.0)]
        while stack:
            node, new = stack.pop()
            for source, slope in node.edges:
                source.grad += slope * new
                stack.append((source, slope * new))
""",
            ),
        ),
    ),
    "recursive": Mistake(
        "a deep chain raises RecursionError",
        (
            (
                _ORDER,
                """        order = []

        def visit(node):
            if node not in order[-1:] and node not in seen:
                seen.add(node)
                for source, _ in node.edges:
                    visit(source)
                order.append(node)

        seen = set()
        visit(self)
""",
            ),
        ),
    ),
    "inputs in a set": Mistake(
        "the order of a sum changes, as it does where inputs are kept in a set, and the same "
        "program gives other last digits",
        (
            (
                _ORDER,
                """        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, inputs_done = stack.pop()
            if inputs_done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((source, False) for source in {s for s, _ in node.edges})
""",
            ),
        ),
    ),
    "keeps graphs alive": Mistake(
        "nodes stay in memory when nobody holds them, until the cycle collector runs",
        (
            (_SLOTS, '__slots__ = ("data", "edges", "grad", "rule")'),
            (_INIT, "        self.grad = 0.0\n        self.rule = lambda: self.grad\n"),
        ),
    ),
    "keeps graphs for good": Mistake(
        "nodes stay in memory when nobody holds them, and the cycle collector does not find them",
        (
            (
                _IMPORT,
                f"from functools import cache\n\n{_IMPORT}\n"
                "topological_order = cache(topological_order)\n",
            ),
        ),
    ),
}
"""Name -> a mistake that small numbers do not show: it costs time, depth, memory or digits."""


@checked
def engine_with(*names: str) -> type[Any]:
    """Return our engine with mistakes in it.

    Args:
        names: Keys of `MISTAKES` or `RESOURCES`, in any order.

    Returns:
        A class like `Value`.

    Raises:
        ValueError: If a name is not known, or two mistakes change the same lines.
    """
    known = MISTAKES | RESOURCES
    for name in names:
        if name not in known:
            raise ValueError(f"expected one of {sorted(known)}, got {name!r}")
    return _engine(tuple(sorted(set(names))))


@cache
def _engine(names: tuple[str, ...]) -> type[Any]:
    known = MISTAKES | RESOURCES
    changes = (change for name in names for change in known[name].changes)
    engine: type[Any] = changed_module("scalar.py", names, changes).Value
    return engine
