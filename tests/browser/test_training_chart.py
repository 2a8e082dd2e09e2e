"""The chart of two trainings in the built page, compared with a training of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp/tanh-is-sigmoid.html"
RULE = "steps of the sigmoid net"
WIDTHS = ((1, 6), (6, 6), (6, 1))


def net(params: list[Tensor], X: Tensor, tanh: bool) -> Tensor:
    """A net of three layers, each as weights and biases, as the page never writes it."""
    for place in (0, 2, 4):
        X = X @ params[place] + params[place + 1]
        if place < 4:
            X = torch.tanh(X) if tanh else 1 / (1 + torch.exp(-X))
    return X


def trained() -> dict[str, list[list[float]]]:
    """What the nets compute before each step; the sigmoid net's parameters are made by hand."""
    gen = torch.Generator().manual_seed(0)
    double = torch.float64
    a: list[Tensor] = []
    for m, n in WIDTHS:
        a.append(torch.randn(m, n, generator=gen, dtype=double) / m**0.5)
        a.append(torch.randn(n, generator=gen, dtype=double) / 2)
    b = [2 * a[0], 2 * a[1], 4 * a[2], 2 * (a[3] - a[2].sum(0)), 2 * a[4], a[5] - a[4].sum(0)]
    X = torch.arange(-15, 16, dtype=double)[:, None] / 5
    found: dict[str, list[list[float]]] = {}
    for name, params in (("tanh net", a), ("sigmoid net", b)):
        for p in params:
            p.requires_grad_()
        found[name] = []
        for _ in range(201):
            output = net(params, X, name == "tanh net")
            found[name].append(output.flatten().tolist())
            gradients = torch.autograd.grad((output - torch.sin(2 * X)).square().mean(), params)
            with torch.no_grad():
                for p, g in zip(params, gradients, strict=True):
                    p -= 0.05 * g
    return found


def drawn(page: Page) -> dict[str, list[float]]:
    """The outputs of each net at the marks, from left to right."""
    found: dict[str, list[tuple[float, float]]] = {"tanh net": [], "sigmoid net": []}
    for mark in marks(page, ".mark-symbol"):
        x, y = (float(mark[key].replace("\u2212", "-")) for key in ("x", "output"))
        found[mark["net"]].append((x, y))
    return {name: [y for _, y in sorted(points)] for name, points in found.items()}


def said(page: Page) -> list[str]:
    return [mark["text"] for mark in marks(page, ".mark-text")]


def test_curves_and_distances_are_pythons(chart: Visit) -> None:
    found = trained()
    for rule, other in (("plain", "sigmoid net"), ("mapped", "tanh net")):
        for steps in (0, 10, 70, 200):
            choose(chart.page, {RULE: rule, "steps": steps})
            curves = [[round(y, 3) for y in found[name][steps]] for name in ("tanh net", other)]
            gap = max(abs(a - b) for a, b in zip(*curves, strict=True))
            eventually(lambda: said(chart.page), [f"largest distance: {gap:.3f}"])
            now = drawn(chart.page)
            assert now["tanh net"] == pytest.approx(curves[0], abs=1e-9)
            assert now["sigmoid net"] == pytest.approx(curves[1], abs=1e-9)
            assert (gap < 0.0005) == (rule == "mapped" or steps == 0)
