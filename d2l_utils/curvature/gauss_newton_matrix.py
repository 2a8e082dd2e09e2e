"""The Gauss-Newton matrix: the part of a Hessian that remains if the outputs were linear.

By the chain rule H = A^T H_L A + sum_k dL/do_k H_k, with A the Jacobian of the outputs, H_L the
Hessian of the loss in the outputs and H_k the Hessian of output k. The first term is Gauss-Newton
(Schraudolph, 2002): it needs no second derivative of the network. Serves exercise 4 of D2L 5.3.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from d2l_utils.border import Count, checked
from d2l_utils.border.constraints import shown
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
from d2l_utils.curvature.wrong_rules import GAUSS_NEWTON, REVERSE, WHOLE, check_right

Outputs = Callable[[dict[str, Tensor]], Tensor]


@checked
def gauss_newton_product(
    outputs: Outputs, loss: Callable[[Tensor], Tensor], params: Params, v: Params
) -> dict[str, Tensor]:
    """Compute G v with the Gauss-Newton matrix G = A^T H_L A (Schraudolph, 2002).

    A is the Jacobian of the outputs with respect to the parameters and H_L the Hessian of the loss
    with respect to the outputs: what is left of H when the outputs are taken as linear.

    Args:
        outputs: Function of the parameter dictionary, any shape; for example `(batch, q)`.
        loss: Function of those outputs that returns a scalar tensor.
        params: Floating-point tensors.
        v: The vector: the same names, shapes, dtype and device as `params`.

    Returns:
        One tensor per parameter, of the same shape.

    Raises:
        TypeError: If `params` or `v` does not map names to floating-point tensors.
        ValueError: If `v` does not match `params`, the loss is not scalar, or an operation has no
            forward mode or, in the loss, no second derivative, or one that is known to be wrong.
    """
    check_params(params)
    check_match(params, v)
    with in_words(GAUSS_NEWTON):
        return _gauss_newton_map(outputs, loss, ordered(params, params))(ordered(v, params))


@checked
def gauss_newton(
    outputs: Outputs,
    loss: Callable[[Tensor], Tensor],
    params: Params,
    max_bytes: Count = 4 * 10**9,
    chunk_size: Count = 512,
) -> Tensor:
    """Compute the whole Gauss-Newton matrix; arguments as in `gauss_newton_product`.

    Args:
        outputs: Function of the parameter dictionary, any shape.
        loss: Function of those outputs that returns a scalar tensor.
        params: Floating-point tensors with P entries in all.
        max_bytes: The largest matrix allowed, in bytes.
        chunk_size: Rows computed together.

    Returns:
        A symmetric matrix `(P, P)` in the order of `flatten`, positive semi-definite if the loss
        is convex in the outputs.

    Raises:
        TypeError: If `params` does not map names to floating-point tensors.
        ValueError: If the matrix would take more than `max_bytes`, the loss is not scalar,
            `chunk_size` is not positive, or an operation has no forward mode or, in the loss, no
            second derivative, or one that is known to be wrong.
    """
    check_fits(params, max_bytes)
    with in_words("the Gauss-Newton matrix"):
        product = _gauss_newton_map(outputs, loss, ordered(params, params), WHOLE)
        return matrix_of(product, params, max_bytes, chunk_size)


def _gauss_newton_map(
    outputs: Outputs, loss: Callable[[Tensor], Tensor], params: dict[str, Tensor], *orders: str
) -> Callable[[dict[str, Tensor]], dict[str, Tensor]]:
    from torch.func import grad, vjp

    jvp = forward_mode()

    def value(o: Tensor) -> Tensor:
        return check_right(check_twice(scalar(loss(o))), REVERSE, *orders)

    def tensor(params: dict[str, Tensor]) -> Tensor:
        o = outputs(params)
        if not isinstance(o, Tensor):
            raise TypeError(f"outputs: expected a function that returns a tensor, got {shown(o)}")
        return check_right(o, GAUSS_NEWTON, *orders, what="outputs")

    o, pull_back = vjp(tensor, params)[:2]
    loss_curvature = vjp(grad(value), o)[1]

    def product(v: dict[str, Tensor]) -> dict[str, Tensor]:
        tangent = jvp(tensor, (params,), (v,))[1]
        result: dict[str, Tensor] = pull_back(loss_curvature(tangent)[0])[0]
        return result

    return product
