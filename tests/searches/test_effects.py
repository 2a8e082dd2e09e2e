import math

import pytest
import torch

from d2l_utils.searches import variance_shares


def test_shares_of_a_sum_and_a_product_are_known() -> None:
    a = torch.tensor([-1.0, 0.0, 1.0])
    b = torch.tensor([-3.0, 3.0])
    c = torch.zeros(4)
    scores = 7 + 2 * a[:, None, None] + b[None, :, None] + a[:, None, None] * b[None, :, None] + c
    shares = variance_shares(scores, ["a", "b", "c"])
    main_a, main_b, both = 4 * 2 / 3, 9.0, 2 / 3 * 9
    total = main_a + main_b + both
    assert list(shares) == ["a", "b", "c", "a × b", "a × c", "b × c", "a × b × c"]
    assert shares["a"] == pytest.approx(main_a / total)
    assert shares["b"] == pytest.approx(main_b / total)
    assert shares["a × b"] == pytest.approx(both / total)
    assert all(shares[name] == pytest.approx(0, abs=1e-12) for name in shares if "c" in name)


def test_shares_of_any_table_add_up_to_one() -> None:
    scores = torch.randn(3, 4, 2, 5, generator=torch.Generator().manual_seed(0))
    assert math.fsum(variance_shares(scores, list("abcd")).values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("scores", "names"),
    [
        (torch.ones(2, 3), ["a", "b"]),
        (torch.randn(2, 3), ["a"]),
        (torch.randn(2, 3), ["a", "a"]),
        (torch.tensor([1.0, math.nan]), ["a"]),
        (torch.tensor(1.0), []),
    ],
)
def test_tables_without_a_variance_to_split_are_refused(
    scores: torch.Tensor, names: list[str]
) -> None:
    with pytest.raises(ValueError, match="expected"):
        variance_shares(scores, names)
