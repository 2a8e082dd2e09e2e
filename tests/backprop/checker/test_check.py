"""The readers below are written without the package: by autograd, by loops, with numpy."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from d2l_utils.backprop.checker.check import check_backward
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS
from d2l_utils.backprop.checker.problems import SIZES, random_problems
from d2l_utils.backprop.derivatives import ACTIVATIONS, LOSSES

pytestmark = pytest.mark.exercise(2)

Gradients = dict[str, Any]
Reader = Callable[..., Gradients]


def by_autograd(
    objective: Callable[..., Tensor] | None = None, phi: Callable[[Tensor], Tensor] = torch.tanh
) -> Reader:
    """A reader who differentiates an objective; `objective` makes its own from o and the rest."""

    def reader(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Gradients:
        W1, b1, W2 = (v.requires_grad_() for v in (W1, b1, W2))
        o = phi(X @ W1.T + b1) @ W2.T
        s = lambd / 2 * (W1.norm() ** 2 + W2.norm() ** 2)
        J = F.cross_entropy(o, y) + s if objective is None else objective(o, y, W1, b1, W2, lambd)
        return dict(zip(PARAMETERS, torch.autograd.grad(J, (W1, b1, W2)), strict=True))

    return reader


def by_matrices(
    X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float
) -> Gradients:
    z = X @ W1.T + b1
    h = torch.tanh(z)
    p = torch.softmax(h @ W2.T, dim=1)
    p[range(len(X)), y] -= 1
    do = p / len(X)
    dz = do @ W2 * (1 - h**2)
    return {"W1": dz.T @ X + lambd * W1, "b1": dz.sum(0), "W2": do.T @ h + lambd * W2}


def by_einsum(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Gradients:
    h = torch.einsum("ni,hi->nh", X, W1).add(b1).tanh()
    do = torch.einsum("nh,oh->no", h, W2).softmax(1) - F.one_hot(y, len(W2))
    dz = torch.einsum("no,oh,nh->nh", do, W2, 1 - h**2)
    dW1, dW2 = torch.einsum("nh,ni->hi", dz, X), torch.einsum("no,nh->oh", do, h)
    return {
        "W2": dW2 / len(X) + lambd * W2,
        "b1": torch.einsum("nh->h", dz) / len(X),
        "W1": dW1 / len(X) + lambd * W1,
        "z": dz,
    }


def by_loops(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Gradients:
    dW1, db1, dW2 = (
        lambd * W1,
        torch.zeros(len(b1)),
        lambd * W2,
    )  # db1 in the default dtype, float32
    for x, label in zip(X, y, strict=True):
        h = torch.tanh(W1 @ x + b1)
        e = torch.exp(W2 @ h)
        for k in range(len(W2)):
            do_k = (e[k] / e.sum() - float(k == label)) / len(X)
            dW2[k] += do_k * h
            dz = do_k * W2[k] * (1 - h**2)
            db1 += dz
            dW1 += dz[:, None] * x[None, :]
    return {"W1": dW1, "b1": db1, "W2": dW2}


def by_numpy(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Gradients:
    labels = y.numpy()
    x, w1, c1, w2 = (v.numpy().copy() for v in (X, W1, b1, W2))
    h = np.tanh(x @ w1.T + c1)
    e = np.exp(h @ w2.T)
    do = (e / e.sum(1, keepdims=True) - np.eye(len(w2))[labels]) / len(x)
    dz = do @ w2 * (1 - h**2)
    # Fortran order and a reversed view: correct numbers in unusual memory.
    dw1 = np.asfortranarray(dz.T @ x + lambd * w1)
    return {"W1": dw1, "b1": dz.sum(0)[::-1][::-1], "W2": do.T @ h + lambd * w2}


def by_columns(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Gradients:
    X = X.T  # examples as columns
    h = torch.tanh(W1 @ X + b1[:, None])
    do = (torch.softmax(W2 @ h, 0) - torch.eye(len(W2))[:, y]) / len(y)
    dz = W2.T @ do * (1 - h**2)
    return {"W1": dz @ X.T + lambd * W1, "b1": dz.sum(1), "W2": do @ h.T + lambd * W2}


def by_difference_quotients(
    X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float
) -> Gradients:
    def objective() -> float:
        o = torch.tanh(X @ W1.T + b1) @ W2.T
        return float(F.cross_entropy(o, y) + lambd / 2 * (W1.norm() ** 2 + W2.norm() ** 2))

    def slopes(A: Tensor) -> Tensor:
        result = torch.zeros_like(A).flatten()
        for i in range(A.numel()):
            kept = A.view(-1)[i].item()
            A.view(-1)[i] = kept + 1e-5
            above = objective()
            A.view(-1)[i] = kept - 1e-5
            result[i] = (above - objective()) / 2e-5
            A.view(-1)[i] = kept  # the argument is as it was when the function returns
        return result.reshape(A.shape)

    return {"W1": slopes(W1), "b1": slopes(b1), "W2": slopes(W2)}


STYLES = [
    by_autograd(),
    by_matrices,
    by_einsum,
    by_loops,
    by_numpy,
    by_columns,
    by_difference_quotients,
]


@pytest.mark.parametrize("reader", STYLES, ids=lambda f: f.__name__)
def test_correct_functions_pass_however_they_are_written(reader: Reader) -> None:
    report = check_backward(reader, activation="tanh")
    assert report.passed, report
    assert report.findings == ()
    assert all(row.passed and row.error is not None for row in report.rows)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_autograd_passes_with_every_activation_and_loss(activation: str, loss: str) -> None:
    def objective(o: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Tensor:
        L = F.cross_entropy(o, y) if y.ndim == 1 else ((o - y) ** 2).sum(1).mean() / 2
        return L + lambd / 2 * ((W1**2).sum() + (W2**2).sum())

    library = {"identity": lambda z: z}.get(activation) or getattr(F, activation)
    for seed in range(3):
        reader = by_autograd(objective, library)
        assert check_backward(reader, activation=activation, loss=loss, seed=seed).passed


@pytest.mark.parametrize("index", range(1, len(SIZES)))
def test_rounding_does_not_choose_the_shape_shown(index: int) -> None:
    _, num_inputs, num_hiddens, num_outputs, _ = SIZES[0]

    def reader(X: Tensor, *rest: Any) -> Gradients:
        factor = 1 + 1e-9 if len(X) == SIZES[index][0] else 1.0
        return {name: factor * g for name, g in by_matrices(X, *rest).items()}

    report = check_backward(reader, activation="tanh")
    assert report.passed
    assert [row.got_shape for row in report.rows] == [
        (num_hiddens, num_inputs),
        (num_hiddens,),
        (num_outputs, num_hiddens),
    ]
    assert all(row.error is not None and row.error > 1e-10 for row in report.rows)


def squared_norms(*parameters: Tensor) -> Tensor:
    return sum((p**2).sum() for p in parameters)  # type: ignore[return-value]


def spoiled(change: Callable[[Gradients], Gradients]) -> Reader:
    return lambda *args: change(by_matrices(*args))


def phi_slope_at_h(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, *rest: Any) -> Gradients:
    right = by_autograd()(X.clone(), y, W1.clone(), b1.clone(), *(rest[0].clone(), rest[1]))
    W2, lambd = rest
    z = X @ W1.T + b1
    do = (torch.softmax(torch.tanh(z) @ W2.T, 1) - F.one_hot(y, len(W2))) / len(X)
    dz = do @ W2 / torch.cosh(torch.tanh(z)) ** 2
    return {"W1": dz.T @ X + lambd * W1, "b1": dz.sum(0), "W2": right["W2"]}


def bias_from_h(
    X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float
) -> Gradients:
    h = torch.tanh(X @ W1.T + b1).requires_grad_()
    (dh,) = torch.autograd.grad(F.cross_entropy(h @ W2.T, y), h)
    return by_matrices(X, y, W1, b1, W2, lambd) | {"b1": dh.sum(0)}


def not_summed(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Gradients:
    loss_parts = [
        by_matrices(x[None], label[None], W1, b1, W2, 0.0) for x, label in zip(X, y, strict=True)
    ]
    stacked = {name: torch.stack([g[name] for g in loss_parts]) / len(X) for name in PARAMETERS}
    return stacked | {"W1": stacked["W1"] + lambd * W1, "W2": stacked["W2"] + lambd * W2}


class SlopeOne(torch.autograd.Function):
    """tanh whose derivative is taken to be 1."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, z: Tensor) -> Tensor:
        return torch.tanh(z)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, upstream: Tensor) -> Tensor:
        return upstream


