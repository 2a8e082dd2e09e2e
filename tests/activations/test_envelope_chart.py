"""The chart of one hidden unit: what it counts is what the network does."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from d2l_utils.activations import explore_envelope
from d2l_utils.activations.envelope import upper_envelope
from d2l_utils.activations.envelope_chart import REACH, STEP, _effects

GEN = torch.Generator().manual_seed(0)
SLOPES, INTERCEPTS = [2.0 * k for k in range(6)], [-1.0 * k * k for k in range(6)]
INPUTS = 4 * torch.randn(300, generator=GEN, dtype=torch.float64)
LABELS = torch.randint(6, (300,), generator=GEN)
NAMES = ["a", "b", "c", "d", "e", "f"]


def chart() -> dict[str, Any]:
    found: dict[str, Any] = explore_envelope(
        SLOPES, INTERCEPTS, INPUTS.tolist(), LABELS.tolist(), NAMES, 9.0
    ).to_dict()
    return found


def rows(spec: dict[str, Any], layer: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of a layer."""
    named: list[dict[str, Any]] = spec["datasets"][layer["data"]["name"]]
    return named


@pytest.mark.parametrize("step", [-REACH, -3, 0, 7, REACH])
def test_words_are_those_of_the_network(step: int) -> None:
    h = torch.relu(INPUTS + step * STEP)
    O = h[:, None] * torch.tensor(SLOPES) + torch.tensor(INTERCEPTS)  # noqa: E741
    chosen = O.argmax(1)
    classes, right = len(chosen.unique()), int((chosen == LABELS).sum())
    expected = (
        f"{int((h == 0).sum())} of 300 examples at 0, {classes} "
        f"{'class' if classes == 1 else 'classes'} chosen, {right} right"
    )
    found = _effects(upper_envelope(SLOPES, INTERCEPTS, 0), INPUTS.tolist(), LABELS.tolist())
    assert {row["step"]: row["says"] for row in found}[step] == expected


def test_bars_hold_every_example_once() -> None:
    spec = chart()
    bars = rows(spec, spec["layer"][0])
    assert sum(bar["count"] for bar in bars) == 300
    for bar in bars:
        left = bar["place"] * STEP
        assert bar["count"] == int(((left < INPUTS) & (left + STEP >= INPUTS)).sum())


def test_highest_line_is_drawn_with_its_class() -> None:
    spec = chart()
    named = [rows(spec, layer) for layer in spec["layer"][1]["layer"][1:3]]
    assert [row["class"] for row in named[1]] == NAMES
    for row in (*named[0], *named[1]):
        heights = [a * row["h"] + c for a, c in zip(SLOPES, INTERCEPTS, strict=True)]
        assert row["logit"] == pytest.approx(max(heights), abs=1e-3)


def test_chart_is_the_same_every_time() -> None:
    assert chart() == chart()


def test_numbers_must_fit() -> None:
    with pytest.raises(ValueError, match="labels: expected 1, one per example, got 2"):
        explore_envelope([1.0], [0.0], [2.0], [0, 0], ["a"], 3.0)
    with pytest.raises(ValueError, match="names: expected 2, one per class, got 1"):
        explore_envelope([1.0, 2.0], [0.0, 0.0], [2.0], [0], ["a"], 3.0)
    with pytest.raises(ValueError, match="inputs: expected at least one example, got none"):
        explore_envelope([1.0], [0.0], [], [], ["a"], 3.0)
