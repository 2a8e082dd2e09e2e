"""Every variant of the worked example has the numbers of autograd."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from d2l_utils import backprop
from d2l_utils.backprop.stepper import Stepper
from d2l_utils.backprop.stepper_page import packed, unpacked
from tests.backprop.test_stepper import autograd, numbers, parsed

pytestmark = pytest.mark.exercise(2)

VARIANTS = backprop.step_through_variants(
    **backprop.tiny_example(), others=[backprop.other_example()]
)
KEYS = list(VARIANTS.steppers)


def example_of(key: tuple[int, ...]) -> dict[str, Any]:
    """The example that a variant works through, by the names of its options."""
    options = {label: names[n] for (label, names), n in zip(VARIANTS.choices, key, strict=True)}
    example = backprop.tiny_example()
    if options["example"] == "x = (1, −1)":
        example |= {
            "X": torch.tensor([[1.0, -1.0]], dtype=torch.float64),
            "y": torch.tensor([[6.0, -4.0]], dtype=torch.float64),
        }
    if options["bias b1"] == "off":
        example["b1"] = torch.zeros(3, dtype=torch.float64)
    return example | {"activation": options["φ"], "lambd": float(options["λ"])}


def differences(stepper: Stepper, example: dict[str, Any]) -> list[str]:
    """Names of values and gradients that are not those of autograd, rounded."""
    found = []
    kinds = zip(
        ("value", "gradient"), (stepper.values, stepper.gradients), autograd(example), strict=True
    )
    for kind, shown, expected in kinds:
        for name, cells in shown.items():
            want = expected[name].detach()
            want = want if name in ("W1", "W2") else want.reshape(-1, 1)
            if (numbers(cells) - want).abs().max() > 0.0005 + 1e-12:
                found.append(f"{name}, {kind}")
    return found


@pytest.mark.parametrize("key", KEYS)
def test_every_variant_shows_the_numbers_of_autograd(key: tuple[int, ...]) -> None:
    assert differences(VARIANTS.steppers[key], example_of(key)) == []


def test_numbers_of_another_variant_would_be_noticed() -> None:
    for label in range(4):
        key = tuple(int(place == label) for place in range(4))
        assert differences(VARIANTS.steppers[key], example_of(KEYS[0])) != []


def test_there_is_a_variant_for_each_combination_and_the_first_is_the_example() -> None:
    assert [label for label, _ in VARIANTS.choices] == ["example", "bias b1", "φ", "λ"]
    assert len(KEYS) == len(set(KEYS)) == 16
    assert KEYS[0] == (0, 0, 0, 0)
    alone = backprop.step_through(**backprop.tiny_example())
    assert VARIANTS.first.steps == alone.steps
    assert VARIANTS.table().rows == alone.table().rows
    assert ("b1" in VARIANTS.first.values, "b1" in VARIANTS.steppers[0, 1, 0, 0].values) == (
        True,
        False,
    )


def in_finals(text: str) -> torch.Tensor:
    """Read a cell of the table: a number, (a, b) or [a, b; c, d]."""
    rows = text.strip("[]()").replace("−", "-").split(";")
    return torch.tensor([[float(n) for n in row.split(",")] for row in rows], dtype=torch.float64)


def wrong_finals(rows: Any) -> list[tuple[str, str]]:
    """The variants and columns in which a table of final numbers disagrees with autograd."""
    columns = VARIANTS.finals().columns
    found = []
    for key, (setting, *cells) in zip(KEYS, rows, strict=True):
        values, gradients = autograd(example_of(key))
        for column, cell in zip(columns[1:], cells, strict=True):
            name = column.removeprefix("∂J/∂")
            if name == "b1" and " off," in setting:
                assert cell == "none"
                continue
            kind = values if name == column else gradients
            want = kind[name].detach().reshape(in_finals(cell).shape)
            if (in_finals(cell) - want).abs().max() > 0.0005 + 1e-12:
                found.append((setting, column))
    return found


def test_table_of_all_variants_holds_the_final_numbers_of_autograd() -> None:
    finals = VARIANTS.finals()
    assert finals.columns[1:] == ("z", "o", "J", "∂J/∂W1", "∂J/∂b1", "∂J/∂W2")
    assert wrong_finals(finals.rows) == []
    settings = [row[0] for row in finals.rows]
    assert len(set(settings)) == 16
    assert settings[0] == "x = (1, 2), b1 on, φ = relu, λ = 0.5"
    assert settings[-1] == "x = (1, −1), b1 off, φ = tanh, λ = 0"
    assert "all 16 variants" in finals.caption
    assert len(finals._repr_html_().encode()) < 6_000


def test_final_numbers_of_another_variant_would_be_noticed() -> None:
    first, second, *others = VARIANTS.finals().rows
    swapped = [(first[0], *second[1:]), (second[0], *first[1:]), *others]
    assert (first[0], "J") in wrong_finals(swapped)
    assert (second[0], "∂J/∂W1") in wrong_finals(swapped)


def test_tables_of_one_variant_say_which_and_of_how_many() -> None:
    said = "x = (1, 2), b1 on, φ = relu, λ = 0.5, one of 16 variants."
    assert said in VARIANTS.table().caption
    assert f"{said}</caption>" in VARIANTS._repr_html_()


def test_page_holds_every_variant_in_little_space() -> None:
    payload = json.loads(parsed(VARIANTS).scripts[0])
    for key, stepper in VARIANTS.steppers.items():
        found = unpacked(payload, key)
        assert found == json.loads(json.dumps(stepper.variant()))
    assert len(VARIANTS._repr_html_()) < 40_000


def test_a_missing_variant_is_refused() -> None:
    variants = {key: stepper.variant() for key, stepper in VARIANTS.steppers.items()}
    del variants[1, 1, 1, 1]
    with pytest.raises(ValueError, match="variants: expected 16, got 15"):
        packed(variants, VARIANTS.choices)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"b1": None}, "b1: expected a .*, got None"),
        ({"others": [{"X": torch.ones(1, 2)}]}, r"others\[0\]: expected X and y, got \['X'\]"),
        ({"activations": ["step"]}, "activation: expected .*, got 'step'"),
        ({"penalties": [-1.0]}, r"penalties\[0\]: expected .*, got -1.0"),
    ],
)
def test_what_makes_no_variant_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        backprop.step_through_variants(**backprop.tiny_example() | changed)


def test_own_settings_come_first_and_once() -> None:
    example = backprop.tiny_example() | {"activation": "tanh", "lambd": 0.0}
    choices = dict(backprop.step_through_variants(**example).choices)
    assert (choices["φ"], choices["λ"]) == (("tanh", "relu"), ("0", "0.5"))


def test_the_other_example_turns_the_hidden_units_around() -> None:
    signs = {key: numbers(VARIANTS.steppers[key].values["z"]).sign().flatten() for key in KEYS}
    assert (signs[0, 0, 0, 0] == -signs[1, 0, 0, 0]).all()


def test_only_the_first_example_without_bias_meets_the_kink_and_the_slope_there_is_zero() -> None:
    at_zero = [key for key in KEYS if (numbers(VARIANTS.steppers[key].values["z"]) == 0).any()]
    assert {key[:2] for key in at_zero} == {(0, 1)}
    steps = VARIANTS.steppers[0, 1, 0, 0].steps
    assert [step.detail for step in steps if step.detail.startswith("φ′")] == ["φ′(z) = (1, 0, 0)"]
