import dataclasses
from inspect import signature
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F  # noqa: N812

from d2l_utils.backprop.by_hand import Forward, Problem, backward, forward
from d2l_utils.backprop.derivatives import ACTIVATIONS, LOSSES
from d2l_utils.checks.claims import relative_error
from d2l_utils.checks.difference_quotients import central_difference

pytestmark = pytest.mark.exercise(2)

LIBRARY_ACTIVATION = {
    "relu": F.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
    "gelu": F.gelu,
    "identity": lambda z: z,
}
SIZES = [(1, 3, 2, 4), (5, 2, 4, 3), (3, 6, 5, 2), (7, 4, 3, 5)]  # n, inputs, hiddens, outputs


def problem(seed: int, sizes: tuple[int, int, int, int], loss: str) -> dict[str, Any]:
    n, num_inputs, num_hiddens, num_outputs = sizes
    gen = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=gen, dtype=torch.float64)

    X, W1, b1 = normal(n, num_inputs), normal(num_hiddens, num_inputs), normal(num_hiddens)
    W2 = normal(num_outputs, num_hiddens)
    labels = torch.randint(num_outputs, (n,), generator=gen)
    y = labels if loss == "cross_entropy" else normal(n, num_outputs)
    return {"X": X, "y": y, "W1": W1, "b1": b1, "W2": W2}


def library_objective(
    X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float, phi: str, loss: str
) -> dict[str, Tensor]:
    z = F.linear(X, W1, b1)
    h = LIBRARY_ACTIVATION[phi](z)
    o = F.linear(h, W2)
    if loss == "cross_entropy":
        L = F.cross_entropy(o, y)
    else:
        L = F.mse_loss(o, y, reduction="sum") / (2 * len(X))
    J = L + lambd / 2 * (W1.norm() ** 2 + W2.norm() ** 2)
    return {"z": z, "h": h, "o": o, "L": L, "J": J}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("phi", ACTIVATIONS)
def test_forward_and_backward_match_the_library_and_autograd(phi: str, loss: str) -> None:
    for seed in range(24):
        lambd = 0.0 if seed % 3 == 0 else 0.1 * seed
        args = problem(seed, SIZES[seed % 4], loss)
        leaves = {k: v.requires_grad_() for k, v in args.items() if k != "y"}
        expected = library_objective(**args, lambd=lambd, phi=phi, loss=loss)
        targets = {k: expected[k] for k in ("o", "h", "z")} | leaves
        grads = torch.autograd.grad(expected["J"], list(targets.values()))
        with torch.no_grad():
            result = forward(**args, lambd=lambd, activation=phi, loss=loss)
            got = backward(result)
        for name, value in expected.items():
            ours = getattr(result, name)
            assert ours.shape == value.shape
            assert relative_error(ours, value) <= 1e-12, (name, seed)
        for (name, variable), value in zip(targets.items(), grads, strict=True):
            ours = getattr(got, name.replace("X", "x"))
            assert ours.shape == variable.shape
            assert relative_error(ours, value) <= 1e-12, (name, seed)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("phi", ACTIVATIONS)
def test_backward_matches_central_differences(phi: str, loss: str) -> None:
    for seed in range(4):
        args = problem(100 + seed, SIZES[seed], loss)
        fixed = {"lambd": 0.3 * (seed % 2), "activation": phi, "loss": loss}
        gradients = backward(forward(**args, **fixed))
        for name in ("X", "W1", "b1", "W2"):
            numeric = central_difference(
                lambda value, name=name, args=args, fixed=fixed: (
                    forward(**(args | {name: value}), **fixed).J
                ),
                args[name],
            )
            ours = getattr(gradients, name.replace("X", "x"))
            assert relative_error(ours, numeric) <= 1e-7, (name, seed)


class ByHand(torch.autograd.Function):
    """J of the parameters and the inputs, with `backward` as its derivative."""

    @staticmethod
    def forward(
        ctx: FunctionCtx,
        X: Tensor,
        y: Tensor,
        W1: Tensor,
        b1: Tensor,
        W2: Tensor,
        phi: str,
        loss: str,
    ) -> Tensor:
        result = forward(X, y, W1, b1, W2, 0.3, phi, loss)
        ctx.gradients = backward(result)
        return result.J

    @staticmethod
    def backward(ctx: FunctionCtx, upstream: Tensor) -> tuple[Tensor | None, ...]:
        g = ctx.gradients
        scaled = [upstream * v for v in (g.x, g.W1, g.b1, g.W2)]
        return scaled[0], None, *scaled[1:], None, None


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("phi", ACTIVATIONS)
def test_gradcheck_accepts_backward_as_the_derivative_of_forward(phi: str, loss: str) -> None:
    args = problem(7, SIZES[3], loss)
    leaves = [v.requires_grad_() if k != "y" else v for k, v in args.items()]
    assert torch.autograd.gradcheck(ByHand.apply, (*leaves, phi, loss))


