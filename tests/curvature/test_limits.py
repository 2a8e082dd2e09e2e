"""What works in which order, and the words where it does not: the table in the module, tried."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F  # noqa: N812
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.checkpoint import checkpoint

from d2l_utils.checks.claims import relative_error
from d2l_utils.curvature import (
    flatten,
    gauss_newton,
    gauss_newton_product,
    gradient,
    hessian,
    hvp,
)
from d2l_utils.curvature.limits import check_twice, in_words
from d2l_utils.curvature.products import HVP_MODES

pytestmark = pytest.mark.exercise(4)

Params = dict[str, Tensor]
Loss = Callable[[Params], Tensor]
RR, FR, RF = HVP_MODES
ALL, WHOLE = {RR, FR, RF, "whole"}, "whole"


def weights() -> Params:
    generator = torch.Generator().manual_seed(0)
    return {"w": torch.randn(3, 4, generator=generator, dtype=torch.float64)}


def of_module(net: nn.Module, *inputs: Tensor) -> tuple[Loss, Params]:
    net = net.double()
    generator = torch.Generator().manual_seed(0)
    for p in net.parameters():
        torch.nn.init.uniform_(p, -1, 1, generator=generator)

    def loss(q: Params) -> Tensor:
        result: Any = torch.func.functional_call(net, q, inputs)
        return (result[0] if isinstance(result, tuple) else result).square().sum()

    return loss, {name: p.detach() for name, p in net.named_parameters()}


class Cube(torch.autograd.Function):
    """x**3 in the older form."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return 3 * ctx.saved_tensors[0] ** 2 * g


