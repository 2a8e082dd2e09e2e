"""Steps of many networks at once: each moves by its own gradient, at its own rate."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class Descent:
    """Gradient descent with momentum and weight decay, as `torch.optim.SGD` does for one network.

    Args:
        W: Weights per layer, `(S, fan_in, fan_out)`; they are moved in place.
        b: Biases per layer, `(S, fan_out)`; they are moved in place, and never decay.
        rates: Learning rates, `(S,)`.
        momentum: What is kept of the last move.
        lambd: Strength of the decay: the loss has lambd / 2 times the sum of squared weights more.
    """

    def __init__(
        self,
        W: Sequence[Tensor],
        b: Sequence[Tensor],
        rates: Tensor,
        momentum: float = 0.0,
        lambd: float = 0.0,
    ) -> None:
        self._params = [*W, *b]
        self._decays = [lambd] * len(W) + [0.0] * len(b)
        self._rates = rates
        self._momentum = momentum
        self._moves: list[Tensor] | None = None

    def step(self, losses: Tensor, share: float = 1.0) -> None:
        """Move every network.

        Args:
            losses: One per network, `(S,)`; their sum has each network's own gradient.
            share: Of the rates, for this step.
        """
        gradients = list(torch.autograd.grad(losses.sum(), self._params))
        with torch.no_grad():
            for i, (param, lambd) in enumerate(zip(self._params, self._decays, strict=True)):
                if lambd:
                    gradients[i] = gradients[i].add(param, alpha=lambd)
            if self._momentum and self._moves is not None:
                moves = zip(self._moves, gradients, strict=True)
                gradients = [move.mul_(self._momentum).add_(g) for move, g in moves]
            self._moves = gradients if self._momentum else None
            rates = self._rates * share
            for param, move in zip(self._params, gradients, strict=True):
                shape = (-1, *[1] * (param.ndim - 1))
                param.addcmul_(rates.reshape(shape), move, value=-1)
