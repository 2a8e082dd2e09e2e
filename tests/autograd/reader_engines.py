"""Engines as readers write them: right ones in other forms, and wrong ones of no catalogue.

None of the wrong ones may get a name, and none of the right ones a fault.
"""

from __future__ import annotations

import functools
import heapq
import math
import operator
import random
from itertools import count
from typing import Any

import numpy as np

from d2l_utils.autograd import Value, topological_order

# For numbers: right.


class ResetsAll(Value):
    """A sweep begins at 0 everywhere."""

    def backward(self) -> None:
        for node in topological_order(self):
            node.grad = 0.0
        super().backward()


class Refuses(Value):
    """A graph is swept once."""

    __slots__ = ("freed",)

    def backward(self) -> None:
        order = topological_order(self)
        if any(getattr(node, "freed", False) for node in order):
            raise RuntimeError("the graph was freed")
        super().backward()
        for node in order:
            if node.edges:
                node.freed = True


class Counts(Value):
    """Kahn's order: uses counted inside the sweep."""

    def backward(self) -> None:
        order = topological_order(self)
        uses = dict.fromkeys(order, 0)
        for node in order:
            node.grad = 0.0 if node.edges else node.grad
            for source, _ in node.edges:
                uses[source] += 1
        self.grad += 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for source, slope in node.edges:
                source.grad += slope * node.grad
                uses[source] -= 1
                if uses[source] == 0:
                    ready.append(source)


class Numbered(Value):
    """Nodes are numbered when they are made, and swept from the last one."""

    __slots__ = ("number",)
    numbers = count()

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.number = next(Numbered.numbers)

    def backward(self) -> None:
        gradients = {self: 1.0}
        heap = [(-self.number, self)]
        while heap:
            _, node = heapq.heappop(heap)
            g = gradients.pop(node)
            node.grad = g if node.edges else node.grad + g
            for source, slope in node.edges:
                if source not in gradients:
                    gradients[source] = 0.0
                    heapq.heappush(heap, (-source.number, source))
                gradients[source] += slope * g


class Nodes:
    """Gradients are nodes too; only what the exercise asks for."""

    def __init__(self, data: float, edges: Any = ()) -> None:
        self.data, self.edges = data, list(edges)
        self.grad: Any = 0.0

    def __add__(self, other: Any) -> Any:
        other = other if isinstance(other, Nodes) else Nodes(other)
        one = Nodes(1.0)
        return Nodes(self.data + other.data, [(self, one), (other, one)])

    def __mul__(self, other: Any) -> Any:
        other = other if isinstance(other, Nodes) else Nodes(other)
        return Nodes(self.data * other.data, [(self, Nodes(other.data)), (other, Nodes(self.data))])

    __radd__, __rmul__ = __add__, __mul__

    def backward(self) -> None:
        order = topological_order(self)
        for node in order:
            if node.edges:
                node.grad = Nodes(0.0)
        self.grad = Nodes(1.0) + self.grad
        for node in reversed(order):
            for source, slope in node.edges:
                source.grad = source.grad + slope * node.grad


class Doubles(Value):
    """NumPy's numbers inside."""

    def __init__(self, data: Any, *edges: Any) -> None:
        super().__init__(float(data), *edges)
        self.data = np.float64(self.data)


RIGHT_SCALAR = (ResetsAll, Refuses, Counts, Numbered, Nodes, Doubles)

# For numbers: wrong.


class Altered(Value):
    """Sweeps as our engine does, but for what a subclass changes."""

    def passed(self, slope: float, gradient: float) -> float:
        return slope * gradient

    def backward(self) -> None:
        order = self.order()
        for node in order:
            if node.edges:
                node.grad = 0.0
        self.grad += self.seed()
        for node in reversed(order):
            for source, slope in node.edges:
                source.grad += self.passed(slope, node.grad)

    def order(self) -> list[Any]:
        return topological_order(self)

    def seed(self) -> float:
        return 1.0


