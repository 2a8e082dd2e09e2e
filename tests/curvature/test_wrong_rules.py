"""What PyTorch differentiates wrongly: refused, and wrong indeed if it is not refused.

The second route is a difference quotient of the loss's values alone, since a gradient may be wrong
too: <v, Hv> = (J(w + e v) - 2 J(w) + J(w - e v)) / e**2, up to e**2.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.modules.linear_cross_entropy_options import LinearCrossEntropyOptions

from d2l_utils.curvature import (
    HVP_MODES,
    flatten,
    gauss_newton,
    gauss_newton_product,
    gradient,
    hessian,
    hvp,
    wrong_rules,
)
from d2l_utils.curvature.wrong_rules import FORWARD, REVERSE, TANGENT, WHOLE, check_right

pytestmark = [
    pytest.mark.exercise(4),
    pytest.mark.filterwarnings("ignore:torch.triangular_solve is deprecated:UserWarning"),
    pytest.mark.filterwarnings("ignore:There is a performance drop:UserWarning"),  # vmap's own
    pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning"),
]

Function = Callable[[Tensor], Tensor]
GENERATOR = torch.Generator().manual_seed(0)
W, C, V = (torch.randn(4, 4, generator=GENERATOR, dtype=torch.float64) for _ in range(3))
SQUARE = torch.randn(16, 16, generator=GENERATOR)
EYE = torch.eye(4, dtype=torch.float64)
ROWS = torch.zeros(4, 4, dtype=torch.int64)
CHUNKS = LinearCrossEntropyOptions(batch_chunk_size=2, allow_retain_graph=True)
NORMED = nn.utils.parametrizations.weight_norm(nn.Linear(4, 4, bias=False).double())
TARGET = torch.arange(4)


def loss_of(x: Tensor) -> Tensor:
    factors = torch.linspace(-1, 2, x.numel(), dtype=torch.float64).reshape(x.shape)
    return (x * factors).sum() + x.square().sum()


def batch_norm(w: Tensor) -> Tensor:
    return F.batch_norm(w, None, None, training=True)


def triangular(w: Tensor) -> Tensor:
    return torch.triangular_solve(C, w.triu() + 3 * EYE).solution


def triangular_transposed(w: Tensor) -> Tensor:
    return torch.triangular_solve(C, w.triu() + 3 * EYE, transpose=True).solution


def product_by_index(w: Tensor) -> Tensor:
    return w.scatter_reduce(0, ROWS, 2 * w, "prod")


def chunked(w: Tensor) -> Tensor:
    return F.linear_cross_entropy(w, C, TARGET, options=CHUNKS)


def selected(w: Tensor) -> Tensor:
    return torch.masked_select(w.reshape(-1) ** 2, SQUARE > 0)


def with_weight_norm(w: Tensor) -> Tensor:
    name = "parametrizations.weight.original"
    params = {name + "0": C[:, :1].abs(), name + "1": w}
    return torch.func.functional_call(NORMED, params, (EYE,))  # type: ignore[no-any-return]


def written_into(w: Tensor) -> Tensor:
    return (w**2).as_strided_scatter(C[0], (4,), (1,), 0)


def unpooled(w: Tensor, size: int) -> Tensor:
    """Pool windows that overlap if their size is 3 and step is 1, and put the maxima back."""
    step = 1 if size == 3 else size
    values, places = F.max_pool2d(
        (w**2).reshape(1, 1, 4, 4), size, stride=step, return_indices=True
    )
    return F.max_unpool2d(values, places, size, stride=step, output_size=(4, 4)) ** 2


WRONG: dict[str, tuple[Function, set[str]]] = {
    "layer norm": (lambda w: F.layer_norm(w, (4,)), {TANGENT}),
    "batch norm": (batch_norm, {TANGENT}),
    "det": (torch.linalg.det, {TANGENT}),
    "slogdet": (lambda w: torch.linalg.slogdet(w)[1], {TANGENT}),
    "logdet": (lambda w: torch.logdet(w @ w.mT + EYE), {TANGENT}),
    "solve": (lambda w: torch.linalg.solve(w @ w.mT + EYE, C), {TANGENT}),
    "tensorsolve": (lambda w: torch.linalg.tensorsolve(w + 3 * EYE, C[0]), {TANGENT}),
    "householder": (lambda w: torch.linalg.householder_product(w[:, :3], w[3, :3]), {TANGENT}),
    "cholesky_inverse": (lambda w: torch.cholesky_inverse(w.tril() + 3 * EYE), {FORWARD, TANGENT}),
    "triangular_solve": (triangular, {FORWARD}),
    "triangular_solve, transposed": (triangular_transposed, {FORWARD, TANGENT}),
    "scatter_reduce": (product_by_index, {FORWARD, TANGENT}),
    "linear_cross_entropy": (chunked, {REVERSE}),
    "masked_select": (selected, {WHOLE}),
    "weight norm": (with_weight_norm, {REVERSE, WHOLE}),
    "as_strided_scatter": (written_into, {REVERSE, FORWARD, TANGENT, WHOLE}),
    "max_unpool": (lambda w: unpooled(w, 3), {REVERSE, FORWARD, TANGENT, WHOLE}),
}
"""A function and the orders, of those that run, in which its product is wrong."""

RIGHT: dict[str, Function] = {
    "statistics given": lambda w: F.batch_norm(w, C[0], C[1].exp()),
    "solve for another matrix": lambda w: torch.linalg.solve(C + 3 * EYE, w),
    "triangular_solve of another matrix": lambda w: torch.triangular_solve(w, C + 3 * EYE)[0],
    "solve_triangular": lambda w: torch.linalg.solve_triangular(w + 3 * EYE, C, upper=True),
    "cholesky": lambda w: torch.linalg.cholesky(w @ w.mT + EYE),
    "scatter_reduce of means": lambda w: w.scatter_reduce(0, ROWS, w**2, "mean"),
    "linear_cross_entropy": lambda w: F.linear_cross_entropy(w, C, TARGET),
    "masked_select": lambda w: torch.masked_select(w**2, V > 0),
    "as_strided_scatter of what is written": lambda w: C.as_strided_scatter(
        w[0] ** 2, (4,), (1,), 0
    ),
    "max_unpool to places of their own": lambda w: unpooled(w, 2),
    "inverse": lambda w: torch.linalg.inv(w + 3 * EYE),
    "eigenvalues": lambda w: torch.linalg.eigvalsh(w @ w.mT),
    "qr": lambda w: torch.linalg.qr(w)[1],
}


def along(function: Function, order: str) -> float:
    """<v, Hv> of the loss of a function's values."""
    params, v = {"w": W}, {"w": V}

    def loss(p: dict[str, Tensor]) -> Tensor:
        return loss_of(function(p["w"]))

    if order == WHOLE:
        return float(flatten(v) @ hessian(loss, params) @ flatten(v))
    return float(flatten(v) @ flatten(hvp(loss, params, v, order)))