def test_autograd_differentiates_through_backward() -> None:
    args = problem(8, SIZES[2], "cross_entropy")
    leaves = [args[k].requires_grad_() for k in ("W1", "b1", "W2")]

    def objective(W1: Tensor, b1: Tensor, W2: Tensor) -> Tensor:
        return library_objective(args["X"], args["y"], W1, b1, W2, 0.3, "tanh", "cross_entropy")[
            "J"
        ]

    def gradients(W1: Tensor, b1: Tensor, W2: Tensor) -> tuple[Tensor, ...]:
        g = backward(forward(args["X"], args["y"], W1, b1, W2, 0.3, "tanh"))
        return g.W1, g.b1, g.W2

    by_hand = torch.autograd.functional.jacobian(gradients, tuple(leaves))
    twice = torch.autograd.functional.hessian(objective, tuple(leaves))
    for row_by_hand, row_twice in zip(by_hand, twice, strict=True):
        for a, b in zip(row_by_hand, row_twice, strict=True):
            assert relative_error(a, b) <= 1e-11


def test_a_case_small_enough_for_paper() -> None:
    # x = (1, 2), z = (1*1 + 0*2 - 0.5, -1*1 + 0*2 + 0.25) = (0.5, -0.75), h = (0.5, 0), o = 1.5,
    # L = 1/2 (1.5 - 1)^2 = 0.125, s = 0.25/2 (1 + 1 + 9 + 1) = 1.5.
    one = {"dtype": torch.float64}
    result = forward(
        X=torch.tensor([[1.0, 2.0]], **one),
        y=torch.tensor([[1.0]], **one),
        W1=torch.tensor([[1.0, 0.0], [-1.0, 0.0]], **one),
        b1=torch.tensor([-0.5, 0.25], **one),
        W2=torch.tensor([[3.0, 1.0]], **one),
        lambd=0.25,
        loss="squared",
    )
    assert result.z.tolist() == [[0.5, -0.75]]
    assert (result.L.item(), result.s.item(), result.J.item()) == (0.125, 1.5, 1.625)
    g = backward(result)
    assert g.o.tolist() == [[0.5]]
    assert g.h.tolist() == [[1.5, 0.5]]
    assert g.z.tolist() == [[1.5, 0.0]]
    assert g.b1.tolist() == [1.5, 0.0]
    assert g.W1.tolist() == [[1.75, 3.0], [-0.25, 0.0]]
    assert g.W2.tolist() == [[1.0, 0.25]]
    assert g.x.tolist() == [[1.5, 0.0]]


def test_penalty_reaches_the_weights_and_not_the_bias() -> None:
    args = problem(9, SIZES[1], "cross_entropy")
    without, with_penalty = (backward(forward(**args, lambd=v)) for v in (0.0, 0.5))
    assert relative_error(with_penalty.W1 - without.W1, 0.5 * args["W1"]) <= 1e-12
    assert relative_error(with_penalty.W2 - without.W2, 0.5 * args["W2"]) <= 1e-12
    assert torch.equal(with_penalty.b1, without.b1)
    assert torch.equal(with_penalty.x, without.x)


def test_arguments_are_left_as_they_were_and_nothing_needs_autograd() -> None:
    args = problem(10, SIZES[2], "cross_entropy")
    before = {name: value.clone() for name, value in args.items()}
    with torch.inference_mode():
        backward(forward(**args, lambd=0.5))
    assert all(torch.equal(args[name], before[name]) for name in args)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_result_keeps_the_dtype(dtype: torch.dtype) -> None:
    args = problem(11, SIZES[1], "cross_entropy")
    args = {k: v if k == "y" else v.to(dtype) for k, v in args.items()}
    gradients = backward(forward(**args, lambd=0.5))
    assert {getattr(gradients, f.name).dtype for f in dataclasses.fields(gradients)} == {dtype}