class SeedsItsData(Altered):
    def seed(self) -> float:
        return self.data


class Clips(Altered):
    def passed(self, slope: float, gradient: float) -> float:
        return max(-10.0, min(10.0, slope * gradient))


class AddsSlopes(Altered):
    def passed(self, slope: float, gradient: float) -> float:
        return slope + gradient


class PassesSizes(Altered):
    def passed(self, slope: float, gradient: float) -> float:
        return abs(slope) * gradient


class MarksById(Altered):
    """What was swept is known by its address, which the next node may have."""

    seen: set[int] = set()  # noqa: RUF012

    def order(self) -> list[Any]:
        order = [node for node in topological_order(self) if id(node) not in MarksById.seen]
        MarksById.seen.update(map(id, order))
        return order


class EqualByNumber(Value):
    """Two nodes with one number are taken for one."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)


class MergesEdges(Value):
    """Inputs are the keys of a dictionary: of x * x one edge is left."""

    def __mul__(self, other: Any) -> Any:
        made = super().__mul__(other)
        made.edges = list(dict(made.edges).items())
        return made


class SecondOnly(Value):
    def __mul__(self, other: Any) -> Any:
        made = super().__mul__(other)
        made.edges = made.edges[-1:]
        return made


class Averages(Value):
    def backward(self) -> None:
        super().backward()
        uses: dict[Any, int] = {}
        for node in topological_order(self):
            for source, _ in node.edges:
                uses[source] = uses.get(source, 0) + 1
        for node, times in uses.items():
            node.grad /= times


class SlopeOfInput(Value):
    def tanh(self) -> Any:
        return type(self)(math.tanh(self.data), (self, 1 - self.data**2))


class SlopeAtInput(Value):
    def sigmoid(self) -> Any:
        return type(self)(super().sigmoid().data, (self, self.data * (1 - self.data)))


class PowerWithoutFactor(Value):
    def __pow__(self, other: Any) -> Any:
        made = super().__pow__(other)
        made.edges = [(source, self.data) for source, _ in made.edges]
        return made


class QuotientSign(Value):
    def __truediv__(self, other: Any) -> Any:
        made = super().__truediv__(other)
        made.edges = [(source, abs(slope)) for source, slope in made.edges]
        return made


class Rounds(Altered):
    def passed(self, slope: float, gradient: float) -> float:
        return round(slope * gradient, 2)


WRONG_SCALAR = (
    SeedsItsData,
    Clips,
    AddsSlopes,
    PassesSizes,
    MarksById,
    EqualByNumber,
    MergesEdges,
    SecondOnly,
    Averages,
    SlopeOfInput,
    SlopeAtInput,
    PowerWithoutFactor,
    QuotientSign,
    Rounds,
)


class Shuffles(Altered):
    """Adds in an order of chance: wrong in no program, and other digits each time."""

    def backward(self) -> None:
        order = self.order()
        parts: dict[Any, list[float]] = {node: [] for node in order}
        for node in reversed(order):
            random.shuffle(parts[node])
            start = node.grad * (not node.edges)  # and not sum(), which hides an order since 3.12
            node.grad = functools.reduce(operator.add, parts[node], start) + (node is self)
            for source, slope in node.edges:
                parts[source].append(slope * node.grad)


# For arrays.


class Plain:
    """NumPy, gradients as arrays, every tensor a leaf or a result: right."""

    dtype: Any = float

    def __init__(self, data: Any, edges: Any = ()) -> None:
        self.data = np.array(data, dtype=self.dtype)
        self.data.flags.writeable = False
        self.edges, self.grad = list(edges), None

    __array_ufunc__ = None

    def lifted(self, other: Any) -> Any:
        return other if isinstance(other, Plain) else type(self)(other)

    def undone(self, g: Any, like: Any) -> Any:
        """Add up what broadcasting repeated."""
        g = g.sum(axis=tuple(range(g.ndim - like.data.ndim)))
        axes = tuple(i for i, n in enumerate(like.data.shape) if n == 1 and g.shape[i] > 1)
        return g.sum(axis=axes, keepdims=True) if axes else g

    def __add__(self, other: Any) -> Any:
        b = self.lifted(other)
        return type(self)(
            self.data + b.data,
            [(self, lambda g: self.undone(g, self)), (b, lambda g: self.undone(g, b))],
        )

    def __mul__(self, other: Any) -> Any:
        b = self.lifted(other)
        return type(self)(
            self.data * b.data,
            [
                (self, lambda g: self.undone(g * b.data, self)),
                (b, lambda g: self.undone(g * self.data, b)),
            ],
        )

    def __sub__(self, other: Any) -> Any:
        return self + self.lifted(other) * -1.0

    def __matmul__(self, other: Any) -> Any:
        return self.products(self, self.lifted(other))

    def products(self, a: Any, b: Any) -> Any:
        rows = a.data[None] if a.data.ndim == 1 else a.data
        columns = b.data[:, None] if b.data.ndim == 1 else b.data

        def full(g: Any) -> Any:
            g = np.expand_dims(g, -2) if a.data.ndim == 1 else g
            return np.expand_dims(g, -1) if b.data.ndim == 1 else g

        def back(g: Any, like: Any, axis: int) -> Any:
            return self.undone(g.squeeze(axis) if like.data.ndim == 1 else g, like)

        return type(self)(
            a.data @ b.data,
            [
                (a, lambda g: back(full(g) @ np.swapaxes(columns, -1, -2), a, -2)),
                (b, lambda g: back(np.swapaxes(rows, -1, -2) @ full(g), b, -1)),
            ],
        )

    __radd__, __rmul__ = __add__, __mul__

    def sum(self, axis: Any = None) -> Any:
        return type(self)(self.data.sum(axis), [(self, lambda g: self.spread(g, axis))])

    def spread(self, g: Any, axis: Any) -> Any:
        g = g if axis is None else np.expand_dims(g, axis)
        return np.broadcast_to(g, self.data.shape)

    def mean(self, axis: Any = None) -> Any:
        total = self.sum(axis)
        return total * (total.data.size / self.data.size)

    def __getitem__(self, key: Any) -> Any:
        return type(self)(self.data[key], [(self, lambda g: self.put(g, key))])

    def put(self, g: Any, key: Any) -> Any:
        zeros = np.zeros_like(self.data)
        np.add.at(zeros, key, g)
        return zeros

    def tanh(self) -> Any:
        y = np.tanh(self.data)
        return type(self)(y, [(self, lambda g: g * (1 - y * y))])

    def relu(self) -> Any:
        return type(self)(np.maximum(self.data, 0), [(self, lambda g: g * (self.data > 0))])

    def backward(self) -> None:
        gradients: dict[Any, Any] = {self: self.seed()}
        for node in reversed(topological_order(self)):
            g = gradients[node]
            if not node.edges:
                node.grad = g if node.grad is None else node.grad + g
            for source, rule in node.edges:
                gradients[source] = gradients.get(source, 0.0) + rule(g)

    def seed(self) -> Any:
        return np.ones_like(self.data)


class Single(Plain):
    """float32, whatever it is given."""

    dtype = np.float32


class Marked(Plain):
    """Wants to be told what is a leaf, and starts gradients at 0."""

    def __init__(self, data: Any, edges: Any = (), requires_grad: bool = False) -> None:
        super().__init__(data, edges)
        self.grad = np.zeros_like(self.data)


class Afresh(Plain):
    """A sweep begins at 0 everywhere."""

    def backward(self) -> None:
        for node in topological_order(self):
            node.grad = None
        super().backward()


class Small:
    """Numbers and arrays of one shape, + and * and sums: all else is left out."""

    def __init__(self, data: Any, edges: Any = ()) -> None:
        self.data = np.array(data, dtype=float)
        self.data.flags.writeable = False
        self.edges, self.grad = list(edges), 0.0

    __add__, __mul__, __radd__ = Plain.__add__, Plain.__mul__, Plain.__radd__
    undone, backward, seed = Plain.undone, Plain.backward, Plain.seed

    def lifted(self, other: Any) -> Any:
        return other if isinstance(other, Small) else Small(other)

    def sum(self) -> Any:
        return Small(self.data.sum(), [(self, lambda g: np.broadcast_to(g, self.data.shape))])


RIGHT_ARRAY = (Plain, Single, Marked, Afresh, Small)


class SumsAllOfBroadcast(Plain):
    """What was broadcast gets the sum of everything."""

    def undone(self, g: Any, like: Any) -> Any:
        if g.shape == like.data.shape:
            return g
        return np.full(like.data.shape, g.sum())


class KeepsFirstRow(Plain):
    def undone(self, g: Any, like: Any) -> Any:
        while g.ndim > like.data.ndim:
            g = g[0]
        return g[tuple(slice(n) for n in like.data.shape)]


class UndoesOneAxisOnly(Plain):
    def undone(self, g: Any, like: Any) -> Any:
        if g.ndim > like.data.ndim:
            return g.sum(axis=0)
        return super().undone(g, like)


class SpreadsMean(Plain):
    def spread(self, g: Any, axis: Any) -> Any:
        return super().spread(g, axis) / (self.data.size if axis is None else 1)


class SpreadsTransposed(Plain):
    def spread(self, g: Any, axis: Any) -> Any:
        spread = super().spread(g, axis)
        return spread.T if axis is not None and spread.shape == spread.T.shape else spread


class PutsTwice(Plain):
    def put(self, g: Any, key: Any) -> Any:
        return 2 * super().put(g, key)


class PutsFirst(Plain):
    """Puts everything at the front of zeros."""

    def put(self, g: Any, key: Any) -> Any:
        zeros = np.zeros_like(self.data)
        zeros[: len(g)] += g
        return zeros


class SwapsFactors(Plain):
    """The gradient of a product of matrices without a transpose, made to fit."""

    def products(self, a: Any, b: Any) -> Any:
        made = super().products(a, b)
        (_, first), (_, second) = made.edges
        made.edges = [
            (a, lambda g: first(g)[..., ::-1]),
            (b, lambda g: second(g)),
        ]
        return made


class TanhOfInput(Plain):
    def tanh(self) -> Any:
        return type(self)(np.tanh(self.data), [(self, lambda g: g * (1 - self.data**2))])


class LeakyRelu(Plain):
    def relu(self) -> Any:
        slope = np.where(self.data > 0, 1.0, 0.01)
        return type(self)(np.maximum(self.data, 0), [(self, lambda g: g * slope)])


class SeedsSize(Plain):
    def seed(self) -> Any:
        return np.full_like(self.data, 2.0)


class AddsWhereItSubtracts(Plain):
    def __sub__(self, other: Any) -> Any:
        made = self + self.lifted(other)
        made.data = self.data - self.lifted(other).data
        return made


class HalvesUses(Plain):
    """Several uses are averaged in pairs."""

    def backward(self) -> None:
        gradients: dict[Any, Any] = {self: self.seed()}
        for node in reversed(topological_order(self)):
            g = gradients[node]
            if not node.edges:
                node.grad = g if node.grad is None else node.grad + g
            for source, rule in node.edges:
                old = gradients.get(source)
                gradients[source] = rule(g) if old is None else (old + rule(g)) / 2


WRONG_ARRAY = (
    SumsAllOfBroadcast,
    KeepsFirstRow,
    UndoesOneAxisOnly,
    SpreadsMean,
    SpreadsTransposed,
    PutsTwice,
    PutsFirst,
    SwapsFactors,
    TanhOfInput,
    LeakyRelu,
    SeedsSize,
    AddsWhereItSubtracts,
    HalvesUses,
)
