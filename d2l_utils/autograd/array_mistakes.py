"""What published engines get wrong with arrays, each as a change of a line or two of ours."""

from __future__ import annotations

from functools import cache
from typing import Any

from d2l_utils.autograd.changes import changed_module
from d2l_utils.autograd.mistakes import MISTAKES, RESOURCES, Mistake
from d2l_utils.border import checked

_BACK = "return _made(value, (self, lambda g, y: g.sum_to(self.shape)))"
_SUM_BACK = "(self, lambda g, y: g.reshape(*kept).broadcast_to(self.shape))"
_ADDED = "grads[source] + part if source in grads else part"
_LOCK = "        self._data.flags.writeable = False  # rules read it later: a write is an error\n"

_IMPORT = "from d2l_utils.autograd.order import topological_order\n"
_ORDER = "reversed(topological_order(y))"

ARRAY_MISTAKES: dict[str, Mistake] = {
    "overwrites": Mistake(MISTAKES["overwrites"].text, ((_ADDED, "part"),)),
    "skips seen": Mistake(
        MISTAKES["skips seen"].text, ((_ADDED, "grads[source] if source in grads else part"),)
    ),
    "pre-order": Mistake(
        MISTAKES["pre-order"].text,
        (
            (_ORDER, "_pre_order(y)"),
            (
                "def _made(",
                """def _pre_order(y):
    order, stack = {}, [y]
    while stack:
        node = stack.pop()
        if node not in order:
            order[node] = True
            stack.extend(source for source, _ in reversed(node.edges))
    return order


def _made(""",
            ),
        ),
    ),
    "never resets": Mistake(
        MISTAKES["never resets"].text,
        (
            (
                "    grads = {y: g}\n",
                "    grads = {n: n.grad for n in topological_order(y) if n.edges and n.grad}\n"
                "    grads[y] = grads[y] + g if y in grads else g\n",
            ),
            (
                "                if not node.edges:\n"
                "                    node.grad = g if node.grad is None else node.grad + g",
                "                node.grad = g if node.edges or node.grad is None "
                "else node.grad + g",
            ),
        ),
    ),
    "relu slope at 0": Mistake(
        MISTAKES["relu slope at 0"].text,
        (("positive = self.data > 0\n", "positive = self.data >= 0\n"),),
    ),
    "mean with the gradient of a sum": Mistake(
        "a mean hands back the gradient of a sum, not divided by the number of entries",
        (
            (
                "return total / (self.data.size / max(total.data.size, 1))",
                "return _made(total.data / (self.data.size / max(total.data.size, 1)), "
                "(total, lambda g, y: g))",
            ),
        ),
    ),
    "broadcast not undone": Mistake(
        "a gradient has the shape of the result, not of what was broadcast",
        ((_BACK, "return _made(value, (self, lambda g, y: g))"),),
    ),
    "broadcast undone with mean": Mistake(
        "what broadcasting repeated is averaged where it should be added up",
        (
            (
                _BACK,
                "return _made(value, (self, lambda g, y: "
                "g.sum_to(self.shape) * (self.data.size / g.data.size)))",
            ),
        ),
    ),
    "broadcast number not undone": Mistake(
        "a number that was broadcast gets a gradient for each place",
        (
            (
                _BACK,
                "return _made(value, (self, lambda g, y: "
                "g.sum_to(self.shape) if self.shape else g))",
            ),
        ),
    ),
    "sum back along the last axis": Mistake(
        "the gradient of a sum over an axis comes back along the last one",
        ((_SUM_BACK, "(self, lambda g, y: g.broadcast_to(self.shape))"),),
    ),
    "mean by the whole size": Mistake(
        "a mean over an axis divides by the number of all entries",
        (("/ (self.data.size / max(total.data.size, 1))", "/ self.data.size"),),
    ),
    "index assigned": Mistake(
        "an index that occurs twice gets the gradient of its last use",
        (("np.add.at(zeros, key, self.data)", "zeros[key] = self.data"),),
    ),
    "slice without rule": Mistake(
        "the gradient of a slice is zero",
        (
            (
                "np.add.at(zeros, key, self.data)",
                "np.add.at(zeros, key, self.data * (not isinstance(key, slice)))",
            ),
        ),
    ),
    "product overwrites": Mistake(
        "the rule of a product of matrices sets the gradient where it should add to it",
        ((_ADDED, f'part if "_product" in rule.__qualname__ else {_ADDED}'),),
    ),
    "no vectors in products": Mistake(
        "@ refuses vectors",
        (("if not m or not n or", "if len(m) < 2 or len(n) < 2 or"),),
    ),
    "no stretched batches": Mistake(
        "@ refuses batches that have to be broadcast",
        (("batch = common_shape(a.shape[:-2], b.shape[:-2])", "batch = a.shape[:-2]"),),
    ),
    "float32 grows": Mistake(
        "a number beside float32 makes the result float64",
        (("_array(other).astype(like.data.dtype)", "_array(other).astype(np.float64)"),),
    ),
    "no sum of a list": Mistake(
        "sum() of a list of tensors, which begins with 0, is refused",
        (("    __radd__ = __add__\n", ""),),
    ),
    "integer leaves": Mistake(
        "integers are taken as leaves, and their gradients are integers",
        (('if array.dtype.kind != "f":', 'if array.dtype.kind not in "fiu":'),),
    ),
    "NumPy on the left": Mistake(
        "a NumPy array on the left takes the tensor entry by entry",
        (("    __array_ufunc__ = None", "    unused = None"),),
    ),
    "no_grad without finally": Mistake(
        "an error inside no_grad leaves recording off for good",
        (
            (
                "    try:\n        yield\n    finally:\n        _RECORDS.reset(token)\n",
                "    yield\n    _RECORDS.reset(token)\n",
            ),
        ),
    ),
    "shared gradients change": Mistake(
        "gradients that share memory are changed in place by the next sweep",
        (
            (_LOCK, ""),
            (
                "node.grad = g if node.grad is None else node.grad + g",
                "node.grad = g if node.grad is None else node.grad._add_in_place(g)",
            ),
            (
                "    def item(self)",
                "    def _add_in_place(self, g):\n"
                "        self._data += g._data\n"
                "        return self\n\n"
                "    def item(self)",
            ),
        ),
    ),
    "data can be written": Mistake(
        "numbers that a rule reads later can be written to, and the gradient changes with them",
        ((_LOCK, ""),),
    ),
    "rule in NumPy": Mistake(
        "a rule computes with arrays in place of tensors, and its second derivative is wrong",
        (("g * (1.0 - y * y)", "g * (1.0 - y.data * y.data)"),),
    ),
}
"""Name -> a mistake of engines for arrays that shows in what small programs give."""