def by_difference(function: Function, eps: float = 1e-4) -> float:
    ahead, here, behind = (float(loss_of(function(W + t * V))) for t in (eps, 0, -eps))
    return (ahead - 2 * here + behind) / eps**2


def is_right(function: Function, order: str) -> bool:
    return along(function, order) == pytest.approx(by_difference(function), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("order", [*HVP_MODES, WHOLE])
def test_wrong_products_are_refused_and_would_be_wrong(
    name: str, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    function, wrong = WRONG[name]
    if order not in wrong:
        try:
            assert is_right(function, order)
        except ValueError as error:  # refused by PyTorch, or for a case that is wrong
            assert "expected" in str(error)  # noqa: PT017
        return
    with pytest.raises(ValueError, match=rf"^loss: for {order}, expected .*gives wrong numbers"):
        along(function, order)
    monkeypatch.setattr(wrong_rules, "_FAULTS", ())
    assert not is_right(function, order)


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("order", [*HVP_MODES, WHOLE])
def test_near_relatives_are_right_and_not_refused(name: str, order: str) -> None:
    assert is_right(RIGHT[name], order)


NO_GRADIENT = ("as_strided_scatter", "max_unpool")


@pytest.mark.parametrize("name", [*WRONG, *RIGHT])
def test_a_gradient_is_right_or_refused_where_it_would_be_wrong(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = (RIGHT | {key: made for key, (made, _) in WRONG.items()})[name]

    def slope() -> float:
        g = gradient(lambda p: loss_of(function(p["w"])), {"w": W})
        return float((g["w"] * V).sum())

    ends = [float(loss_of(function(W + t * V))) for t in (1e-5, -1e-5)]
    right = pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-5)
    if name in NO_GRADIENT:
        with pytest.raises(ValueError, match=r"^loss: for the gradient, .*gives wrong numbers"):
            slope()
        monkeypatch.setattr(wrong_rules, "_FAULTS", ())
        assert slope() != right
    else:
        assert slope() == right


OUTPUTS = ("cholesky_inverse", "triangular_solve, transposed", "scatter_reduce")


@pytest.mark.parametrize("name", [*OUTPUTS, "as_strided_scatter"])
def test_gauss_newton_refuses_outputs_with_a_wrong_first_derivative(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outputs(p: dict[str, Tensor]) -> Tensor:
        return WRONG[name][0](p["w"])

    def product() -> Tensor:
        result = gauss_newton_product(outputs, lambda o: o.square().sum() / 2, {"w": W}, {"w": V})
        return result["w"]

    with pytest.raises(ValueError, match=r"^outputs: for a Gauss-Newton product, .*wrong numbers"):
        product()
    monkeypatch.setattr(wrong_rules, "_FAULTS", ())
    eps = 1e-6
    slope = (outputs({"w": W + eps * V}) - outputs({"w": W - eps * V})) / (2 * eps)
    right = float(slope.square().sum())  # <v, A'Av>
    assert float((V * product()).sum()) != pytest.approx(right, rel=1e-4)


def test_gauss_newton_refuses_losses_and_matrices_too() -> None:
    with pytest.raises(ValueError, match=r"^loss: for reverse-over-reverse, .*WeightNorm"):
        gauss_newton_product(
            lambda p: p["w"] * 2, lambda o: loss_of(with_weight_norm(o)), {"w": W}, {"w": V}
        )
    with pytest.raises(ValueError, match=r"^outputs: for the whole Hessian, .*got MaskedSelect"):
        gauss_newton(lambda p: selected(p["w"]), loss_of, {"w": W})
    gauss_newton_product(lambda p: selected(p["w"]), loss_of, {"w": W}, {"w": V})


def test_the_advice_names_an_order_that_is_right() -> None:
    with pytest.raises(ValueError, match=r"in the order 'reverse-over-reverse' does without$"):
        along(torch.linalg.det, TANGENT)
    with pytest.raises(ValueError, match=r"write it out in elementary operations$"):
        along(written_into, TANGENT)
    assert is_right(lambda w: C * w / w.norm(dim=1, keepdim=True), REVERSE)  # weight norm


def test_some_rules_give_nan() -> None:
    def outer(w: Tensor) -> Tensor:
        vectors = torch.linalg.eigh(w @ w.mT)[1][:, :2]
        return vectors @ vectors.mT

    assert is_right(outer, REVERSE)
    assert along(outer, TANGENT) != along(outer, TANGENT)


def test_what_is_constant_is_right_in_every_order() -> None:
    value = torch.tensor(1.0)
    assert check_right(value, *HVP_MODES) is value