# Each mistake of the issue, made in another way than the catalogue computes it.
CE = F.cross_entropy
KNOWN: dict[str, Reader] = {
    "penalty forgotten": by_autograd(lambda o, y, W1, b1, W2, lambd: CE(o, y)),
    "penalty doubled": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o, y) + lambd * squared_norms(W1, W2)
    ),
    "penalty halved": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o, y) + lambd / 4 * squared_norms(W1, W2)
    ),
    "norm not squared": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o, y) + lambd / 2 * (W1.norm() + W2.norm())
    ),
    "penalty over n": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o, y) + lambd / 2 * squared_norms(W1, W2) / len(y)
    ),
    "penalty times n": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o, y) + lambd / 2 * squared_norms(W1, W2) * len(y)
    ),
    "bias regularized": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o, y) + lambd / 2 * squared_norms(W1, b1, W2)
    ),
    "φ' forgotten": by_autograd(phi=SlopeOne.apply),
    "φ' at h": phi_slope_at_h,
    "1/n forgotten": by_autograd(
        lambda o, y, W1, b1, W2, lambd: (
            CE(o, y, reduction="sum") + lambd / 2 * squared_norms(W1, W2)
        )
    ),
    "1/n twice": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o, y) / len(y) + lambd / 2 * squared_norms(W1, W2)
    ),
    "softmax forgotten": by_autograd(
        lambda o, y, W1, b1, W2, lambd: (
            ((o - F.one_hot(y, len(W2))) ** 2).sum(1).mean() / 2 + lambd / 2 * squared_norms(W1, W2)
        )
    ),
    "cross-entropy doubled": by_autograd(
        lambda o, y, W1, b1, W2, lambd: 2 * CE(o, y) + lambd / 2 * squared_norms(W1, W2)
    ),
    "cross-entropy halved": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o, y) / 2 + lambd / 2 * squared_norms(W1, W2)
    ),
    "sign flipped": spoiled(lambda g: {name: -value for name, value in g.items()}),
    "transposed": spoiled(lambda g: g | {"W1": g["W1"].T, "W2": g["W2"].T}),
    "bias from h": bias_from_h,
    "first example only": by_autograd(
        lambda o, y, W1, b1, W2, lambd: (
            CE(o[:1], y[:1]) / len(y) + lambd / 2 * squared_norms(W1, W2)
        )
    ),
    "last example only": by_autograd(
        lambda o, y, W1, b1, W2, lambd: (
            CE(o[-1:], y[-1:]) / len(y) + lambd / 2 * squared_norms(W1, W2)
        )
    ),
    "first example as batch": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o[:1], y[:1]) + lambd / 2 * squared_norms(W1, W2)
    ),
    "last example as batch": by_autograd(
        lambda o, y, W1, b1, W2, lambd: CE(o[-1:], y[-1:]) + lambd / 2 * squared_norms(W1, W2)
    ),
    "not summed": not_summed,
    "bias as a row": spoiled(lambda g: g | {"b1": g["b1"][None]}),
    "bias as a column": spoiled(lambda g: g | {"b1": g["b1"][:, None]}),
}


