"""Second derivatives of a loss: one product with the Hessian, all of it, or its Gauss-Newton part.

Serves exercise 4 of D2L 5.3. Losses are functions of a parameter dictionary, as for `torch.func`,
and nothing here differentiates by itself: each function combines PyTorch's own reverse and forward
modes in another order. See `gauss_newton_matrix`, `hutchinson` (estimates) and `r_operator` (by
hand).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from d2l_utils.border import Count, checked
from d2l_utils.curvature.forward_mode import forward_mode
from d2l_utils.curvature.limits import check_twice, in_words
from d2l_utils.curvature.parameters import (
    Params,
    check_fits,
    check_match,
    check_params,
    matrix_of,
    ordered,
    scalar,
)
from d2l_utils.curvature.wrong_rules import (
    FORWARD,
    GRADIENT,
    REVERSE,
    TANGENT,
    WHOLE,
    check_right,
)

Loss = Callable[[dict[str, Tensor]], Tensor]


@checked
def gradient(loss: Loss, params: Params) -> dict[str, Tensor]:
    """Compute the gradient of a scalar loss by one reverse pass.

    Args:
        loss: Function of the parameter dictionary that returns a scalar tensor.
        params: Floating-point tensors; neither they nor their `grad` are changed.

    Returns:
        One tensor per parameter, of the same shape.

    Raises:
        TypeError: If `params` does not map names to floating-point tensors.
        ValueError: If `params` is empty, the loss is not scalar, or it has an operation whose
            gradient PyTorch is known to get wrong (`d2l_utils.curvature.wrong_rules`).
    """
    leaves = _leaves(params)
    value = check_right(scalar(loss(leaves)), GRADIENT)
    return dict(zip(leaves, _reverse(value, leaves), strict=True))


@checked
def hvp(
    loss: Loss, params: Params, v: Params, mode: str = "reverse-over-reverse"
) -> dict[str, Tensor]:
    """Compute the product Hv of the Hessian with one vector, without the Hessian.

    For a module, let the loss be `lambda q: criterion(torch.func.functional_call(net, q, X), y)`
    and the parameters `dict(net.named_parameters())`.

    Args:
        loss: Function of the parameter dictionary that returns a scalar tensor.
        params: Floating-point tensors.
        v: The vector: the same names, shapes, dtype and device as `params`.
        mode: `"reverse-over-reverse"` differentiates <g, v>, `"forward-over-reverse"` takes the
            gradient's tangent along v, `"reverse-over-forward"` the gradient of the loss's tangent
            (Pearlmutter, 1994). All three give the same numbers where PyTorch's rules are right;
            the first one works with the most operations (`d2l_utils.curvature.limits`).

    Returns:
        One tensor per parameter, of the same shape, without a graph; zeros where the gradient does
        not depend on the parameter.

    Raises:
        TypeError: If `params` or `v` does not map names to floating-point tensors.
        ValueError: If `v` does not match `params`, the loss is not scalar, the mode is unknown, or
            the loss has an operation that PyTorch cannot differentiate in this order, or is known
            to differentiate wrongly (`d2l_utils.curvature.wrong_rules`). Rules that nobody has
            tried, and what an `autograd.Function` hides from autograd in its backward pass, are
            taken as they are: compare them with central differences.
    """
    if mode not in HVP_MODES:
        raise ValueError(f"mode: expected one of {list(HVP_MODES)}, got {mode!r}")
    check_params(params)
    check_match(params, v)
    with in_words(mode):
        return HVP_MODES[mode](loss, params, v)


@checked
def hessian(
    loss: Loss, params: Params, max_bytes: Count = 4 * 10**9, chunk_size: Count = 512
) -> Tensor:
    """Compute the whole Hessian: a second reverse pass for each row, many rows at a time.

    Args:
        loss: Function of the parameter dictionary that returns a scalar tensor.
        params: Floating-point tensors with P entries in all.
        max_bytes: The largest matrix allowed, in bytes.
        chunk_size: Rows computed together; more is faster and needs more memory.

    Returns:
        A symmetric matrix `(P, P)` in the order of `flatten`; `parameter_slices` says where each
        parameter is.

    Raises:
        TypeError: If `params` does not map names to floating-point tensors.
        ValueError: If the matrix would take more than `max_bytes` (raised before it is allocated),
            the loss is not scalar, `chunk_size` is not positive, or the loss has an operation
            that `torch.func` cannot differentiate twice, or is known to differentiate wrongly.
    """
    from torch.func import grad, vjp

    check_fits(params, max_bytes)
    with in_words(WHOLE):
        pull_back = vjp(grad(_checked(loss, WHOLE)), ordered(params, params))[1]
        return matrix_of(lambda v: pull_back(v)[0], params, max_bytes, chunk_size)


def _checked(loss: Loss, order: str) -> Loss:
    """The loss, with its value and its graph looked at."""
    return lambda q: check_right(check_twice(scalar(loss(q))), order)


def _reverse_over_reverse(loss: Loss, params: Params, v: Params) -> dict[str, Tensor]:
    leaves = _leaves(params)
    first = _reverse(_checked(loss, REVERSE)(leaves), leaves, create_graph=True)
    # A gradient that is constant in the parameters has no graph and adds nothing to Hv.
    pairs = [(g, v[name]) for name, g in zip(leaves, first, strict=True) if g.requires_grad]
    if not pairs:
        return {name: torch.zeros_like(leaf) for name, leaf in params.items()}
    second = torch.autograd.grad(
        [g for g, _ in pairs],
        list(leaves.values()),
        [direction for _, direction in pairs],
        materialize_grads=True,
    )
    return dict(zip(leaves, second, strict=True))


def _forward_over_reverse(loss: Loss, params: Params, v: Params) -> dict[str, Tensor]:
    from torch.func import grad

    jvp = forward_mode()
    at, along = ordered(params, params), ordered(v, params)
    tangent: dict[str, Tensor] = jvp(grad(_checked(loss, FORWARD)), (at,), (along,))[1]
    return tangent


def _reverse_over_forward(loss: Loss, params: Params, v: Params) -> dict[str, Tensor]:
    from torch.func import grad

    jvp = forward_mode()

    def slope(q: dict[str, Tensor]) -> Tensor:
        along: Tensor
        value, along = jvp(lambda r: scalar(loss(r)), (q,), (ordered(v, params),))
        check_right(value, TANGENT)
        return along

    product: dict[str, Tensor] = grad(slope)(ordered(params, params))
    return product


HVP_MODES: dict[str, Callable[[Loss, Params, Params], dict[str, Tensor]]] = {
    REVERSE: _reverse_over_reverse,
    FORWARD: _forward_over_reverse,
    TANGENT: _reverse_over_forward,
}
"""The three orders of differentiation that give a product with the Hessian."""


def _reverse(
    value: Tensor, leaves: dict[str, Tensor], create_graph: bool = False
) -> tuple[Tensor, ...]:
    if not value.requires_grad:  # a constant
        return tuple(torch.zeros_like(leaf) for leaf in leaves.values())
    return torch.autograd.grad(
        value, list(leaves.values()), create_graph=create_graph, materialize_grads=True
    )


def _leaves(params: Params) -> dict[str, Tensor]:
    check_params(params)
    return {name: tensor.detach().requires_grad_() for name, tensor in params.items()}
