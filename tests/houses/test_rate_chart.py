"""The chart of a step limit: what it says is what descent does."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.houses.rate_chart import (
    CORRELATION,
    SCALES,
    STEPS,
    _outline_rows,
    _step_rows,
    explore_rate,
    hessian,
    rate_outcome,
)


def descend(scale: float, lr: float) -> torch.Tensor:
    """Loss above its minimum after each step, by the gradient."""
    H, w = hessian(scale), torch.zeros(2, dtype=torch.float64)
    best = torch.tensor([1.0, 1 / scale], dtype=torch.float64)
    losses = []
    for _ in range(STEPS + 1):
        losses.append((w - best) @ H @ (w - best) / 2)
        w = w - lr * H @ (w - best)
    return torch.stack(losses)


def test_curvature_is_that_of_two_columns() -> None:
    a = torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64)
    b = torch.tensor([1.0, 1.0, -1.0, -1.0], dtype=torch.float64)
    columns = torch.stack([a, 3 * (CORRELATION * a + (1 - CORRELATION**2) ** 0.5 * b)], dim=1)
    torch.testing.assert_close(2 / 4 * columns.T @ columns, hessian(3))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("share", [0.3, 0.95, 1.05])
def test_outcome_is_that_of_descent(scale: float, share: float) -> None:
    found = rate_outcome(scale, share)
    assert found.limit == pytest.approx(2 / float(torch.linalg.eigvalsh(hessian(scale))[1]))
    losses = descend(scale, found.lr)
    assert found.loss == pytest.approx(float(losses[-1] / losses[0]))
    assert found.steep == pytest.approx(1 - 2 * share)
    assert abs(found.flat) < 1


def test_rows_lead_from_the_start_along_the_steps() -> None:
    share = 0.85
    for scale in SCALES:
        rows = [row for row in _step_rows() if row["scale"] == scale]
        assert [row["t"] for row in rows] == list(range(STEPS + 1))
        w = torch.zeros(2, dtype=torch.float64)
        best = torch.tensor([1.0, 1 / scale], dtype=torch.float64)
        for row in rows:
            steep = row["v0"] * (1 - 2 * share) ** row["t"]
            flat = row["u0"] * (1 - 2 * share * row["ratio"]) ** row["t"]
            at = torch.tensor(
                [steep * row["v1"] + flat * row["u1"], steep * row["v2"] + flat * row["u2"]]
            )
            torch.testing.assert_close(best + at, w, atol=1e-7, rtol=0)
            w = w - share * row["limit"] * hessian(scale) @ (w - best)


def test_outlines_are_levels_of_the_loss() -> None:
    for row in _outline_rows()[::7]:
        best = torch.tensor([1.0, 1 / row["scale"]], dtype=torch.float64)
        off = torch.tensor([row["x"], row["y"]], dtype=torch.float64) - best
        height = off @ hessian(row["scale"]) @ off / (best @ hessian(row["scale"]) @ best)
        assert float(height) == pytest.approx(row["level"], abs=0.02)


def test_chart_repeats_and_holds_the_rows() -> None:
    chart = explore_rate().to_dict()
    assert chart == explore_rate().to_dict()
    assert repr(_step_rows()[-1]["limit"]) in repr(chart)


def test_shares_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"share: expected .*, got 2\.5"):
        rate_outcome(1, 2.5)
