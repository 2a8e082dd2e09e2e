"""The chart of one hidden unit: what it counts is what the network does."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

from d2l_utils.activations import explore_envelope
from d2l_utils.activations.envelope import upper_envelope
from d2l_utils.activations.envelope_chart import STEP, _effects

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


@pytest.mark.parametrize("step", [-18, -3, 0, 7, 9])
def test_words_are_those_of_the_network(step: int) -> None:
    h = torch.relu(INPUTS + step * STEP)
    O = h[:, None] * torch.tensor(SLOPES) + torch.tensor(INTERCEPTS)  # noqa: E741
    chosen = O.argmax(1)
    classes, right = len(chosen.unique()), int((chosen == LABELS).sum())
    noun = "class" if classes == 1 else "classes"
    expected = [
        f"{int((h == 0).sum())} of 300 examples at 0",
        f"{classes} {noun} chosen, {right} right",
    ]
    found = _effects(
        upper_envelope(SLOPES, INTERCEPTS, 0), INPUTS.tolist(), LABELS.tolist(), [step]
    )
    assert [row["says"] for row in found] == expected
    assert [row["line"] for row in found] == [0, 1]


def test_bars_hold_every_example_once() -> None:
    spec = chart()
    bars = rows(spec, spec["layer"][0])
    assert sum(bar["count"] for bar in bars) == 300
    for bar in bars:
        left = bar["place"] * STEP
        assert bar["count"] == int(((left < INPUTS) & (left + STEP >= INPUTS)).sum())


def test_highest_line_is_drawn_with_its_class() -> None:
    spec = chart()
    named = [rows(spec, layer) for layer in spec["layer"][1]["layer"][1:4]]
    assert [row["class"] for row in named[1]] == NAMES[::2]
    assert [row["class"] for row in named[2]] == NAMES[1::2]
    for row in itertools.chain(*named):
        heights = [a * row["h"] + c for a, c in zip(SLOPES, INTERCEPTS, strict=True)]
        assert row["logit"] == pytest.approx(max(heights), abs=1e-3)


def test_at_the_sliders_left_end_all_that_the_axis_shows_is_at_zero() -> None:
    spec = chart()
    slider = next(p for p in spec["params"] if p["name"] == "neuron_shift")["bind"]
    assert (slider["min"], slider["max"], slider["step"]) == (-9.0, 4.5, STEP)


def test_chart_is_the_same_every_time() -> None:
    assert chart() == chart()


def test_numbers_must_fit() -> None:
    with pytest.raises(ValueError, match="labels: expected 1, one per example, got 2"):
        explore_envelope([1.0], [0.0], [2.0], [0, 0], ["a"], 3.0)
    with pytest.raises(ValueError, match="names: expected 2, one per class, got 1"):
        explore_envelope([1.0, 2.0], [0.0, 0.0], [2.0], [0], ["a"], 3.0)
    with pytest.raises(ValueError, match="inputs: expected at least one example, got none"):
        explore_envelope([1.0], [0.0], [], [], ["a"], 3.0)
