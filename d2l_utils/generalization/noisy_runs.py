"""Networks trained to the end on noisy digits: what was measured after every epoch.

40 trainings, at five rates of noise with eight seeds, were stored by
``tools/train_noisy_digits.py``. `train_noisy_runs` trains any of them again, and a test and the
pages do so with some.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from d2l_utils.border import Count, checked
from d2l_utils.experiments import Networks, fit_many, start_many
from d2l_utils.experiments.many import Watch
from d2l_utils.generalization.labels import Rate
from d2l_utils.generalization.noisy_digits import Labelled, NoisyDigits, Seed, noisy_digits

RATES = (0.0, 0.1, 0.2, 0.3, 0.4)
SEEDS = tuple(range(8))
EPOCHS = 150
SIZES = (64, 128, 10)
LR, BATCH_SIZE = 0.3, 32
ORDERS = 1000
"""The order of the examples in epoch e (from 0) of seed s has seed 1000 s + e."""

LOSS_DIGITS = 5

_STORED = Path(__file__).with_name("stored") / "noisy_digits.json"


@dataclass(frozen=True)
class NoisyRuns:
    """What was measured, each of shape `(rates, seeds, epochs)`; entry e is after e + 1 epochs.

    Attributes:
        rates: Probabilities that a label is wrong, in training and validation.
        seeds: Of the deal, the noise, the start and the order of the examples.
        clean_fit: Share of the rightly labelled training images that get their label.
        flipped_fit: Share of the wrongly labelled ones that get their wrong label; NaN without any.
        train_loss: Mean cross-entropy of the training labels, with the epoch's weights.
        validation_error: Share of wrong answers by the validation images' noisy labels.
        validation_clean_error: By their right labels, which a user would not have.
        validation_loss: Mean cross-entropy of the noisy validation labels.
        test_error: Share of wrong answers by the test images' right labels.
        test_loss: Mean cross-entropy of the test images' right labels.
        attack: Probability that a training image has a lower loss than a test image, both with
            noisy labels, equal losses counting half: 0.5 if the loss gives nothing away.
    """

    rates: tuple[float, ...]
    seeds: tuple[int, ...]
    clean_fit: Tensor
    flipped_fit: Tensor
    train_loss: Tensor
    validation_error: Tensor
    validation_clean_error: Tensor
    validation_loss: Tensor
    test_error: Tensor
    test_loss: Tensor
    attack: Tensor

    def __repr__(self) -> str:
        epochs = self.test_error.shape[-1]
        return f"{len(self.rates)} rates × {len(self.seeds)} seeds, {epochs} epochs"


CURVES = tuple(field.name for field in fields(NoisyRuns))[2:]


@checked
def train_noisy_runs(
    rates: Sequence[Rate] = RATES,
    seeds: Sequence[Seed] = SEEDS,
    epochs: Count = EPOCHS,
    *,
    watch: Watch | None = None,
) -> tuple[NoisyRuns, Networks]:
    """Train one network for every rate and seed, and measure after every epoch.

    Networks 64-128-10 with ReLU start as `torch.nn.Linear` does and take minibatches of 32 at the
    constant rate 0.3. A network does not depend on which others are trained beside it.

    Args:
        rates: Probabilities that a label is wrong.
        seeds: One network for each, at every rate.
        epochs: Passes over the 600 training images.
        watch: Called after each epoch with its number, from 1, and the networks as they are.

    Returns:
        What was measured, and the trained networks, one rate after the other.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there is no rate or no seed, or a number is out of range.
    """
    for name, values in (("rates", rates), ("seeds", seeds)):
        if not len(values):
            raise ValueError(f"{name}: expected at least one, got none")
    deals = [noisy_digits(rate, seed) for rate in rates for seed in seeds]
    of_network = [seed for _ in rates for seed in seeds]
    networks = start_many(SIZES, of_network, "torch")
    parts = {role: _stacked(deals, role) for role in ("train", "validation", "test")}
    measured = []
    for epoch in range(epochs):
        orders = [ORDERS * seed + epoch for seed in of_network]
        networks = fit_many(
            networks,
            parts["train"].X,
            parts["train"].given,
            [LR] * len(deals),
            orders,
            batch_size=BATCH_SIZE,
        ).networks
        measured.append(_measure(networks, parts))
        if watch is not None:
            watch(epoch + 1, networks)
    curves = torch.stack(measured, dim=-1).unflatten(1, (len(rates), len(seeds)))
    return NoisyRuns(tuple(rates), tuple(seeds), *curves), networks


@checked
def read_noisy_runs() -> NoisyRuns:
    """Read the stored runs: 5 rates, 8 seeds, 150 epochs; not to be changed."""
    return _read()


@cache
def _read() -> NoisyRuns:
    return parse_runs(_STORED.read_text(encoding="utf-8"))


def _stacked(deals: Sequence[NoisyDigits], role: str) -> Labelled:
    parts = [getattr(deal, role) for deal in deals]
    return Labelled(*(torch.stack([getattr(p, f) for p in parts]) for f in ("X", "given", "clean")))


@torch.no_grad()
def _measure(networks: Networks, parts: Mapping[str, Labelled]) -> Tensor:
    """All curves' next entries, in their order, shape `(9, S)`."""
    train, validation, test = (parts[role] for role in ("train", "validation", "test"))
    o, o_validation, o_test = (networks.logits(part.X) for part in (train, validation, test))
    hits, members = o.argmax(2) == train.given, _losses(o, train.given)
    clean = ~train.flipped
    return torch.stack(
        [
            (hits & clean).sum(1).double() / clean.sum(1),
            (hits & ~clean).sum(1).double() / (~clean).sum(1),
            members.mean(1),
            (o_validation.argmax(2) != validation.given).double().mean(1),
            (o_validation.argmax(2) != validation.clean).double().mean(1),
            _losses(o_validation, validation.given).mean(1),
            (o_test.argmax(2) != test.clean).double().mean(1),
            _losses(o_test, test.clean).mean(1),
            share_lower(members, _losses(o_test, test.given)),
        ]
    )


