"""Random factors: their values, mean and variance, and where they come from."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.dropout import drop_connect, drop_units, multiplicative_noise

KINDS = ("dropout", "gaussian", "uniform", "log-normal", "two-point")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_survivors_are_divided_by_what_is_kept() -> None:
    h = torch.arange(1.0, 1001.0)
    got = drop_units(h, 0.2, seeded())
    kept = got != 0
    assert torch.allclose(got[kept], h[kept] / 0.8)
    assert 150 < int((~kept).sum()) < 250
    assert got.dtype == h.dtype


def test_the_same_entries_are_dropped_whatever_the_dtype() -> None:
    h = torch.ones(40, 5)
    single, double = (drop_units(h.to(t), 0.5, seeded(3)) for t in (torch.float32, torch.float64))
    assert torch.equal(single != 0, double != 0)
    assert not torch.equal(double, drop_units(h.double(), 0.5, seeded(4)))


def test_without_dropping_nothing_changes_and_gradients_pass() -> None:
    h = torch.randn(3, 4, generator=seeded(), requires_grad=True)
    assert torch.equal(drop_units(h, 0.0), h)
    got = drop_units(h, 0.5, seeded())
    got.sum().backward()  # type: ignore[no-untyped-call]
    assert h.grad is not None
    assert torch.equal(h.grad, 2 * (got != 0))


def test_dropping_all_is_refused_instead_of_returning_the_input() -> None:
    with pytest.raises(ValueError, match=r"p: expected a number at least 0 and below 1, got 1\.0"):
        drop_units(torch.ones(2), 1.0)


def test_whole_numbers_cannot_be_scaled() -> None:
    with pytest.raises(TypeError, match=r"h: expected floating-point numbers, got torch\.int64"):
        drop_units(torch.ones(2, dtype=torch.int64), 0.5)


def test_generators_of_another_device_are_refused() -> None:
    with pytest.raises(TypeError, match="dense tensor of real numbers in memory, got"):
        drop_units(torch.ones(2, device="meta"), 0.5, seeded())


def test_weights_share_one_mask_or_have_one_per_example() -> None:
    W = torch.arange(1.0, 61.0, dtype=torch.float64).reshape(6, 10)
    shared = drop_connect(W, 0.5, seeded())
    assert shared.shape == W.shape
    assert torch.equal(shared[shared != 0], 2 * W[shared != 0])
    own = drop_connect(W, 0.5, seeded(), per_example=True, num_examples=4)
    assert own.shape == (4, 6, 10)
    assert len({tuple((each != 0).flatten().tolist()) for each in own}) == 4
    assert drop_connect(W, 0.5, per_example=True).shape == (1, 6, 10)


def test_masks_for_too_many_examples_are_refused() -> None:
    with pytest.raises(ValueError, match="num_examples: expected at most 134,217,728"):
        drop_connect(torch.ones(784, 256), 0.5, per_example=True, num_examples=60_000)
    with pytest.raises(ValueError, match=r"num_examples: expected 1 .*, got 3"):
        drop_connect(torch.ones(2, 2), 0.5, num_examples=3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("v", [0.25, 1.0])
def test_noise_has_mean_one_and_the_variance_that_was_asked(kind: str, v: float) -> None:
    noise = multiplicative_noise((200, 1000), kind, v, seeded())  # type: ignore[arg-type]
    assert noise.shape == (200, 1000)
    assert noise.dtype == torch.float64
    assert abs(noise.mean().item() - 1) < 5 * (v / 200_000) ** 0.5
    assert noise.var().item() == pytest.approx(v, rel=0.06)


def test_each_law_has_its_values() -> None:
    def draw(kind: str) -> torch.Tensor:
        return multiplicative_noise((2000,), kind, 0.25, seeded())  # type: ignore[arg-type]

    assert set(draw("dropout").tolist()) == {0.0, 1.25}
    assert set(draw("two-point").tolist()) == {0.5, 1.5}
    assert draw("log-normal").min().item() > 0
    reach = 0.75**0.5
    assert 1 - reach <= draw("uniform").min().item() < draw("uniform").max().item() <= 1 + reach


@pytest.mark.parametrize("kind", KINDS)
def test_noise_without_variance_is_one(kind: str) -> None:
    noise = multiplicative_noise((3, 2), kind, 0.0, seeded())  # type: ignore[arg-type]
    assert torch.equal(noise, torch.ones(3, 2, dtype=torch.float64))


def test_noise_of_a_law_or_a_size_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match=r"kind: expected .*, got 'cauchy'"):
        multiplicative_noise((2,), "cauchy", 1.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"shape: expected at most 134,217,728 .*, got"):
        multiplicative_noise((2**20, 2**20), "gaussian", 1.0)
    with pytest.raises(ValueError, match=r"variance: expected at most 10,000, got"):
        multiplicative_noise((2,), "gaussian", 1e5)
