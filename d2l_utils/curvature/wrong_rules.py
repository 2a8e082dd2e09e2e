"""Derivatives that PyTorch 2.13 gets wrong without a word, and the check that refuses them.

Found by comparing the products of all three orders, and the whole Hessian, with central differences
in float64 on the CPU, for the operations that PyTorch lists for its own tests, on up to 14 of its
small examples each:

=========================================== ==================================================
layer normalization, batch normalization    reverse-over-forward
with the minibatch's own statistics
``det``, ``slogdet``, ``logdet``,           reverse-over-forward (of `solve` only with respect to
``linalg.solve``, ``householder_product``   the matrix)
``scatter_reduce("prod")``,                 both forward orders and Gauss-Newton: the tangent or
``cholesky_inverse``, `triangular_solve`    its derivative is wrong (of `triangular_solve` only
                                            with respect to the matrix)
``linear_cross_entropy`` in chunks          reverse-over-reverse
``masked_select`` of a smaller tensor       the whole Hessian
weight normalization                        every order with which it runs
``as_strided_scatter``, ``max_unpool``      every order and the gradient (of `max_unpool` if
                                            two values go to one place)
=========================================== ==================================================

What is not in the table was right where it was tried, which is no promise. Not tried were: other
dtypes and devices, and operations that others have written. Some rules give NaN where the product
is finite, such as reverse-over-forward for the eigenvectors of `eigh`; NaN is not refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor

from d2l_utils.graphs.kept import nodes_behind, operation_name

REVERSE = "reverse-over-reverse"
"""The order that most operations allow."""

FORWARD = "forward-over-reverse"
TANGENT = "reverse-over-forward"
WHOLE = "the whole Hessian"
GAUSS_NEWTON = "a Gauss-Newton product"
"""The derivatives of the outputs; those of the loss are taken as in `REVERSE` and `WHOLE`."""

GRADIENT = "the gradient"
"""First derivatives: nearly all that is wrong above has these right."""

_ALL = frozenset({REVERSE, FORWARD, TANGENT, WHOLE, GAUSS_NEWTON})


def _always(node: Any) -> bool:
    return True


def _argument(number: int) -> Callable[[Any], bool]:
    """Whether this argument of the operation is differentiated."""
    return lambda node: node.next_functions[number][0] is not None


def _go_to_one_place(node: Any) -> bool:
    """Whether two values of a plane or volume have one index."""
    dims = 3 if "3D" in node.name() else 2
    indices: Tensor = node._saved_indices.flatten(-dims).sort().values
    return bool((indices[..., 1:] == indices[..., :-1]).any())


class _Fault(NamedTuple):
    """A rule that is wrong: the operation's name, in which orders, and when."""

    name: str
    orders: frozenset[str]
    when: Callable[[Any], bool] = _always


_FAULTS = (
    _Fault(r".*LayerNorm", frozenset({TANGENT})),
    _Fault(
        r".*BatchNorm(Legit|WithUpdate)?",
        frozenset({TANGENT}),
        lambda node: bool(getattr(node, "_saved_training", True)),
    ),
    _Fault(r"Linalg(Det|Slogdet|HouseholderProduct)", frozenset({TANGENT})),
    _Fault(r"LinalgSolveEx", frozenset({TANGENT}), _argument(0)),
    _Fault(
        r"ScatterReduce",
        frozenset({FORWARD, TANGENT, GAUSS_NEWTON}),
        lambda node: node._saved_reduce == "prod",
    ),
    _Fault(r"CholeskyInverse", frozenset({FORWARD, TANGENT, GAUSS_NEWTON})),
    _Fault(r"TriangularSolve", frozenset({FORWARD, TANGENT, GAUSS_NEWTON}), _argument(1)),
    _Fault(r".*linear_cross_entropy_batch_chunked.*", frozenset({REVERSE})),
    _Fault(
        r"MaskedSelect",
        frozenset({WHOLE}),
        lambda node: node._saved_self.shape != node._saved_mask.shape,
    ),
    _Fault(r"WeightNormInterface", _ALL, _argument(0)),
    _Fault(r"AsStridedScatter", _ALL | {GRADIENT}, _argument(0)),
    _Fault(r"MaxUnpool[23]D", _ALL | {GRADIENT}, _go_to_one_place),
)


def check_right(value: Tensor, *orders: str, what: str = "loss") -> Tensor:
    """Return a value of whose derivatives PyTorch 2.13 gets none wrong that is known.

    Args:
        value: A computed tensor, with the graph to be differentiated; also at a level of
            `torch.func`.
        orders: What is going to be taken: orders of `hvp`, `WHOLE`, `GAUSS_NEWTON` or `GRADIENT`.
        what: The argument's name, for the message.

    Raises:
        ValueError: If there is an operation behind it whose rule is wrong in one of these orders.
    """
    faults = [fault for fault in _FAULTS if fault.orders & {*orders}]
    for node in nodes_behind([value.grad_fn] if value.grad_fn is not None else []):
        name = operation_name(node).rstrip("0123456789").removesuffix("Backward")
        name = name.removeprefix("GeneratedBackwardFor_torch_nn__")
        for fault in faults:
            if re.fullmatch(fault.name, name) and fault.when(node):
                order = next(order for order in orders if order in fault.orders)
                raise ValueError(
                    f"{what}: for {order}, expected operations that can be differentiated so, "
                    f"got {name}, for which PyTorch gives wrong numbers{_advice(fault)}"
                )
    return value


def _advice(fault: _Fault) -> str:
    if REVERSE in fault.orders:
        return "; write it out in elementary operations"
    return f"; hvp in the order {REVERSE!r} does without"
