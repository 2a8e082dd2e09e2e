"""Counting what a derivative costs: nodes of its graph, floating-point operations, and their laws.

Serves exercise 4 of D2L 5.3. One multiplication and one addition are two FLOPs, as in
`torch.utils.flop_counter`; only matrix products count, because everything else (activations,
biases, losses) is smaller by a factor of a layer's width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from torch import Tensor


def count_nodes(tensors: Tensor | Iterable[Tensor]) -> int:
    """Count the nodes of the autograd graph behind one tensor, or behind several together.

    Every operation counts once, however often it is used, and so does every leaf that requires a
    gradient (its `AccumulateGrad` node). A tensor without a graph has no nodes.

    Args:
        tensors: The result or results of the computation.

    Returns:
        The number of distinct nodes.

    Raises:
        TypeError: If something other than a tensor is given.
    """
    return len(graph_nodes(tensors))


def graph_nodes(tensors: Tensor | Iterable[Tensor]) -> set[Any]:
    """Collect the nodes that `count_nodes` counts.

    Args:
        tensors: The result or results of the computation.

    Returns:
        The distinct `torch.autograd.graph.Node` objects.

    Raises:
        TypeError: If something other than a tensor is given.
    """
    results = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    for result in results:
        if not isinstance(result, Tensor):
            raise TypeError(f"tensors: expected tensors, got {type(result).__name__}")
    waiting: list[Any] = [result.grad_fn for result in results if result.grad_fn is not None]
    found: set[Any] = set()
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [source for source, _ in node.next_functions if source is not None]
    return found


def flops(fn: Callable[[], object]) -> int:
    """Count the floating-point operations of the matrix products that a call makes.

    Args:
        fn: A function without arguments; it is called once.

    Returns:
        FLOPs, two for each multiply-add. Tensors on the device `"meta"` cost nothing and count
        the same.

    Raises:
        TypeError: If `fn` cannot be called.
    """
    if not callable(fn):
        raise TypeError(f"fn: expected a function, got {type(fn).__name__}")
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with counter:
        fn()
    return int(counter.get_total_flops())


@dataclass(frozen=True)
class MlpFlops:
    """FLOPs of a fully connected network's derivatives, by formula.

    With F1 the FLOPs of the first layer's matrix product and F2 those of all later ones together,
    each cost is a F1 + b F2 with whole numbers a and b. The first layer is cheaper because nothing
    is differentiated with respect to the data.

    Attributes:
        first: F1 = 2 n times the first two sizes.
        later: F2, summed over the other layers.
        num_params: P, weights and biases.
    """

    first: int
    later: int
    num_params: int

    @property
    def forward(self) -> int:
        """The objective alone."""
        return self.first + self.later

    @property
    def gradient(self) -> int:
        """Forward and backward: each later layer has two products in its backward pass."""
        return 2 * self.first + 3 * self.later

    @property
    def reverse_over_reverse(self) -> int:
        """A product Hv by differentiating <g, v>, including the gradient."""
        return 4 * self.first + 9 * self.later

    @property
    def forward_over_reverse(self) -> int:
        """A product Hv as the tangent of the gradient.

        Two of the six F1 multiply the data's zero tangent, which PyTorch writes out.
        """
        return 6 * self.first + 9 * self.later

    @property
    def reverse_over_forward(self) -> int:
        """A product Hv as the gradient of the tangent; again two F1 for a zero tangent."""
        return 5 * self.first + 8 * self.later

    @property
    def by_hand(self) -> int:
        """The R-operator: no gradient of the weights and no zero tangent is ever computed."""
        return 3 * self.first + 8 * self.later

    @property
    def by_hand_relu(self) -> int:
        """The same where phi'' = 0: dJ/dh is then not needed either."""
        return 3 * self.first + 7 * self.later

    @property
    def hessian(self) -> int:
        """The whole Hessian: one gradient, then one backward pass through it for each of P rows."""
        return self.gradient + self.num_params * (self.reverse_over_reverse - self.gradient)


def mlp_flops(sizes: Sequence[int], n: int) -> MlpFlops:
    """State the costs of a fully connected network with biases.

    Args:
        sizes: `(num_inputs, *num_hiddens, num_outputs)`.
        n: Number of examples in the minibatch.

    Returns:
        The formulas, evaluated.

    Raises:
        ValueError: If there are fewer than two sizes, or a size or `n` is not positive.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes: expected at least two positive integers, got {tuple(sizes)}")
    if n < 1:
        raise ValueError(f"n: expected a positive number of examples, got {n}")
    products = [2 * n * a * b for a, b in pairwise(sizes)]
    num_params = sum((a + 1) * b for a, b in pairwise(sizes))
    return MlpFlops(products[0], sum(products[1:]), num_params)


@dataclass(frozen=True)
class NodeLaw:
    """Nodes of three graphs of `functional_mlp.objective` as functions of the depth.

    The laws hold for that formulation: a bias in every layer, a nonlinear activation, and a
    penalty (lambda > 0).

    Attributes:
        objective: Nodes behind J.
        gradients: Nodes behind all gradients together.
        product: Nodes behind the scalar <g, v>, summed over the parameters one after the other.
    """

    objective: int
    gradients: int
    product: int


def node_law(num_hidden_layers: int, loss: str = "cross_entropy") -> NodeLaw:
    """State the number of graph nodes for a depth.

    Args:
        num_hidden_layers: D, at least 1.
        loss: `"cross_entropy"` or `"squared"`; the latter has two more nodes in its formula and
            one more in its gradient.

    Returns:
        9 D + 11, 19 D + 18 and 25 D + 23 for cross-entropy.

    Raises:
        ValueError: If D is not positive or the loss is unknown.
    """
    if num_hidden_layers < 1:
        raise ValueError(f"num_hidden_layers: expected at least 1, got {num_hidden_layers}")
    if loss not in ("cross_entropy", "squared"):
        raise ValueError(f"loss: expected 'cross_entropy' or 'squared', got {loss!r}")
    D, squared = num_hidden_layers, loss == "squared"
    return NodeLaw(9 * D + 11 + 2 * squared, 19 * D + 18 + squared, 25 * D + 23 + squared)
