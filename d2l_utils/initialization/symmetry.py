"""Symmetries of a loss: maps of the parameters that leave it as it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from d2l_utils.border import Params, checked
from d2l_utils.border.constraints import shown


@checked
def loss_invariance(
    loss: Callable[[Mapping[str, Tensor]], Tensor],
    params: Params,
    action: Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]],
) -> float:
    """Compute by how much an action on the parameters changes a loss.

    One place in parameter space proves that an action is no symmetry, and never that it is one:
    use random parameters, and more than one set.

    Args:
        loss: Parameters -> a scalar.
        params: Where to look.
        action: Parameters -> parameters with the same names, shapes and dtypes.

    Returns:
        The change of the loss in absolute value, divided by the loss before (by one, where that is
        0). It is 0 where not one bit changes, and of the order of rounding for a symmetry whose
        factors are not powers of two.

    Raises:
        ValueError: If the loss is not a finite scalar, or the action loses or adds a parameter or
            changes a shape or a dtype.
    """
    before = {name: tensor.detach().clone() for name, tensor in params.items()}
    with torch.no_grad():
        after = action({name: tensor.clone() for name, tensor in before.items()})
        _check_same_form(before, after)
        first, second = _scalar(loss(before)), _scalar(loss(after))
    return abs(second - first) / (abs(first) or 1.0)


def _check_same_form(before: Mapping[str, Tensor], after: object) -> None:
    if not (isinstance(after, Mapping) and all(isinstance(t, Tensor) for t in after.values())):
        raise TypeError(f"action: expected a function that returns parameters, got {shown(after)}")
    if set(before) != set(after):
        raise ValueError(
            f"action: expected the parameters {', '.join(sorted(before))}, "
            f"got {', '.join(sorted(after)) or 'none'}"
        )
    for name, tensor in before.items():
        expected = (tuple(tensor.shape), tensor.dtype)
        got = (tuple(after[name].shape), after[name].dtype)
        if got != expected:
            raise ValueError(
                f"action: expected {name} of shape {expected[0]}, {expected[1]}, "
                f"got shape {got[0]}, {got[1]}"
            )


def _scalar(loss: object) -> float:
    if not isinstance(loss, Tensor):
        raise TypeError(f"loss: expected a function that returns a tensor, got {shown(loss)}")
    if loss.numel() != 1:
        raise ValueError(f"loss: expected a scalar, got shape {tuple(loss.shape)}")
    value = float(loss)
    if not math.isfinite(value):
        raise ValueError(f"loss: expected a finite number, got {value}")
    return value