WRONG = [
    ({"activation": "swish"}, ValueError, "activation: expected one of relu, .*, got 'swish'"),
    ({"activation": ["relu"]}, TypeError, "activation: expected a string, got"),
    ({"loss": "mse"}, ValueError, "loss: expected one of cross_entropy, squared, got 'mse'"),
    ({"lambd": -0.1}, ValueError, "lambd: expected a finite number of at least 0, got -0.1"),
    ({"lambd": float("nan")}, ValueError, "lambd: expected a finite number .*got nan"),
    ({"lambd": True}, TypeError, "lambd: expected a number, got True"),
    ({"lambd": "0.1"}, TypeError, "lambd: expected a number, got '0.1'"),
    ({"X": [[1.0, 2.0]]}, TypeError, r"X: expected a tensor, got \["),
    ({"X": torch.ones(5, 2, dtype=torch.int64)}, TypeError, "X: expected a floating-point dtype"),
    ({"W1": torch.ones(4, 2)}, TypeError, "W1: expected the dtype of X, torch.float64, got .*32"),
    (
        {"X": torch.ones(2).double()},
        ValueError,
        r"X: expected a non-empty matrix, got shape \(2,\)",
    ),
    ({"X": torch.ones(0, 2).double()}, ValueError, r"X: expected a non-empty matrix, .* \(0, 2\)"),
    ({"W1": torch.ones(2, 4).double()}, ValueError, r"W1: .*num_inputs\) = \(2, 2\), got \(2, 4\)"),
    ({"b1": torch.ones(4, 1).double()}, ValueError, r"b1: .*hiddens,\) = \(4,\), got \(4, 1\)"),
    ({"b1": torch.ones(1).double()}, ValueError, r"b1: .*hiddens,\) = \(4,\), got \(1,\)"),
    ({"W2": torch.ones(4, 3).double()}, ValueError, r"W2: .*hiddens\) = \(4, 4\), got \(4, 3\)"),
    ({"y": torch.tensor([0, 1, 2, 3, 0])}, ValueError, r"y: expected labels in 0..2, got 0..3"),
    ({"y": torch.tensor([0, 1, 2, -1, 0])}, ValueError, r"y: expected labels in 0..2, got -1..2"),
    ({"y": torch.ones(5).double()}, TypeError, "y: expected integer labels, got torch.float64"),
    ({"y": torch.ones(5, dtype=torch.bool)}, TypeError, "y: expected integer labels, got .*bool"),
    ({"y": torch.tensor([0, 1])}, ValueError, r"y: expected shape \(n,\) = \(5,\), got \(2,\)"),
    ({"loss": "squared"}, TypeError, "y: expected the dtype of X, torch.float64, got torch.int64"),
    (
        {"loss": "squared", "y": torch.ones(5, 1).double()},
        ValueError,
        r"y: expected shape \(n, num_outputs\) = \(5, 3\), got \(5, 1\)",
    ),
]


@pytest.mark.parametrize(("change", "error", "message"), WRONG)
def test_wrong_arguments_are_named(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    args = problem(12, SIZES[1], "cross_entropy") | {"lambd": 0.1} | change
    with pytest.raises(error, match=message):
        forward(**args)


def test_backward_wants_the_result_of_forward() -> None:
    with pytest.raises(TypeError, match=r"result: expected a Forward, got a tensor"):
        backward(torch.zeros(()))  # type: ignore[arg-type]


def test_a_wrong_gradient_is_rejected_by_the_comparison_used_here() -> None:
    args = problem(13, SIZES[1], "cross_entropy")
    result = forward(**args, lambd=0.5)
    spoiled = Forward(**{**vars(result), "h": result.h + 1e-6})
    assert relative_error(backward(spoiled).W2, backward(result).W2) > 1e-8


def test_the_result_holds_the_problem_it_was_given() -> None:
    names = [field.name for field in dataclasses.fields(Problem)]
    assert names == list(signature(forward).parameters)
    assert [field.name for field in dataclasses.fields(Forward)] == [
        *names,
        "z",
        "h",
        "o",
        "L",
        "s",
        "J",
    ]
    X, W1, W2 = torch.ones(5, 3), torch.ones(4, 3), torch.ones(2, 4)
    given = Problem(X, torch.zeros(5, 2), W1, torch.ones(4), W2, 0.5, "tanh", "squared")
    result = forward(**vars(given))
    assert isinstance(result, Problem)
    assert all(vars(result)[name] is value for name, value in vars(given).items())
