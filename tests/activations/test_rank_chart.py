"""The chart of linear collapse: what it draws at rank 1 is the nearest map, by another route."""

from __future__ import annotations

import itertools

import pytest
import torch

from d2l_utils.activations import explore_rank
from d2l_utils.activations.rank_chart import LARGEST, _grid


def columns(*names: str) -> torch.Tensor:
    return torch.tensor([[row[name] for name in names] for row in _grid()], dtype=torch.float64)


@pytest.mark.parametrize("second", [0.1, 0.8, 1.4])
def test_squares_are_the_images_under_the_nearest_map_of_rank_one(second: float) -> None:
    steps = (-1.0, -0.5, 0.0, 0.5, 1.0)
    inputs = torch.tensor(list(itertools.product(steps, steps)), dtype=torch.float64)
    near = columns("near_x", "near_y")
    images = near + second * columns("lost_x", "lost_y")
    W = torch.linalg.lstsq(inputs, images).solution
    assert torch.allclose(inputs @ W, images, atol=1e-5), "the images are not those of a matrix"
    U, S, Vh = torch.linalg.svd(W)
    assert S.tolist() == pytest.approx([LARGEST, second], abs=1e-5)
    assert torch.allclose(inputs @ U[:, :1] * S[0] @ Vh[:1], near, atol=1e-5)
    assert (images - near).square().sum(1).mean().item() == pytest.approx(second**2 / 2, abs=1e-5)


def test_chart_is_the_same_every_time() -> None:
    assert explore_rank().to_dict() == explore_rank().to_dict()
