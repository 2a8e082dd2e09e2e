import pytest
import torch
from torch import nn

from d2l_utils.planning import plan_stages, transformer_on_meta

pytestmark = pytest.mark.exercise(5)


def test_transformer_has_the_counted_parameters_and_no_memory() -> None:
    model = transformer_on_meta(3, 8, num_heads=2, vocabulary=50)
    parameters = list(model.parameters())
    assert sum(p.numel() for p in parameters) == 2 * 50 * 8 + 3 * (12 * 8**2 + 13 * 8)
    assert all(p.is_meta for p in parameters)


def test_plan_covers_every_unit_once() -> None:
    model = transformer_on_meta(5, 8, num_heads=2, vocabulary=50)
    plan = plan_stages(model, 3, bytes_per_parameter=16)
    assert [stage.device for stage in plan] == [0, 1, 2]
    assert sum(stage.num_units for stage in plan) == 7
    assert sum(stage.parameters for stage in plan) == sum(p.numel() for p in model.parameters())
    assert plan[0].units[0] == "embedding"
    assert plan[-1].units[1] == "output"
    assert all(stage.resident == 16 * stage.parameters for stage in plan)


def test_plan_is_balanced_by_parameters() -> None:
    with torch.device("meta"):
        model = nn.Sequential(nn.Linear(100, 100), *(nn.Linear(10, 10) for _ in range(4)))
    plan = plan_stages(model, 2, 1)
    assert [stage.num_units for stage in plan] == [1, 4]


def test_wrong_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="num_heads: expected a divisor of the width 8, got 3"):
        transformer_on_meta(2, 8, num_heads=3, vocabulary=50)
    model = transformer_on_meta(1, 8, num_heads=2, vocabulary=50)
    with pytest.raises(ValueError, match=r"num_stages: expected 1 to 3 \(the layers\), got 4"):
        plan_stages(model, 4, 16)
    with pytest.raises(ValueError, match="bytes_per_parameter: expected at least 1, got 0"):
        plan_stages(model, 2, 0)
    with pytest.raises(TypeError, match=r"model: expected an nn.Sequential, got Linear"):
        plan_stages(nn.Linear(3, 3), 1, 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="num_stages: expected an integer, got None"):
        plan_stages(model, None, 1)  # type: ignore[arg-type]
