"""Stored runs: what they say is what training again gives; no network knows another."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from d2l_utils.generalization import noisy_digits, read_noisy_runs, train_noisy_runs
from d2l_utils.generalization.noisy_runs import (
    CURVES,
    EPOCHS,
    RATES,
    SEEDS,
    format_runs,
    parse_runs,
    share_lower,
)

HALF_UNIT = 0.51e-5


def test_stored_runs_are_those_of_the_constants() -> None:
    runs = read_noisy_runs()
    assert (runs.rates, runs.seeds) == (RATES, SEEDS)
    for name in CURVES:
        assert getattr(runs, name).shape == (len(RATES), len(SEEDS), EPOCHS)
    assert repr(runs) == "5 rates × 8 seeds, 150 epochs"


def test_training_again_gives_what_is_stored() -> None:
    # Another choice of networks beside them, and another order: none knows of the others.
    stored, (again, _) = read_noisy_runs(), train_noisy_runs([0.4, 0.0], [7, 2], epochs=25)
    for name in CURVES:
        expected = getattr(stored, name)[[4, 0]][:, [7, 2], :25]
        torch.testing.assert_close(
            getattr(again, name), expected, rtol=0, atol=HALF_UNIT, equal_nan=True
        )


def test_networks_can_be_watched_on_their_way() -> None:
    seen = {}
    train_noisy_runs(
        [0.3], [4, 2], epochs=3, watch=lambda epoch, networks: seen.update({epoch: networks})
    )
    assert list(seen) == [1, 2, 3]
    for epoch in (2, 3):
        _, networks = train_noisy_runs([0.3], [4, 2], epochs=epoch)
        assert all(torch.equal(a, b) for a, b in zip(seen[epoch].W, networks.W, strict=True))
    assert not torch.equal(seen[2].W[0], seen[3].W[0])


def test_another_seed_would_be_noticed() -> None:
    stored, (again, _) = read_noisy_runs(), train_noisy_runs([0.4], [1], epochs=2)
    assert (again.test_loss[0, 0] - stored.test_loss[4, 0, :2]).abs().min() > 100 * HALF_UNIT


def test_curves_are_what_their_names_say() -> None:
    runs, networks = train_noisy_runs([0.3], [4], epochs=3)
    deal = noisy_digits(0.3, 4)
    o = networks.logits(deal.train.X)[0]
    hits, flipped = o.argmax(1) == deal.train.given, deal.train.flipped
    last = {name: getattr(runs, name)[0, 0, -1] for name in CURVES}
    assert last["clean_fit"] == hits[~flipped].double().mean()
    assert last["flipped_fit"] == hits[flipped].double().mean()
    losses = functional.cross_entropy(o, deal.train.given, reduction="none")
    torch.testing.assert_close(last["train_loss"], losses.mean())
    for name, part, labels in (
        ("validation_error", deal.validation, deal.validation.given),
        ("validation_clean_error", deal.validation, deal.validation.clean),
        ("test_error", deal.test, deal.test.clean),
    ):
        wrong = networks.logits(part.X)[0].argmax(1) != labels
        assert last[name] == wrong.double().mean()
    o = networks.logits(deal.test.X)[0]
    torch.testing.assert_close(last["test_loss"], functional.cross_entropy(o, deal.test.clean))
    others = functional.cross_entropy(o, deal.test.given, reduction="none")
    below = (losses.unsqueeze(1) < others).double() + (losses.unsqueeze(1) == others) / 2
    torch.testing.assert_close(last["attack"], below.mean())


def test_ties_count_half() -> None:
    a, b = torch.tensor([[1.0, 2.0, 2.0]]), torch.tensor([[2.0, 3.0]])
    assert share_lower(a, b).item() == pytest.approx(5 / 6)


def test_text_of_runs_is_read_back() -> None:
    runs = read_noisy_runs()
    again = parse_runs(format_runs(runs))
    assert (again.rates, again.seeds) == (runs.rates, runs.seeds)
    for name in CURVES:
        torch.testing.assert_close(
            getattr(again, name), getattr(runs, name), rtol=0, atol=0, equal_nan=True
        )


def test_no_rate_or_no_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="rates: expected at least one, got none"):
        train_noisy_runs([], [0], 1)
    with pytest.raises(ValueError, match="seeds: expected at least one, got none"):
        train_noisy_runs([0.1], [], 1)
