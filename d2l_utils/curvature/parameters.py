"""Named parameters as one vector: flatten, unflatten, where each one is, and whether two match.

The functions of `curvature` take parameters as a dictionary; matrices of second derivatives need
one order of all entries. This module fixes it: the dictionary's order, each tensor row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from d2l_utils.border import Count, Dense, checked
from d2l_utils.border import Params as Params


@checked
def flatten(tensors: Params) -> Tensor:
    """Write all entries one after the other, in the dictionary's order.

    Args:
        tensors: Name -> tensor of any shape, P entries in all.

    Returns:
        Shape `(P,)`.
    """
    return torch.cat([tensor.reshape(-1) for tensor in tensors.values()])


@checked
def unflatten(vector: Dense, like: Params) -> dict[str, Tensor]:
    """Undo `flatten`.

    Args:
        vector: Shape `(P,)`.
        like: Parameters giving names and shapes.

    Returns:
        One tensor per name.

    Raises:
        ValueError: If `vector` does not have P entries.
    """
    total = sum(tensor.numel() for tensor in like.values())
    if vector.shape != (total,):
        raise ValueError(f"vector: expected shape {(total,)}, got {tuple(vector.shape)}")
    where = parameter_slices(like)
    return {name: vector[where[name]].reshape(tensor.shape) for name, tensor in like.items()}


@checked
def parameter_slices(params: Params) -> dict[str, slice]:
    """Say which rows of a `(P, P)` matrix belong to each parameter.

    Args:
        params: Name -> parameter, P entries in all.

    Returns:
        Name -> its rows, in the dictionary's order.
    """
    where, start = {}, 0
    for name, tensor in params.items():
        where[name] = slice(start, start + tensor.numel())
        start += tensor.numel()
    return where


def ordered(v: Params, params: Params) -> dict[str, Tensor]:
    """Return `v` without its graph and in the order of `params`."""
    return {name: v[name].detach() for name in params}


@checked
def matrix_of(
    product: Callable[[dict[str, Tensor]], Params],
    params: Params,
    max_bytes: Count = 4 * 10**9,
    chunk_size: Count = 512,
) -> Tensor:
    """Write a symmetric linear map on parameter dictionaries as a matrix.

    Args:
        product: The map v -> A v, made of operations that `torch.func.vmap` knows.
        params: Floating-point tensors with P entries in all that say what a vector looks like.
        max_bytes: The largest matrix allowed, in bytes.
        chunk_size: Rows computed together; more is faster and needs more memory.

    Returns:
        The matrix A, `(P, P)`, in the order of `flatten`.

    Raises:
        TypeError: If `params` does not map names to floating-point tensors.
        ValueError: If the matrix would take more than `max_bytes` or `chunk_size` is not positive.
    """
    check_fits(params, max_bytes)
    if chunk_size < 1:
        raise ValueError(f"chunk_size: expected a positive integer, got {chunk_size}")
    from torch.func import vmap

    like = flatten(params).detach()
    P = len(like)
    matrix = torch.empty(P, P, dtype=like.dtype, device=like.device)
    for start in range(0, P, chunk_size):
        unit = like.new_zeros(min(chunk_size, P - start), P)
        unit.diagonal(start).fill_(1)
        rows = vmap(lambda e: flatten(product(unflatten(e, params))))(unit)
        matrix[start : start + len(unit)] = rows
    return matrix


def check_fits(params: Params, max_bytes: int) -> None:
    """Refuse a matrix over all parameters that would be too large, before it is allocated.

    Args:
        params: Floating-point tensors with P entries in all.
        max_bytes: The largest `(P, P)` matrix allowed, in bytes.

    Raises:
        TypeError: If `params` does not map names to floating-point tensors.
        ValueError: If the matrix would be larger; the message says how large.
    """
    check_params(params)
    P = sum(tensor.numel() for tensor in params.values())
    needed = P * P * max(tensor.element_size() for tensor in params.values())
    if needed > max_bytes:
        raise ValueError(
            f"params: expected a matrix of at most max_bytes = {max_bytes:,}, got {P:,} x {P:,} "
            f"with {needed:,} bytes; use products such as hvp instead"
        )


def check_params(params: Params, what: str = "params") -> None:
    """Refuse what is not a dictionary of floating-point tensors.

    Args:
        params: What the caller was given.
        what: Its name, for the message.

    Raises:
        TypeError: If it is no mapping or an entry is no floating-point tensor.
        ValueError: If it is empty.
    """
    if not isinstance(params, Mapping):
        raise TypeError(
            f"{what}: expected a mapping of names to tensors, got {type(params).__name__}"
        )
    if not params:
        raise ValueError(f"{what}: expected at least one tensor, got none")
    for name, tensor in params.items():
        if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
            kind = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
            raise TypeError(f"{what}[{name!r}]: expected a floating-point tensor, got {kind}")


def check_match(params: Params, v: Params, what: str = "v") -> None:
    """Refuse a vector `v` that does not have the parameters' names, shapes, dtype and device.

    Args:
        params: The parameters.
        v: A vector in the same form, in any order of names.
        what: Its name, for the message.

    Raises:
        TypeError: If `v` is no mapping of names to floating-point tensors.
        ValueError: If it does not match.
    """
    check_params(v, what)
    if set(v) != set(params):
        raise ValueError(f"{what}: expected the names {sorted(params)}, got {sorted(v)}")
    for name, tensor in params.items():
        other = v[name]
        if other.shape != tensor.shape:
            expected, got = tuple(tensor.shape), tuple(other.shape)
            raise ValueError(f"{what}[{name!r}]: expected shape {expected}, got {got}")
        if (other.dtype, other.device) != (tensor.dtype, tensor.device):
            raise ValueError(
                f"{what}[{name!r}]: expected {tensor.dtype} on {tensor.device}, "
                f"got {other.dtype} on {other.device}"
            )


def scalar(value: object) -> Tensor:
    """Return a loss's value if it is one number in a tensor, else raise.

    Raises:
        TypeError: If it is no tensor.
        ValueError: If it has a shape other than `()`.
    """
    if not isinstance(value, Tensor):
        raise TypeError(f"loss: expected a scalar tensor, got {type(value).__name__}")
    if value.dim() != 0:
        raise ValueError(f"loss: expected a scalar, got shape {tuple(value.shape)}")
    return value
