"""Minibatch stochastic gradient descent, written out (D2L section 3.4.3)."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from d2l_utils.border import Positive, checked


class SGD:
    """Minibatch stochastic gradient descent: each parameter moves by ``-lr`` times its gradient.

    It has the two methods that a training loop needs and loads none of what `torch.optim` brings
    with its first optimizer. Any `torch.optim.Optimizer` can take its place.

    Attributes:
        params: The parameters, in the order given.
        lr: Learning rate.
    """

    @checked
    def __init__(self, params: Iterable[Tensor], lr: Positive) -> None:
        """Remember the parameters.

        Args:
            params: Tensors that require grad, at least one.
            lr: Learning rate, above 0.

        Raises:
            ValueError: If there is no parameter or `lr` is not positive.
        """
        self.params = list(params)
        if not self.params:
            raise ValueError("params: expected at least one parameter, got none")
        self.lr = float(lr)

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient."""
        for param in self.params:
            if param.grad is not None:
                param.add_(param.grad, alpha=-self.lr)

    def zero_grad(self) -> None:
        """Forget the gradients, and the memory they occupy."""
        for param in self.params:
            param.grad = None
