"""Floating-point operations: counted while a function runs, and predicted for an MLP.

One multiplication and one addition are two FLOPs, as in `torch.utils.flop_counter`; only matrix
products count, because everything else (activations, biases, losses) is smaller by a factor of a
layer's width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from d2l_utils.border import Count, checked


@checked
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


@checked
def mlp_flops(sizes: Sequence[Count], n: Count) -> MlpFlops:
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
