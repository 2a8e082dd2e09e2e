"""The picture of thinned networks: what it shows is what all masks give."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.dropout import explore_thinned, thinned_means
from d2l_utils.dropout.thinned_chart import CHOICES, KINDS, UNITS, _rows, said


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_only_behind_softmax_the_geometric_mean_is_the_full_network(p: float) -> None:
    softmax, relu = thinned_means(p)
    assert softmax.gaps()[1] < 1e-12
    assert softmax.gaps()[0] > 0.005
    assert relu.gaps()[1] > 0.02
    for means in (softmax, relu):
        for mean in (means.arithmetic, means.geometric, means.full):
            assert mean.sum().item() == pytest.approx(1)


def test_the_full_network_does_not_depend_on_p() -> None:
    for first, second in zip(thinned_means(0.2), thinned_means(0.8), strict=True):
        assert torch.equal(first.full, second.full)


def test_each_setting_has_every_network_its_means_and_words() -> None:
    chart = explore_thinned().to_dict()
    assert chart == explore_thinned().to_dict()
    rows = _rows()
    assert repr(rows[0]["x"]) in repr(chart)
    for k, p in enumerate(CHOICES, start=1):
        for kind, means in zip(KINDS, thinned_means(p), strict=True):
            here = [row for row in rows if (row["k"], row["kind"]) == (k, kind)]
            assert len(here) == 2**UNITS + 3 + 2
            words = [row["says"] for row in here if row["size"] == 0]
            names = ("arithmetic", "geometric")
            assert words == [said(*pair) for pair in zip(means.gaps(), names, strict=True)]
            assert all(len(word) <= 40 for word in words)


def test_impossible_probabilities_are_refused() -> None:
    with pytest.raises(ValueError, match=r"p: expected .* below 1, got"):
        thinned_means(1.0)
