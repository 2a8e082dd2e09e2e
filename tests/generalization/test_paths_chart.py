"""The chart of both paths: its numbers are those of the algorithms."""

from __future__ import annotations

import math

import pytest
import torch

from d2l_utils.generalization import explore_paths, path_factors
from d2l_utils.generalization.paths_chart import (
    _ANGLE,
    _LOSSES,
    _SOLUTION,
    LAST,
    LEARNT,
    _contours,
    _path_rows,
)


def hessian() -> tuple[torch.Tensor, torch.Tensor]:
    """Of the loss in the picture, and its minimizer, in the picture's weights."""
    c, s = math.cos(_ANGLE), math.sin(_ANGLE)
    V = torch.tensor([[c, -s], [s, c]], dtype=torch.float64)
    H = V @ torch.diag(torch.tensor(LEARNT, dtype=torch.float64)) @ V.T
    return H, V @ torch.tensor(_SOLUTION, dtype=torch.float64)


def places(path: str) -> list[tuple[float, float]]:
    return [(row["x"], row["y"]) for row in _path_rows() if row["path"] == path]


def test_descent_is_where_descent_goes() -> None:
    H, solution = hessian()
    w = torch.zeros(2, dtype=torch.float64)
    for place in places("descent"):
        assert place == pytest.approx(w.tolist(), abs=6e-4)
        w = w - H @ (w - solution)


def test_ridge_minimizes_loss_and_penalty() -> None:
    H, solution = hessian()
    for t, place in list(enumerate(places("ridge")))[1:]:
        penalized = H + torch.eye(2, dtype=torch.float64) / t
        w = torch.linalg.solve(penalized, H @ solution)
        assert place == pytest.approx(w.tolist(), abs=6e-4)


def test_contours_are_places_of_equal_loss() -> None:
    H, solution = hessian()
    rows = _contours()
    assert {row["loss"] for row in rows} == set(_LOSSES)
    for row in rows:
        away = torch.tensor([row["x"], row["y"]], dtype=torch.float64) - solution
        assert float(away @ H @ away) / 2 == pytest.approx(row["loss"], rel=0.02)


def test_ridge_is_behind_descent_in_both_directions() -> None:
    assert path_factors(0) == ((0.0, 0.0), (0.0, 0.0))
    for t in range(1, LAST + 1):
        descent, ridge = path_factors(t)
        assert ridge[0] < descent[0] <= 1
        assert ridge[1] < descent[1] <= 1


def test_the_chart_repeats_and_holds_the_rows() -> None:
    chart = explore_paths().to_dict()
    assert chart == explore_paths().to_dict()
    assert repr(_path_rows()[70]) in repr(chart)
    with pytest.raises(ValueError, match=r"t: expected .*, got -1"):
        path_factors(-1)
