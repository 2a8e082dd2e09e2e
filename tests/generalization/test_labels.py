"""Wrong labels: how many, and which ones."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.generalization import corrupt_labels


def drawn(rate: float, n: int = 20_000, classes: int = 4) -> tuple[torch.Tensor, ...]:
    y = torch.arange(n) % classes
    return y, *corrupt_labels(y, rate, classes, torch.Generator().manual_seed(0))


def test_flipped_labels_are_the_wrong_ones() -> None:
    y, labels, flipped = drawn(0.3)
    assert torch.equal(flipped, labels != y)
    assert flipped.double().mean().item() == pytest.approx(0.3, abs=0.02)


def test_every_other_class_is_as_likely() -> None:
    y, labels, flipped = drawn(0.5)
    for shift in (1, 2, 3):
        share = ((labels - y) % 4 == shift)[flipped].double().mean().item()
        assert share == pytest.approx(1 / 3, abs=0.02)


def test_ends_of_the_rate() -> None:
    y, labels, flipped = drawn(0.0)
    assert torch.equal(labels, y)
    assert not flipped.any()
    y, labels, flipped = drawn(1.0)
    assert flipped.all()
    assert not (labels == y).any()


def test_higher_rates_replace_what_lower_ones_do() -> None:
    (_, low, few), (_, high, more) = drawn(0.2), drawn(0.6)
    assert more[few].all()
    assert not few.all()
    assert torch.equal(low[few], high[few])


def test_shape_and_dtype_stay_and_labels_are_not_changed() -> None:
    y = torch.tensor([[0, 1, 2], [2, 1, 0]], dtype=torch.uint8)
    before = y.clone()
    labels, flipped = corrupt_labels(y, 1.0, 3, torch.Generator().manual_seed(1))
    assert (labels.shape, labels.dtype, flipped.dtype) == (y.shape, torch.uint8, torch.bool)
    assert torch.equal(y, before)


@pytest.mark.parametrize(
    ("y", "classes", "error", "words"),
    [
        ([0, 3], 3, ValueError, "y: expected labels from 0 to 2, got 3"),
        ([0, -1], 3, ValueError, "y: expected labels from 0 to 2, got -1"),
        ([0.0, 1.0], 3, TypeError, "y: expected labels of an integer dtype, got torch.float"),
        ([0, 0], 1, ValueError, "num_classes: expected .*at least 2, got 1"),
    ],
)
def test_what_is_no_label_is_refused(
    y: list[float], classes: int, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        corrupt_labels(torch.tensor(y), 0.5, classes, torch.Generator())
