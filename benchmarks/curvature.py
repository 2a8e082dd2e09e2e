"""What second derivatives cost in time, in gradients of the same objective."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.timing import Row, ratios
from d2l_utils.backprop.functional_mlp import init_mlp, objective
from d2l_utils.curvature import matrix_of
from d2l_utils.curvature.products import gradient, hessian, hvp
from d2l_utils.curvature.r_operator import hvp_by_hand

Variants = dict[str, tuple[Callable[[], object], float | None]]
BATCH, LAMBD = 256, 1e-3


def rows() -> list[Row]:
    """Measure products at 784-256-10 and the whole Hessian of 421 parameters."""
    return _product_rows() + _hessian_rows()


def _product_rows() -> list[Row]:
    value, params, X, y = _problem((784, 256, 10))
    v = {name: torch.randn_like(tensor) for name, tensor in params.items()}

    def functional() -> object:
        def on_tuple(*tensors: Tensor) -> Tensor:
            return value(dict(zip(params, tensors, strict=True)))

        return torch.autograd.functional.hvp(on_tuple, tuple(params.values()), tuple(v.values()))

    variants: Variants = {
        "Hv, default (reverse over reverse)": (lambda: hvp(value, params, v), 2.1),
        "Hv by hand (R-operator)": (lambda: hvp_by_hand(params, v, X, y, LAMBD), 1.6),
        "Hv, forward over reverse": (
            lambda: hvp(value, params, v, "forward-over-reverse"),
            None,
        ),
        "Hv, reverse over forward": (
            lambda: hvp(value, params, v, "reverse-over-forward"),
            None,
        ),
        "torch.autograd.functional.hvp": (functional, None),
    }
    if importlib.util.find_spec("curvlinops") is not None:
        variants["curvlinops"] = (_curvlinops(params, v, X, y), None)
    return _rows("784-256-10", lambda: gradient(value, params), variants, rounds=41)


def _hessian_rows() -> list[Row]:
    value, params, X, y = _problem((20, 16, 5))

    def library() -> object:
        return torch.func.hessian(value)(params)

    def by_hand() -> object:
        return matrix_of(lambda v: hvp_by_hand(params, v, X, y, LAMBD), params)

    variants: Variants = {
        "Hessian": (lambda: hessian(value, params), 90.0),
        "Hessian by hand": (by_hand, None),
        "torch.func.hessian": (library, None),
    }
    return _rows("421 parameters", lambda: gradient(value, params), variants, rounds=11)


def _problem(
    sizes: tuple[int, ...],
) -> tuple[Callable[[dict[str, Tensor]], Tensor], dict[str, Tensor], Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    params = init_mlp(sizes, generator, dtype=torch.float32)
    X = torch.randn(BATCH, sizes[0], generator=generator, dtype=torch.float32)
    y = torch.randint(sizes[-1], (BATCH,), generator=generator)
    return lambda q: objective(q, X, y, LAMBD), params, X, y


def _curvlinops(
    params: dict[str, Tensor], v: dict[str, Tensor], X: Tensor, y: Tensor
) -> Callable[[], object]:
    from curvlinops import HessianLinearOperator

    layers = [torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10)]
    net = torch.nn.Sequential(*layers)
    for leaf, tensor in zip(net.parameters(), params.values(), strict=True):
        leaf.data.copy_(tensor)
    H = HessianLinearOperator(
        net, torch.nn.CrossEntropyLoss(), list(net.parameters()), [(X, y)], progressbar=False
    )
    direction = list(v.values())
    return lambda: H @ direction


def _rows(where: str, unit: Callable[[], object], variants: Variants, rounds: int) -> list[Row]:
    measured = ratios({name: run for name, (run, _) in variants.items()}, unit, rounds)
    return [
        Row(f"{name}, {where} / gradient", measured[name], limit)
        for name, (_, limit) in variants.items()
    ]
