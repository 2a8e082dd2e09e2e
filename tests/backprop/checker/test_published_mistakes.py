"""Mistakes of scripts and answers that many people copy, written as they are found there.

Examples are rows here; the first script keeps them as columns, as it was published.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from d2l_utils.backprop.checker.check import check_backward

pytestmark = pytest.mark.exercise(2)

Array = Any
Gradients = dict[str, Any]


def relu(z: Array) -> Array:
    return np.maximum(z, 0)


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def softmax(o: Array) -> Array:
    e = np.exp(o)
    return e / e.sum(1, keepdims=True)


def one_hot(y: Array, q: int) -> Array:
    return np.eye(q)[y]


def columns(
    X: Array, y: Array, W1: Array, b1: Array, W2: Array, lambd: float, keepdims: bool = False
) -> Gradients:
    """The most copied script for handwritten digits, without its output bias."""
    X, y, W1, b1, W2 = (v.numpy() for v in (X.T, y, W1, b1[:, None], W2))
    m = y.size
    one_hot_Y = np.zeros((y.size, len(W2)))
    one_hot_Y[np.arange(y.size), y] = 1
    Z1 = W1.dot(X) + b1
    A1 = np.maximum(Z1, 0)
    Z2 = W2.dot(A1)
    A2 = np.exp(Z2) / sum(np.exp(Z2))
    dZ2 = A2 - one_hot_Y.T
    dW2 = 1 / m * dZ2.dot(A1.T)
    dZ1 = W2.T.dot(dZ2) * (Z1 > 0)
    dW1 = 1 / m * dZ1.dot(X.T)
    db1 = 1 / m * np.sum(dZ1, keepdims=keepdims)
    return {"W1": dW1, "b1": db1, "W2": dW2}


def rows(
    X: Array,
    y: Array,
    W1: Array,
    b1: Array,
    W2: Array,
    lambd: float,
    *,
    phi: Callable[[Array], Array] = relu,
    slope: Callable[[Array, Array, Array], Array] = lambda z, h, dh: z > 0,
    output: Callable[[Array, Array], Array] = lambda o, y: softmax(o) - y,
    penalty: Callable[[Array, Array, float], tuple[Array, Array]] = lambda a, b, c: (c * a, c * b),
    step: float = 0.0,
    clip: Callable[[Array], Array] = lambda g: g,
    bias: Callable[[Array, Array, Array], Array] = lambda dz, dh, s: dz.sum(0),
) -> Gradients:
    """A two-layer network with the given parts; right as it is."""
    X, y, W1, b1, W2 = (v.numpy().copy() for v in (X, y, W1, b1, W2))
    z = X @ W1.T + b1
    h = phi(z)
    target = one_hot(y, len(W2)) if y.ndim == 1 else y
    do = output(h @ W2.T, target) / len(X)
    pW1, pW2 = penalty(W1, W2, lambd)
    dW2 = do.T @ h + pW2
    dh = do @ (W2 - step * dW2)
    s = slope(z, h, dh)
    dz = dh * s
    found = {"W1": dz.T @ X + pW1, "b1": bias(dz, dh, s), "W2": dW2}
    return {name: clip(g) for name, g in found.items()}


def no_penalty(W1: Array, W2: Array, lambd: float) -> tuple[Array, Array]:
    return 0 * W1, 0 * W2


def norm(A: Array) -> float:
    return float(np.sqrt((A**2).sum()))


sigmoid_layer = partial(rows, phi=sigmoid)
tanh_layer = partial(rows, phi=np.tanh, slope=lambda z, h, dh: 1 - h**2)

ALL, HIDDEN, WEIGHTS = ("W1", "b1", "W2"), ("W1", "b1"), ("W1", "W2")
FORGOTTEN = {"penalty forgotten": WEIGHTS}
FOUND: dict[str, tuple[Callable[..., Gradients], str, str, dict[str, tuple[str, ...]]]] = {
    "np.sum(dZ1)": (
        columns,
        "relu",
        "cross_entropy",
        FORGOTTEN | {"summed to one number": ("b1",)},
    ),
    "np.sum(dZ1, keepdims=True)": (
        partial(columns, keepdims=True),
        "relu",
        "cross_entropy",
        FORGOTTEN | {"summed to one number": ("b1",), "bias as a row": ("b1",)},
    ),
    "np.sum(dz, axis=1)": (
        partial(rows, bias=lambda dz, dh, s: dz.sum(1)),
        "relu",
        "cross_entropy",
        {"summed over units": ("b1",)},
    ),
    "a - y": (
        partial(rows, output=lambda o, y: sigmoid(o) - y),
        "relu",
        "cross_entropy",
        {"sigmoid outputs": ALL},
    ),
    "a - y, squared": (
        partial(rows, output=lambda o, y: sigmoid(o) - y),
        "relu",
        "squared",
        {"sigmoid outputs": ALL},
    ),
    "(a - y) a (1 - a)": (
        partial(rows, output=lambda o, y: (sigmoid(o) - y) * sigmoid(o) * (1 - sigmoid(o))),
        "relu",
        "squared",
        {"sigmoid outputs and slope": ALL},
    ),
    "(a - y) a (1 - a), no penalty": (
        partial(
            rows,
            output=lambda o, y: (sigmoid(o) - y) * sigmoid(o) * (1 - sigmoid(o)),
            penalty=no_penalty,
        ),
        "relu",
        "cross_entropy",
        {"sigmoid outputs and slope": ALL} | FORGOTTEN,
    ),
    "(p - y) p (1 - p)": (
        partial(rows, output=lambda o, y: (softmax(o) - y) * softmax(o) * (1 - softmax(o))),
        "relu",
        "cross_entropy",
        {"softmax's slope": ALL},
    ),
    "sigmoid forward, 1 - h^2 backward": (
        partial(sigmoid_layer, slope=lambda z, h, dh: 1 - h**2),
        "sigmoid",
        "cross_entropy",
        {"slope of tanh": HIDDEN},
    ),
    "relu forward, h (1 - h) backward": (
        partial(rows, slope=lambda z, h, dh: h * (1 - h)),
        "relu",
        "cross_entropy",
        {"slope of sigmoid": HIDDEN},
    ),
    "tanh forward, z > 0 backward": (
        partial(rows, phi=np.tanh),
        "tanh",
        "cross_entropy",
        {"slope of relu": HIDDEN},
    ),
    "dh * A1": (
        partial(rows, slope=lambda z, h, dh: h),
        "relu",
        "cross_entropy",
        {"h for φ'": HIDDEN},
    ),
    "x (1 - x) at z": (
        partial(sigmoid_layer, slope=lambda z, h, dh: z * (1 - z)),
        "sigmoid",
        "squared",
        {"2 of the square kept": ALL, "φ' in terms of h, at z": HIDDEN},
    ),
    "x (1 - x) at the error": (
        partial(sigmoid_layer, slope=lambda z, h, dh: dh * (1 - dh)),
        "sigmoid",
        "cross_entropy",
        {"φ' in terms of h, at dJ/dh": HIDDEN},
    ),
    "np.sum without an axis": (
        partial(rows, output=lambda o, y: np.exp(o) / np.sum(np.exp(o)) - y),
        "relu",
        "cross_entropy",
        {"softmax over everything": ALL},
    ),
    "sign(W)": (
        partial(rows, penalty=lambda a, b, c: (c * np.sign(a), c * np.sign(b))),
        "relu",
        "cross_entropy",
        {"absolute values": WEIGHTS},
    ),
    "norms without lambda": (
        partial(rows, penalty=lambda a, b, c: (a / norm(a), b / norm(b))),
        "relu",
        "cross_entropy",
        {"norm alone": WEIGHTS},
    ),
    "one norm for both": (
        partial(
            rows,
            penalty=lambda a, b, c: (
                c / 2 * a / norm(np.append(a, b)),
                c / 2 * b / norm(np.append(a, b)),
            ),
        ),
        "relu",
        "cross_entropy",
        {"one norm for both": WEIGHTS},
    ),
    "W2 updated before dh": (
        partial(rows, step=0.5),
        "relu",
        "cross_entropy",
        {"W2 updated first": HIDDEN},
    ),
    "W2 updated before dh, no penalty": (
        partial(rows, step=0.05, penalty=no_penalty),
        "relu",
        "cross_entropy",
        {"W2 updated first": HIDDEN} | FORGOTTEN,
    ),
    "np.mean over all entries": (
        partial(rows, output=lambda o, y: (softmax(o) - y) / o.shape[1]),
        "relu",
        "cross_entropy",
        {"mean over outputs": ALL},
    ),
    "phi' as a matrix": (
        partial(rows, bias=lambda dz, dh, s: (s.T @ dh).sum(0)),
        "relu",
        "cross_entropy",
        {"φ' as a matrix product": ("b1",)},
    ),
    "tanh instead, 1/n lost": (
        partial(tanh_layer, output=lambda o, y: len(o) * (softmax(o) - y)),
        "relu",
        "cross_entropy",
        {"1/n forgotten": ALL},
    ),
    "tanh instead, 1/n and penalty lost": (
        partial(tanh_layer, output=lambda o, y: len(o) * (softmax(o) - y), penalty=no_penalty),
        "relu",
        "cross_entropy",
        {"1/n forgotten": ALL} | FORGOTTEN,
    ),
    "clipped to [-5, 5]": (
        partial(rows, clip=lambda g: np.clip(g, -5, 5)),
        "relu",
        "cross_entropy",
        {"entries clipped": WEIGHTS},  # no entry of b1's gradient is beyond 5
    ),
    "clipped, no penalty": (
        partial(rows, clip=lambda g: np.clip(g, -0.1, 0.1), penalty=no_penalty),
        "relu",
        "cross_entropy",
        {"entries clipped": ALL} | FORGOTTEN,
    ),
    "norm of each gradient clipped": (
        partial(rows, clip=lambda g: g * min(1, 0.4 / norm(g))),
        "relu",
        "cross_entropy",
        {"norm clipped": ALL},
    ),
}
FOUND["x (1 - x) at z"] = (
    partial(sigmoid_layer, slope=lambda z, h, dh: z * (1 - z), output=lambda o, y: 2 * (o - y)),
    *FOUND["x (1 - x) at z"][1:],
)


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize("name", FOUND)
def test_a_published_mistake_is_named(name: str, seed: int) -> None:
    reader, activation, loss, mistakes = FOUND[name]
    report = check_backward(reader, activation=activation, loss=loss, seed=seed)
    assert not report.passed
    assert report.mistakes == mistakes, report


def test_the_readers_are_right_without_their_mistakes() -> None:
    assert check_backward(rows).passed
    assert check_backward(tanh_layer, activation="tanh").passed
    logistic = partial(sigmoid_layer, slope=lambda z, h, dh: h * (1 - h))
    assert check_backward(logistic, activation="sigmoid").passed
    assert check_backward(partial(rows, output=lambda o, y: o - y), loss="squared").passed
    assert check_backward(partial(rows, slope=lambda z, h, dh: z >= 0)).passed


@pytest.mark.parametrize("seed", [0, 3])
def test_another_activation_is_told_beside_the_mistakes(seed: int) -> None:
    report = check_backward(FOUND["tanh instead, 1/n lost"][0], seed=seed)
    assert report.findings == (
        "W1, b1 and W2: the activation is 'tanh'; 'relu' was asked for. Beside it:",
        "W1, b1 and W2: the loss part is n times too large: L is a mean, so dJ/do contains 1/n.",
    )


@pytest.mark.parametrize(
    ("name", "asked", "phi", "slope"),
    [
        (
            "leaky relu",
            "relu",
            lambda z: np.maximum(z, 0.01 * z),
            lambda z, h, dh: np.where(z > 0, 1, 0.01),
        ),
        (
            "elu",
            "relu",
            lambda z: np.where(z > 0, z, np.exp(z) - 1),
            lambda z, h, dh: np.where(z > 0, 1, h + 1),
        ),
        ("silu", "gelu", lambda z: z * sigmoid(z), lambda z, h, dh: sigmoid(z) * (1 + z - h)),
    ],
)
def test_relatives_of_an_activation_are_recognised(
    name: str, asked: str, phi: Callable[[Array], Array], slope: Callable[..., Array]
) -> None:
    report = check_backward(partial(rows, phi=phi, slope=slope), activation=asked)
    assert report.findings == (
        f"W1, b1 and W2: these are right for activation '{name}'; '{asked}' was asked for.",
    )


def test_gelus_tanh_form_is_recognised() -> None:
    def reader(X: Array, y: Array, W1: Array, b1: Array, W2: Array, lambd: float) -> Gradients:
        given = [v.requires_grad_() for v in (W1, b1, W2)]
        h = torch.nn.functional.gelu(X @ W1.T + b1, approximate="tanh")
        J = torch.nn.functional.cross_entropy(h @ W2.T, y)
        J = J + lambd / 2 * ((W1**2).sum() + (W2**2).sum())
        return dict(zip(ALL, torch.autograd.grad(J, given), strict=True))

    report = check_backward(reader, activation="gelu")
    assert report.findings == (
        "W1, b1 and W2: these are right for activation 'gelu, tanh form'; 'gelu' was asked for.",
    )
