"""Scikit-learn's handwritten digits in three parts, of whose labels some are wrong.

1797 images of 8 × 8 pixels (Alpaydin and Kaynak 1998) are small enough to train many networks to
the end. Every seed deals them anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated

import torch
from torch import Tensor

from d2l_utils.border import Number, checked
from d2l_utils.generalization.labels import Rate, corrupt_labels

TRAIN, VALIDATION = 600, 300
"""Images of a part; the other 897 are for the test."""

CLASSES = 10

Seed = Annotated[int, Number(at_least=0, at_most=1_000_000)]


@dataclass(frozen=True)
class Labelled:
    """Images with two kinds of labels.

    Attributes:
        X: Pixels from 0 to 1, shape `(n, 64)`, float64.
        given: The labels that come with the images, some of them wrong, shape `(n,)`, int64.
        clean: The right labels.
    """

    X: Tensor
    given: Tensor
    clean: Tensor

    @property
    def flipped(self) -> Tensor:
        """Which labels are wrong, shape `(n,)`, bool."""
        return self.given != self.clean


@dataclass(frozen=True)
class NoisyDigits:
    """One deal.

    Attributes:
        train: 600 images.
        validation: 300 others.
        test: The other 897. Their given labels are as noisy as the rest, for those who need images
            that differ from the training images in nothing but that they are not trained on.
    """

    train: Labelled
    validation: Labelled
    test: Labelled


@checked
def noisy_digits(rate: Rate, seed: Seed) -> NoisyDigits:
    """Deal the digits into three parts and replace some labels in all of them.

    Args:
        rate: Probability that a label is replaced by another class.
        seed: Of the deal and of the noise. The deal does not depend on the rate, and a higher rate
            replaces what a lower one does.

    Returns:
        The parts.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the rate is out of range.
    """
    X, y = _digits()
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(y), generator=generator)
    given, _ = corrupt_labels(y[order], rate, CLASSES, generator)
    X, y = X[order], y[order]
    cuts = [TRAIN, TRAIN + VALIDATION]
    parts = (each.tensor_split(cuts) for each in (X, given, y))
    train, validation, test = (Labelled(*part) for part in zip(*parts, strict=True))
    return NoisyDigits(train, validation, test)


@cache
def _digits() -> tuple[Tensor, Tensor]:
    from sklearn.datasets import load_digits

    found = load_digits()
    return torch.tensor(found.data, dtype=torch.float64) / 16, torch.tensor(found.target).long()