class ReadableCube(torch.autograd.Function):
    """x**3 in the form that torch.func can read, without a forward mode."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x**3

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    backward = Cube.backward


class CubeOnce(ReadableCube):
    """x**3 with a forward mode, and a backward pass that has no graph."""

    backward = staticmethod(once_differentiable(Cube.backward))

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        return 3 * ctx.saved_tensors[0] ** 2 * tangent


def attention(p: Params) -> Tensor:
    q = torch.linspace(-1, 1, 80, dtype=torch.float64).reshape(1, 2, 5, 8)
    return F.scaled_dot_product_attention(q * p["w"][0].sum(), q, q).square().sum()


def attention_as_products(p: Params) -> Tensor:
    with sdpa_kernel(SDPBackend.MATH):
        return attention(p)


def grid(p: Params) -> Tensor:
    picture = torch.arange(16.0, dtype=torch.float64).reshape(1, 1, 4, 4)
    where = p["w"][:, :2].tanh().reshape(1, 3, 1, 2)
    return F.grid_sample(picture, where, align_corners=False).square().sum()


def checkpointed(p: Params) -> Tensor:
    return checkpoint(lambda w: (w**3).sin(), p["w"], use_reentrant=False).sum()


def checkpointed_as_of_old(p: Params) -> Tensor:
    return checkpoint(lambda w: (w**3).sin(), p["w"], use_reentrant=True).sum()


def in_place_on_views(p: Params) -> Tensor:
    y = p["w"] * 2
    y[0].mul_(p["w"][1])
    y[2] = p["w"][0] ** 2
    return (y**3).sum()


def overwritten(p: Params) -> Tensor:
    return p["w"].sigmoid().relu_().sum()


def changes_its_parameters(p: Params) -> Tensor:
    return p["w"].mul_(2).square().sum()


def differentiates(p: Params) -> Tensor:
    leaf = p["w"].detach().requires_grad_()
    (g,) = torch.autograd.grad((leaf**3).sum(), leaf)
    return (g * p["w"]).sum()


def through_numpy(p: Params) -> Tensor:
    return torch.as_tensor(p["w"].detach().numpy() ** 2).sum() * (p["w"] ** 3).sum()


@cache
def compiled() -> Callable[[Tensor], Tensor]:
    """A compiled function; to make one loads the compiler."""
    return torch.compile(lambda w: (w**3).sin().sum(), backend="aot_eager")


X = torch.linspace(-1, 1, 48, dtype=torch.float64).reshape(2, 3, 8)
LINEAR = nn.Linear(8, 4)

CASES: dict[str, tuple[Loss | tuple[Loss, Params], set[str], str]] = {
    "attention": (attention, set(), "attention.*SDPBackend.MATH"),
    "attention as products": (attention_as_products, ALL, ""),
    "cdist": (lambda p: torch.cdist(p["w"], 2 * p["w"] + 1).sum(), set(), "got cdist"),
    "grid": (grid, {RR, WHOLE}, "got grid_sampler_2d"),
    "lstm": (of_module(nn.LSTM(8, 3), X), ALL, ""),
    "gru": (of_module(nn.GRU(8, 3), X), ALL, ""),
    "statistics": (
        of_module(nn.Sequential(LINEAR, nn.BatchNorm1d(4)), X[0]),
        {RR},
        "another tensor in place",
    ),
    "fixed statistics": (
        of_module(nn.Sequential(LINEAR, nn.BatchNorm1d(4)).eval(), X[0]),
        ALL,
        "",
    ),
    "own statistics": (
        of_module(nn.Sequential(LINEAR, nn.BatchNorm1d(4, track_running_stats=False)), X[0]),
        {RR, FR, WHOLE},
        "got NativeBatchNorm, for which PyTorch gives wrong numbers",
    ),
    "layer norm": (
        of_module(nn.Sequential(LINEAR, nn.LayerNorm(4)), X[0]),
        {RR, FR, WHOLE},
        "got NativeLayerNorm, for which PyTorch gives wrong numbers",
    ),
    "group norm": (of_module(nn.Sequential(LINEAR, nn.GroupNorm(2, 4)), X[0]), ALL, ""),
    "in place": (of_module(nn.Sequential(LINEAR, nn.ReLU(inplace=True)), X[0]), ALL, ""),
    "in-place views": (in_place_on_views, ALL, ""),
    "checkpoint": (checkpointed, {RR}, "got a checkpoint or another hook"),
    "older checkpoint": (checkpointed_as_of_old, set(), "use_reentrant=False|setup_context"),
    "older function": (lambda p: Cube.apply(p["w"]).sum(), {RR}, "without `setup_context`"),
    "function": (lambda p: ReadableCube.apply(p["w"]).sum(), {RR, WHOLE}, "without `jvp`"),
    "once": (
        lambda p: CubeOnce.apply(p["w"].exp()).sum(),
        {RF},
        "got CubeOnce, whose backward pass is marked once_differentiable",
    ),
    "compiled": (lambda p: compiled()(p["w"]), {FR, RF, WHOLE}, "got a compiled function"),
    "overwritten": (overwritten, set(), "overwritten in place afterwards"),
    "changed": (changes_its_parameters, set(), "leaves its parameters alone"),
    "numpy": (through_numpy, {RR}, "reads the numbers themselves"),
}


@pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:There is a performance drop:UserWarning")  # vmap's own
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("order", [*HVP_MODES, WHOLE])
def test_each_order_works_or_is_refused_in_words(name: str, order: str) -> None:
    case, allowed, words = CASES[name]
    loss, params = case if isinstance(case, tuple) else (case, weights())
    v = {k: torch.ones_like(p) for k, p in params.items()}

    def product() -> Tensor:
        if order == WHOLE:
            return hessian(loss, params) @ flatten(v)
        return flatten(hvp(loss, params, v, order))

    if order not in allowed:
        with pytest.raises(ValueError, match=f"^loss: .*expected .*({words})"):
            product()
        return
    found = product()
    if name != "numpy":  # what goes through NumPy is a constant
        eps = 1e-5
        ahead, behind = (
            flatten(gradient(loss, {k: p + t * v[k] for k, p in params.items()}))
            for t in (eps, -eps)
        )
        assert relative_error(found, (ahead - behind) / (2 * eps)) < 1e-6


def test_float32_has_its_own_limits() -> None:
    net = nn.LSTM(8, 3)
    params = {name: p.detach() for name, p in net.named_parameters()}
    v = {name: torch.ones_like(p) for name, p in params.items()}

    def loss(q: Params) -> Tensor:
        result: Any = torch.func.functional_call(net, q, (X.float(),))
        return result[0].square().sum()

    for order in (FR, RF):
        with pytest.raises(ValueError, match="a forward mode, got mkldnn_rnn_layer"):
            hvp(loss, params, v, order)
    assert set(hvp(loss, params, v, RR)) == set(params)


def test_a_loss_that_differentiates_is_refused_where_that_fails() -> None:
    v = {"w": torch.ones(3, 4, dtype=torch.float64)}
    for order in HVP_MODES:
        try:
            hvp(differentiates, weights(), v, order)
        except ValueError as error:
            assert "calls autograd" in str(error)  # noqa: PT017


def test_gauss_newton_is_refused_in_words_too() -> None:
    params = weights()
    v = {"w": torch.ones_like(params["w"])}

    def outputs(q: Params) -> Tensor:
        return ReadableCube.apply(q["w"])

    for run in (
        lambda: gauss_newton(outputs, torch.sum, params),
        lambda: gauss_newton_product(outputs, torch.sum, params, v),
    ):
        with pytest.raises(ValueError, match=r"Gauss-Newton.*expected operations (with|that)"):
            run()
    with pytest.raises(ValueError, match="got CubeOnce, whose backward pass"):
        gauss_newton(lambda q: q["w"] * 2, lambda o: CubeOnce.apply(o).sum(), params)


@pytest.mark.parametrize("order", HVP_MODES)
def test_other_errors_pass_as_they_are(order: str) -> None:
    v = {"w": torch.ones(3, 4, dtype=torch.float64)}
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        hvp(lambda p: (p["w"] @ p["w"]).sum(), weights(), v, order)
    with pytest.raises(KeyError), in_words(order):
        raise KeyError("x")


def test_the_cause_is_kept() -> None:
    v = {"w": torch.ones(3, 4, dtype=torch.float64)}
    with pytest.raises(ValueError, match="attention") as e:
        hvp(attention, weights(), v)
    assert isinstance(e.value.__cause__, RuntimeError)


def test_constants_and_ordinary_functions_can_be_differentiated_twice() -> None:
    for value in (torch.tensor(1.0), Cube.apply(torch.ones(2, requires_grad=True)).sum()):
        assert check_twice(value) is value