def by_squares(scale: Callable[[Tensor], float]) -> Reader:
    """A reader of the squared loss who multiplies the sum of all squares with `scale(o)`."""
    return by_autograd(
        lambda o, y, W1, b1, W2, lambd: (
            scale(o) * ((o - y) ** 2).sum() + lambd / 2 * squared_norms(W1, W2)
        )
    )


KNOWN_SQUARED: dict[str, Reader] = {
    "2 of the square kept": by_squares(lambda o: 1 / len(o)),
    "2 of the square lost": by_squares(lambda o: 1 / len(o) / 4),
    "library's squared error": by_squares(lambda o: 1 / o.numel()),
    "1/n forgotten": by_squares(lambda o: 1 / 2),
}


@pytest.mark.parametrize(
    ("loss", "name"),
    [("cross_entropy", name) for name in KNOWN] + [("squared", name) for name in KNOWN_SQUARED],
)
def test_each_known_mistake_is_named_and_said_once(loss: str, name: str) -> None:
    reader = (KNOWN if loss == "cross_entropy" else KNOWN_SQUARED)[name]
    report = check_backward(reader, activation="tanh", loss=loss)
    assert not report.passed
    assert list(report.mistakes) == [name]
    wrong = tuple(row.name for row in report.rows if not row.passed)
    assert report.mistakes[name] == wrong
    assert len(report.findings) == 1
    assert MISTAKES[name].text in report.findings[0]
    assert str(report).count(MISTAKES[name].text) == 1
    assert report.findings[0].startswith(" and ".join(wrong).replace("W1 and b1 and", "W1, b1 and"))


