"""The matrix picture and the explorer show the numbers they are given."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import pytest
import torch
import vl_convert

from d2l_utils import curvature
from d2l_utils.costs.flop_counts import mlp_flops
from d2l_utils.curvature.charts import COSTS, cost_table, matrix_picture

pytestmark = pytest.mark.exercise(4)


def test_the_table_holds_the_formulas() -> None:
    rows = cost_table((3, 5), (1, 2), (7,), num_inputs=4, num_outputs=2)
    assert [(r["width"], r["depth"], r["batch"]) for r in rows] == [
        (3, 1, 7),
        (3, 2, 7),
        (5, 1, 7),
        (5, 2, 7),
    ]
    c = mlp_flops((4, 5, 5, 2), 7)
    assert rows[-1]["forward"] == c.forward
    assert rows[-1]["whole Hessian"] == c.hessian
    second = c.reverse_over_reverse - c.gradient
    assert rows[-1]["step, 50 products"] == c.gradient + 50 * second


def test_the_explorer_shows_the_times_that_python_computes() -> None:
    spec = curvature.explore_costs().spec | {"width": 400}
    svg = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="5.20")
    c = mlp_flops((784, 256, 10), 256)
    for flops, unit, factor in (
        (c.gradient, "µs", 1e6),
        (c.reverse_over_reverse, "µs", 1e6),
        (c.hessian, "s", 1),
    ):
        assert f">{flops / 10e12 * factor:.3g} {unit}<" in svg
    assert all(name in svg for name in COSTS)
    assert ">10 TFLOP per second, about a laptop’s graphics chip<" in svg
    assert all(f">{time}<" in svg for time in ("1 ns", "1 µs", "1 s", "1 h", "1 year"))


def bound(kind: str) -> dict[str, Any]:
    """What each control of the explorer that has it offers, such as its options."""
    params = curvature.explore_costs().spec["params"]
    return {p["name"]: p["bind"][kind] for p in params if kind in p.get("bind", {})}


def test_every_choice_has_its_row() -> None:
    spec = curvature.explore_costs().spec
    options = bound("options")
    assert set(options) == {"units", "layers", "examples"}
    values = spec["data"]["values"]
    assert len(values) == math.prod(len(choices) for choices in options.values())


def test_the_picture_draws_one_square_per_entry() -> None:
    params = {"W": torch.zeros(1, 2), "b": torch.zeros(1)}
    M = torch.tensor([[1.0, -0.5, 0.0], [-0.5, 0.25, 1e-9], [0.0, 1e-9, 0.0]])
    picture = matrix_picture(M, params, "three by three")
    assert picture.alt == "three by three"
    assert picture.svg != matrix_picture(torch.eye(3), params, "three by three").svg
    assert picture.svg == matrix_picture(M, params, "three by three").svg
    assert picture.svg != matrix_picture(-M, params, "three by three").svg


def test_the_picture_leaves_out_less_than_a_thousandth_of_the_largest_entry() -> None:
    def drawn(entry: float) -> str:
        M = torch.tensor([[2.0, entry], [entry, -2.0]])
        return matrix_picture(M, {"w": torch.zeros(2)}, "two by two").svg

    assert drawn(0.0019) == drawn(0.0)
    assert drawn(0.0021) != drawn(0.0)


def test_every_time_that_can_be_chosen_lies_on_the_axis_and_inside_it() -> None:
    spec = curvature.explore_costs().spec
    placed = [layer["encoding"]["x"] for layer in spec["layer"] if "x" in layer["encoding"]]
    (scale,) = {json.dumps(place["scale"]) for place in placed}
    low, high = json.loads(scale)["domain"]
    (power,) = (p["bind"] for p in spec["params"] if p["name"] == "power")
    flops = [row[cost] for row in spec["data"]["values"] for cost in COSTS]
    shortest = min(flops) / (10 ** power["max"] * 1e12)
    longest = max(flops) / (10 ** power["min"] * 1e12)
    assert low < shortest < 1000 * low
    assert high / 1000 < longest < high


def test_the_choices_grow_by_equal_factors() -> None:
    options = bound("options")
    for name, factor in (("units", 4), ("examples", 16)):
        chosen = options[name]
        assert [b / a for a, b in pairwise(chosen)] == [factor] * (len(chosen) - 1)


def test_a_matrix_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"matrix: expected shape \(2, 2\), got \(3, 3\)"):
        matrix_picture(torch.eye(3), {"w": torch.zeros(2)}, "wrong")
