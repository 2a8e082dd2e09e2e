"""What cannot be differentiated in which order, said in words.

Not every operation of PyTorch has a second derivative or a forward mode. With PyTorch 2.13, on the
CPU, of what is common:

============================================== ============================================
attention as one kernel, `torch.cdist`, CTC    in no order; attention as products in all three
`grid_sample`, sparse products, LSTM layers    reverse-over-reverse (and the whole Hessian)
in float32
layer normalization                            all but reverse-over-forward
batch normalization in training, checkpoints,  reverse-over-reverse only
Functions without ``setup_context``
Functions without ``jvp``                      reverse-over-reverse (and the whole Hessian)
compiled by a backend with its own backward    the two forward orders (and the whole Hessian)
``once_differentiable`` Functions              reverse-over-forward, if they have a ``jvp``
============================================== ============================================

Where PyTorch refuses, `in_words` says what was asked of which operation, and what helps. Where it
does not refuse but gives a wrong product, `check_twice` does, and `check_right` in
`d2l_utils.curvature.wrong_rules`, which lists these operations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor
from torch.autograd.function import BackwardCFunction

from d2l_utils.curvature.wrong_rules import REVERSE
from d2l_utils.graphs.kept import nodes_behind

_ATTENTION = (
    "; as plain products attention can be differentiated: compute the loss under "
    "`with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):`"
)
_INSTEAD = f"; hvp in the order {REVERSE!r} may do without"

_REASONS: tuple[tuple[str, str, str], ...] = (
    (
        r"derivative for '?(?:aten::)?(\w+)'? is not implemented",
        "operations that can be differentiated twice, got {}, which PyTorch cannot",
        "",
    ),
    (
        r"use forward AD with (\w+) that does not support it",
        "operations with a forward mode, got {}, which has none in PyTorch",
        _INSTEAD,
    ),
    (
        r"must implement the jvp function for custom autograd\.Function",
        "operations with a forward mode, got an autograd.Function without `jvp`",
        _INSTEAD,
    ),
    (
        r"tried to vmap over (\w+), but it does not have vmap support",
        "operations that torch.func can run for many vectors at once, got {} without `vmap`",
        "; give it generate_vmap_rule=True",
    ),
    (
        r"must override the setup_context staticmethod",
        "functions that torch.func can read, got an autograd.Function without `setup_context`",
        _INSTEAD,
    ),
    (
        r"would mutate a captured Tensor",
        "a function of the parameters alone, got one that changes another tensor in place, such as "
        "the statistics of batch normalization in training",
        _INSTEAD,
    ),
    (
        r"support saved tensor hooks",
        "operations without hooks on saved tensors, got a checkpoint or another hook",
        _INSTEAD,
    ),
    (
        r"use_reentrant=True",
        "checkpoints that can be differentiated with respect to given tensors, got an older one",
        "; give it use_reentrant=False",
    ),
    (
        r"does not currently support double backward",
        "operations that can be differentiated twice, got a compiled function, whose backward pass "
        "is compiled too",
        "; use the function that was compiled, or a forward order",
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place operation",
        "a function that leaves its parameters alone, got one that changes them in place",
        "",
    ),
    (
        r"does not require grad and does not have a grad_fn"
        r"|attempting to call Tensor\.requires_grad_",
        "a function that does not differentiate by itself, got one that calls autograd",
        _INSTEAD,
    ),
    (
        r"modified by an inplace operation",
        "saved tensors as they were saved, got one that was overwritten in place afterwards",
        "; replace that operation, such as ReLU(inplace=True), by one that makes a new tensor",
    ),
    (
        r"Cannot access data pointer of Tensor that doesn't have storage|called on tensors inside",
        "operations that torch.func can follow, got one that reads the numbers themselves, as "
        "through NumPy",
        _INSTEAD,
    ),
)


@contextmanager
def in_words(order: str) -> Iterator[None]:
    """Turn PyTorch's refusal to differentiate into a `ValueError` that says what helps.

    Args:
        order: What was asked for, such as ``"reverse-over-forward"``.

    Raises:
        ValueError: If PyTorch refused for one of the known reasons; other errors pass.
    """
    try:
        yield
    except (RuntimeError, NotImplementedError) as error:
        words = _explained(str(error))
        if words is None:
            raise
        raise ValueError(f"loss: for {order}, expected {words}") from error


def _explained(message: str) -> str | None:
    for pattern, words, advice in _REASONS:
        if found := re.search(pattern, message):
            name = (found.groups() or ("",))[0]
            advice = _ATTENTION if "attention" in name else advice
            return words.format(name.removeprefix("_")) + advice
    return None


def check_twice(value: Tensor) -> Tensor:
    """Return a loss's value if no operation behind it hides its second derivative.

    The backward pass of a Function that is marked ``once_differentiable`` has no graph if the
    gradient that comes to it has none, and PyTorch then takes its derivative for zero.

    Args:
        value: A computed tensor, also at a level of `torch.func`.

    Raises:
        ValueError: If there is such a Function.
    """
    for node in nodes_behind([value.grad_fn] if value.grad_fn is not None else []):
        for function in _functions(node):
            if "once_differentiable" in function.backward.__code__.co_qualname:
                raise ValueError(
                    "loss: expected operations that can be differentiated twice, got "
                    f"{function.__name__}, whose backward pass is marked once_differentiable"
                )
    return value


def _functions(node: Any) -> list[Any]:
    """The Functions written in Python whose backward pass a node runs."""
    if not isinstance(node, BackwardCFunction):
        return []
    function: Any = getattr(node, "_forward_cls", None)
    cells = getattr(function.backward, "__closure__", None) or ()
    # torch.func runs a Function inside one that it generates, which holds the first.
    inner = [cell.cell_contents for cell in cells if isinstance(cell.cell_contents, type)]
    return [f for f in (function, *inner) if hasattr(getattr(f, "backward", None), "__code__")]