def test_a_right_function_given_one_example_is_not_said_to_be_too_large() -> None:
    def reader(X: Tensor, y: Tensor, *rest: Any) -> Gradients:
        return by_matrices(X[:1], y[:1], *rest)

    (finding,) = check_backward(reader, activation="tanh").findings
    assert finding == (
        "W1, b1 and W2: this is the first example's own gradient; "
        "L is the mean over all n examples."
    )


def test_a_gradient_of_zeros_is_said_to_lack_the_loss_also_where_there_is_no_penalty() -> None:
    report = check_backward(spoiled(lambda g: g | {"b1": 0 * g["b1"]}), activation="tanh")
    assert report.findings == ("b1: the loss contributes nothing to it.",)


def test_one_gradient_of_j_for_each_example_summed_is_named() -> None:
    reader = by_autograd(
        lambda o, y, W1, b1, W2, lambd: len(y) * (CE(o, y) + lambd / 2 * squared_norms(W1, W2))
    )
    report = check_backward(reader, activation="tanh")
    assert report.mistakes == {"J times n": ("W1", "b1", "W2")}


def test_two_mistakes_are_both_named() -> None:
    reader = by_autograd(lambda o, y, W1, b1, W2, lambd: CE(o, y), SlopeOne.apply)
    report = check_backward(reader, activation="tanh")
    assert report.mistakes == {"φ' forgotten": ("W1", "b1"), "penalty forgotten": ("W1", "W2")}
    assert len(report.findings) == 2


@pytest.mark.parametrize(
    ("factors", "names"),
    [
        ((2, 1 / 4), {"cross-entropy doubled", "penalty halved"}),
        ((2, 1), {"J doubled"}),
        ((1 / 2, 1 / 4), {"J halved"}),
        ((1 / 2, 1), {"cross-entropy halved", "penalty doubled"}),
        ((-1, 1 / 4), {"difference reversed", "penalty halved"}),
        ((2, 0), {"cross-entropy doubled", "penalty forgotten"}),
    ],
)
def test_a_wrong_factor_of_each_part_is_named(
    factors: tuple[float, float], names: set[str]
) -> None:
    a, b = factors
    reader = by_autograd(
        lambda o, y, W1, b1, W2, lambd: a * CE(o, y) + b * lambd * squared_norms(W1, W2)
    )
    assert check_backward(reader, activation="tanh").mistakes.keys() == names


@pytest.mark.parametrize("amount", [1e-4, 1e-2, 1.0])
def test_an_unknown_error_is_located_and_not_named(amount: float) -> None:
    def change(g: Gradients) -> Gradients:
        g["W1"][1, 0] += amount
        return g

    report = check_backward(spoiled(change), activation="tanh")
    assert [row.passed for row in report.rows] == [False, True, True]
    assert report.mistakes == {}
    (finding,) = report.findings
    assert finding.startswith("W1: wrong, and not a mistake I know: off by ")
    assert "at [1, 0] expected" in finding


@pytest.mark.parametrize("seed", range(6))
def test_random_errors_are_never_named(seed: int) -> None:
    gen = torch.Generator().manual_seed(seed)
    exponents = torch.randint(-5, 1, (3,), generator=gen).tolist()
    spoiled_ones = [name for i, name in enumerate(PARAMETERS) if (seed + 1) >> i & 1]

    def change(g: Gradients) -> Gradients:
        for name, exponent in zip(PARAMETERS, exponents, strict=True):
            if name in spoiled_ones:
                noise = torch.randn(g[name].shape, generator=gen, dtype=torch.float64)
                g[name] += 10.0**exponent * g[name].abs().max() * noise
        return g

    report = check_backward(spoiled(change), activation="tanh", seed=seed)
    assert report.mistakes == {}
    assert [row.name for row in report.rows if not row.passed] == spoiled_ones
    assert all("wrong, and not a mistake I know: off by" in text for text in report.findings)