def _losses(o: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy of each example, shape `(S, n)`."""
    return functional.cross_entropy(o.flatten(0, 1), y.flatten(), reduction="none").view_as(y)


def share_lower(a: Tensor, b: Tensor) -> Tensor:
    """How often an entry of a row of `a` is lower than one of the same row of `b`; ties half.

    Args:
        a: Shape `(S, n)`.
        b: Shape `(S, m)`.

    Returns:
        Shape `(S,)`.
    """
    ordered = b.sort(dim=1).values
    above = torch.searchsorted(ordered, a) + torch.searchsorted(ordered, a, right=True)
    return 1 - above.double().mean(1) / (2 * b.shape[1])


def format_runs(runs: NoisyRuns) -> str:
    """Write runs as JSON, one curve a line: the inverse of `parse_runs`, up to rounding."""
    lines = [
        json.dumps(
            {"rate": rate, "seed": seed}
            | {name: _rounded(getattr(runs, name)[i, j]) for name in CURVES},
            separators=(",", ":"),
        )
        for i, rate in enumerate(runs.rates)
        for j, seed in enumerate(runs.seeds)
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _rounded(curve: Tensor) -> list[int | None]:
    """In units of 1e-5; None for NaN."""
    units: list[float] = (curve * 10**LOSS_DIGITS).tolist()
    return [None if math.isnan(unit) else round(unit) for unit in units]


def parse_runs(text: str) -> NoisyRuns:
    """Read runs from their text."""
    rows: list[dict[str, Any]] = json.loads(text)
    rates, seeds = (tuple(dict.fromkeys(row[key] for row in rows)) for key in ("rate", "seed"))
    curves = (
        torch.tensor(
            [[math.nan if x is None else x for x in row[name]] for row in rows],
            dtype=torch.float64,
        )
        .div(10**LOSS_DIGITS)
        .unflatten(0, (len(rates), len(seeds)))
        for name in CURVES
    )
    return NoisyRuns(rates, seeds, *curves)