ARRAY_RESOURCES: dict[str, Mistake] = {
    "recursive": Mistake(
        RESOURCES["recursive"].text,
        (
            (_ORDER, "_visited(y, {})"),
            (
                "def _made(",
                """def _visited(node, seen):
    if node not in seen:
        seen[node] = True
        for source, _ in node.edges:
            _visited(source, seen)
        seen[node] = seen.pop(node)
    return reversed(seen)


def _made(""",
            ),
        ),
    ),
    "keeps graphs alive": Mistake(
        RESOURCES["keeps graphs alive"].text,
        (
            (
                "        self.edges = edges\n",
                "        self.edges = [(source, lambda g, y, rule=rule: rule(g, self)) "
                "for source, rule in edges]\n",
            ),
        ),
    ),
    "keeps graphs for good": Mistake(
        RESOURCES["keeps graphs for good"].text,
        (
            (
                _IMPORT,
                f"from functools import cache\n\n{_IMPORT}\n"
                "topological_order = cache(topological_order)\n",
            ),
        ),
    ),
}
"""Name -> one that shows in depth or memory only."""


@checked
def tensor_engine_with(*names: str) -> Any:
    """Return our engine for arrays with mistakes in it.

    Args:
        names: Keys of `ARRAY_MISTAKES` or `ARRAY_RESOURCES`, in any order.

    Returns:
        A module with `Tensor`, `grad` and `no_grad`.

    Raises:
        ValueError: If a name is not known, or two mistakes change the same lines.
    """
    known = ARRAY_MISTAKES | ARRAY_RESOURCES
    for name in names:
        if name not in known:
            raise ValueError(f"expected one of {sorted(known)}, got {name!r}")
    return _engine(tuple(sorted(set(names))))


@cache
def _engine(names: tuple[str, ...]) -> Any:
    known = ARRAY_MISTAKES | ARRAY_RESOURCES
    changes = [change for name in names for change in known[name].changes]
    return changed_module("tensor.py", names, changes)