def test_one_unknown_error_does_not_hide_a_known_one() -> None:
    report = check_backward(
        spoiled(lambda g: g | {"W1": g["W1"] ** 3, "b1": -g["b1"]}), activation="tanh"
    )
    assert report.mistakes == {"sign flipped": ("b1",)}
    assert "W1: wrong, and not a mistake I know" in report.findings[1]


def test_an_unknown_penalty_is_narrowed_down() -> None:
    reader = by_autograd(
        lambda o, y, W1, b1, W2, lambd: (
            CE(o, y) + lambd * (W1**4).sum() + 0 * W2.sum() + lambd / 2 * (W2**2).sum()
        )
    )
    report = check_backward(reader, activation="tanh")
    assert [row.passed for row in report.rows] == [False, True, True]
    assert report.findings[0].endswith("It is right on the problem where λ = 0, and on no other.")


def test_an_unknown_batch_error_is_narrowed_down() -> None:
    def middle_example(*args: Any) -> Gradients:
        X, y, *rest = args
        m = len(X) // 2
        return by_matrices(X[m : m + 1], y[m : m + 1], *rest)

    report = check_backward(middle_example, activation="tanh")
    assert report.mistakes == {} or all(row.mistakes == () for row in report.rows)
    assert all(
        "It is right on the 3 problems with one example, and on no other." in text
        for text in report.findings
    )


def test_an_error_for_a_single_example_only_is_narrowed_down() -> None:
    def squeezed(X: Tensor, *rest: Any) -> Gradients:
        gradients = by_matrices(X, *rest)
        return gradients | ({"b1": gradients["b1"][:1]} if len(X) == 1 else {})

    def undefined(X: Tensor, *rest: Any) -> Gradients:
        gradients = by_matrices(X, *rest)
        return gradients | ({"b1": gradients["b1"] * torch.nan} if len(X) == 1 else {})

    words = "It is wrong on the 3 problems with one example, and on no other."
    assert check_backward(squeezed, activation="tanh").findings == (
        f"b1: wrong, and not a mistake I know: shape (1,) where (5,) is expected. {words}",
    )
    assert check_backward(undefined, activation="tanh").findings == (
        f"b1: 5 of 5 entries are NaN or infinite. {words}",
    )


def test_an_error_without_a_penalty_only_is_narrowed_down() -> None:
    def reader(*args: Any) -> Gradients:
        gradients = by_matrices(*args)
        return gradients | ({} if args[-1] else {"W2": gradients["W2"] + 1})

    (finding,) = check_backward(reader, activation="tanh").findings
    assert finding.endswith("It is wrong on the problem where λ = 0, and on no other.")


def test_parts_in_wrong_amounts_are_said_and_not_named() -> None:
    def updated(
        X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float
    ) -> Gradients:
        g = by_matrices(X, y, W1, b1, W2, lambd)
        return {"W1": W1 - 0.1 * g["W1"], "b1": b1 - 0.1 * g["b1"], "W2": 3 * g["W2"]}

    report = check_backward(updated, activation="tanh")
    assert not report.passed
    assert report.mistakes == {}
    assert report.findings == (
        "W1: these numbers are W1 − 0.1 dL/dW1 − 0.1 λ W1; right is dL/dW1 + λ W1.",
        "b1: these numbers are b1 − 0.1 dL/db1; right is dL/db1.",
        "W2: these numbers are 3 dL/dW2 + 3 λ W2; right is dL/dW2 + λ W2.",
    )


