"""Layerwise adaptive rate scaling (You, Gitman and Ginsburg, 2017)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from d2l_utils.border import AtLeastZero, Positive, checked
from d2l_utils.border.constraints import shown


class Lars(Optimizer):
    """Momentum with a rate for each tensor, in proportion to its norm over its gradient's.

    For a tensor w with gradient g, the algorithm of the paper is::

        ratio = trust_coefficient * |w| / (|g| + weight_decay * |w|)
        v = momentum * v + lr * ratio * (g + weight_decay * w)
        w = w - v

    Popular code divides by |g + weight_decay * w| instead, which is the same without weight decay.
    Where |w| or the denominator is 0 the formula gives 0 or 0/0; there the ratio is `zero_ratio`:
    0 lets a tensor that starts at 0 stay there, as the formula does; popular code takes 1.
    """

    @checked
    def __init__(
        self,
        params: Iterable[Any],
        lr: Positive,
        momentum: AtLeastZero = 0.9,
        weight_decay: AtLeastZero = 0.0,
        trust_coefficient: Positive = 0.001,
        zero_ratio: AtLeastZero = 0.0,
    ) -> None:
        """Remember the parameters.

        Args:
            params: Tensors, or groups of them with options of their own.
            lr: The global rate, above 0; a schedule may change it.
            momentum: At least 0 and below 1.
            weight_decay: The weight of w in the step, at least 0.
            trust_coefficient: How much a tensor changes in one step at rate 1, in proportion to
                its norm; above 0.
            zero_ratio: The ratio where the formula has none, at least 0.

        Raises:
            TypeError: If `params` holds anything but tensors and groups of them.
            ValueError: If an option is out of range or there is no parameter.
        """
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "weight_decay": weight_decay,
            "trust_coefficient": trust_coefficient,
            "zero_ratio": zero_ratio,
        }
        groups = params if isinstance(params, Tensor) else list(params)
        if not len(groups):
            raise ValueError("params: expected at least one tensor, got none")
        try:
            super().__init__(groups, defaults)
        except TypeError as error:
            raise TypeError(
                f"params: expected tensors, or groups of them, got {shown(groups)}: {error}"
            ) from error

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group of tensors, whose options are checked like the constructor's.

        Args:
            param_group: `"params"` and options.

        Raises:
            ValueError: If an option is out of range.
        """
        _check_options(**{name: param_group.get(name, d) for name, d in self.defaults.items()})
        super().add_param_group(param_group)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Move every parameter that has a gradient.

        Args:
            closure: Computes the loss and the gradients anew, if given.

        Returns:
            The closure's loss.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is not None:
                    self._move(param, param.grad, group)
        return loss

    def _move(self, w: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        beta = group["weight_decay"]
        norm = torch.linalg.vector_norm(w)
        denominator = torch.linalg.vector_norm(g) + beta * norm
        ratio = torch.where(
            (norm > 0) & (denominator > 0),
            group["trust_coefficient"] * norm / denominator,
            group["zero_ratio"],
        )
        v = self.state[w].setdefault("velocity", torch.zeros_like(w))
        v.mul_(group["momentum"]).add_(group["lr"] * ratio * (g + beta * w))
        w.sub_(v)


@checked
def _check_options(
    lr: AtLeastZero,
    momentum: AtLeastZero,
    weight_decay: AtLeastZero,
    trust_coefficient: Positive,
    zero_ratio: AtLeastZero,
) -> None:
    if momentum >= 1:
        raise ValueError(f"momentum: expected a number below 1, got {momentum:g}")
