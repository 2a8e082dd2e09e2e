"""Deals of the digits: what differs between seeds and rates, and what does not."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.generalization import noisy_digits


def test_parts_are_disjoint_and_whole() -> None:
    from sklearn.datasets import load_digits

    deal = noisy_digits(0.2, 3)
    parts = (deal.train, deal.validation, deal.test)
    assert [len(part.X) for part in parts] == [600, 300, 897]
    together = torch.cat([torch.cat([p.X, p.clean.unsqueeze(1)], dim=1) for p in parts])
    found = load_digits()
    whole = torch.cat(
        [torch.tensor(found.data) / 16, torch.tensor(found.target).unsqueeze(1)], dim=1
    )
    assert torch.equal(together.unique(dim=0), whole.unique(dim=0))
    assert deal.train.X.max() == 1
    assert deal.train.X.dtype == torch.float64


def test_deal_does_not_depend_on_the_rate_and_noise_grows() -> None:
    few, many = noisy_digits(0.1, 5), noisy_digits(0.4, 5)
    assert torch.equal(few.train.X, many.train.X)
    assert torch.equal(few.test.clean, many.test.clean)
    assert many.train.flipped[few.train.flipped].all()
    for part in (many.train, many.validation, many.test):
        assert part.flipped.double().mean().item() == pytest.approx(0.4, abs=0.08)
    assert not noisy_digits(0.0, 5).train.flipped.any()


def test_seeds_deal_differently() -> None:
    assert not torch.equal(noisy_digits(0.1, 0).train.X, noisy_digits(0.1, 1).train.X)