def test_numbers_that_look_the_same_are_written_out_until_they_differ() -> None:
    def change(g: Gradients) -> Gradients:
        g["W1"][torch.unravel_index(g["W1"].abs().argmax(), g["W1"].shape)] *= 1 + 1e-5
        return g

    (finding,) = check_backward(spoiled(change), activation="tanh").findings
    numbers = re.search(r"expected (\S+), got (\S+)\. An error so small may", finding)
    assert numbers
    expected, got = numbers.groups()
    assert expected != got
    assert float(got) == pytest.approx(float(expected), rel=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_right_for_another_activation_are_said_to_be(activation: str) -> None:
    asked = "tanh" if activation != "tanh" else "gelu"
    library = {"identity": lambda z: z}.get(activation) or getattr(F, activation)
    report = check_backward(by_autograd(phi=library), activation=asked)
    assert not report.passed
    assert report.findings == (
        f"W1, b1 and W2: these are right for activation '{activation}'; '{asked}' was asked for.",
    )


def test_one_gradient_for_another_activation_does_not_hide_a_known_mistake() -> None:
    def reader(*args: Any) -> Gradients:
        other = by_autograd(phi=torch.sigmoid)(*(v.clone() for v in args[:5]), args[5])
        return by_matrices(*args) | {"W1": other["W1"]}

    report = check_backward(reader, activation="tanh")
    assert report.findings == (
        "W1: these are right for activation 'sigmoid'; 'tanh' was asked for.",
    )
    forgetful = check_backward(
        lambda *args: reader(*args) | {"b1": -by_matrices(*args)["b1"]}, activation="tanh"
    )
    assert forgetful.mistakes == {"sign flipped": ("b1",)}
    assert len(forgetful.findings) == 2


@pytest.mark.parametrize("seed", range(20))
def test_classes_counted_from_the_labels_never_pass(seed: int) -> None:
    def reader(*args: Any) -> Gradients:
        X, y, W1, b1, W2, lambd = args
        h = torch.tanh(X @ W1.T + b1)
        do = (torch.softmax(h @ W2.T, 1) - F.one_hot(y)) / len(X)
        dz = do @ W2 * (1 - h**2)
        return {"W1": dz.T @ X + lambd * W1, "b1": dz.sum(0), "W2": do.T @ h + lambd * W2}

    assert not check_backward(reader, activation="tanh", seed=seed).passed


@pytest.mark.parametrize("axis", ["examples", "inputs", "units", "outputs"])
def test_a_branch_for_larger_sizes_is_tried(axis: str) -> None:
    def reader(*args: Any) -> Gradients:
        X, _, W1, _, W2, _ = args
        small = {"examples": 8, "inputs": 6, "units": 6, "outputs": 5}[axis]
        size = {"examples": len(X), "inputs": len(X.T), "units": len(W1), "outputs": len(W2)}[axis]
        gradients = by_matrices(*args)
        return gradients if size < small else gradients | {"b1": 2 * gradients["b1"]}

    report = check_backward(reader, activation="tanh")
    assert [row.passed for row in report.rows] == [True, False, True]


def test_a_wrong_shape_that_is_no_transpose_is_reported() -> None:
    report = check_backward(spoiled(lambda g: g | {"W2": g["W2"][:, :-1]}), activation="tanh")
    assert report.findings == (
        "W2: wrong, and not a mistake I know: shape (2, 3) where (2, 4) is expected.",
    )
    assert report.rows[2].got_shape == (2, 3)
    assert report.rows[2].error is None


def test_slope_at_h_is_no_mistake_for_relu() -> None:
    def relu_reader(
        X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float
    ) -> Gradients:
        h = torch.relu(X @ W1.T + b1)
        do = (torch.softmax(h @ W2.T, 1) - F.one_hot(y, len(W2))) / len(X)
        dz = do @ W2 * (h > 0)
        return {"W1": dz.T @ X + lambd * W1, "b1": dz.sum(0), "W2": do.T @ h + lambd * W2}

    assert check_backward(relu_reader).passed
    assert not check_backward(relu_reader, activation="tanh").passed


@pytest.mark.parametrize("seed", range(20))
def test_problems_have_unequal_sizes_and_no_kink(seed: int) -> None:
    for problem, sizes in zip(random_problems("relu", "cross_entropy", seed), SIZES, strict=True):
        assert len(set(sizes[:4])) == 4
        z = problem.X @ problem.W1.T + problem.b1
        assert z.abs().min() > 1e-6


def test_not_a_function_and_unknown_settings_raise() -> None:
    with pytest.raises(TypeError, match="fn: expected a function, got 42"):
        check_backward(42)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="activation: expected one of"):
        check_backward(by_matrices, activation="elu")
    with pytest.raises(ValueError, match="loss: expected one of"):
        check_backward(by_matrices, loss="hinge")
