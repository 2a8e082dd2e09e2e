"""The stored table: its shape, that it is what is trained, and what its text says."""

from __future__ import annotations

import json
import random

import pytest
import torch

from d2l_utils.data import fashion_mnist
from d2l_utils.searches import read_joint, train_row
from d2l_utils.searches.joint_table import (
    _STORED,
    DEPTHS,
    EPOCHS,
    POOL,
    RATES,
    RUNS,
    WIDTHS,
    format_rows,
)

SHAPE = (len(RATES), len(WIDTHS), len(DEPTHS), len(EPOCHS), RUNS)


def test_table_has_every_setting_and_no_more_hits_than_images() -> None:
    table = read_joint()
    assert table.test.shape == SHAPE
    assert table.validation.shape == (*SHAPE, 5)
    assert table.linear.shape == (len(RATES), len(EPOCHS), RUNS)
    assert table.images == (2500, 2500)
    assert int(table.validation.max()) <= 500
    assert repr(table) == "600 settings, 4 runs of each"


def test_runs_of_a_setting_differ() -> None:
    table = read_joint()
    sane = table.test[:5]  # at larger rates many fail alike
    assert (sane.amax(-1) > sane.amin(-1)).double().mean() > 0.98


@pytest.mark.parametrize("case", range(3))
def test_a_random_row_trained_again_gives_the_stored_hits(case: int) -> None:
    table, draw = read_joint(), random.Random(case)
    i, j, k = draw.randrange(5), draw.randrange(4), draw.randrange(3)  # larger rates are chaotic
    run, stages = draw.randrange(RUNS), 3
    roles = fashion_mnist(POOL)
    found = train_row(RATES[i], WIDTHS[j], DEPTHS[k], [run], roles, EPOCHS[:stages])
    hits = torch.tensor(found[0])
    assert torch.equal(hits[:, :5], table.validation[i, j, k, :stages, run])
    assert torch.equal(hits[:, 5], table.test[i, j, k, :stages, run])
    assert not torch.equal(hits[:, 5], table.test[i, j, k, :stages, (run + 1) % RUNS])


def test_no_hidden_layer_is_a_linear_model() -> None:
    found = train_row(RATES[2], 1, 0, [0], fashion_mnist(POOL), EPOCHS[:2])
    assert torch.equal(torch.tensor(found[0])[:, 5], read_joint().linear[2, :2, 0])


def test_text_of_the_table_is_its_own() -> None:
    text = _STORED.read_text(encoding="utf-8")
    content = json.loads(text)
    rows = {(row["lr"], row["width"], row["depth"]): row["hits"] for row in content["rows"]}
    assert format_rows(rows, tuple(content["images"])) == text
    assert len(text) < 200_000


def test_a_network_that_diverges_hits_nothing() -> None:
    found = train_row(1e300, 8, 1, [0], fashion_mnist(POOL), [1])
    assert found == [[[0] * 6]]
