"""The chart of patience's price: its rows are what rules do to the stored runs."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.generalization import StoppingRule, explore_price, read_noisy_runs
from d2l_utils.generalization.price_chart import LONGEST, price_rows


def test_rows_are_means_over_the_runs() -> None:
    runs = read_noisy_runs()
    (row,) = (row for row in price_rows() if (row["noise"], row["patience"]) == (30, 6))
    stops = [StoppingRule(6).apply(curve) for curve in runs.validation_loss[3]]
    errors = torch.stack([runs.test_error[3, j, best - 1] for j, (_, best) in enumerate(stops)])
    total = sum(stop for stop, _ in stops)
    assert row["epochs"] == pytest.approx(total / 8, abs=0.006)
    assert row["error"] == pytest.approx(100 * float(errors.mean()), abs=0.006)
    assert row["one"] == f"{total} epochs of 1200"
    assert len(price_rows()) == 5 * LONGEST


def test_chart_is_the_same_every_time() -> None:
    assert explore_price().to_dict() == explore_price().to_dict()
