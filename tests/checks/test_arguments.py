import pytest
import torch

from d2l_utils.checks import arguments


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_positive_int_rejects_what_is_not_an_integer(value: object) -> None:
    with pytest.raises(TypeError, match="size: expected an integer, got"):
        arguments.positive_int("size", value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0, -3])
def test_positive_int_rejects_what_is_not_positive(value: int) -> None:
    with pytest.raises(ValueError, match=f"size: expected at least 1, got {value}"):
        arguments.positive_int("size", value)


@pytest.mark.parametrize("value", [-1e-9, float("nan"), float("inf")])
def test_non_negative_rejects_negative_and_non_finite_numbers(value: float) -> None:
    with pytest.raises(ValueError, match="lambd: expected a finite number of at least 0"):
        arguments.non_negative("lambd", value)


def test_positive_rejects_zero() -> None:
    with pytest.raises(ValueError, match="lr: expected a number above 0, got 0"):
        arguments.positive("lr", 0)


@pytest.mark.parametrize("value", [256, "256", {256}])
def test_layer_sizes_rejects_what_is_not_a_list(value: object) -> None:
    with pytest.raises(TypeError, match=r"num_hiddens: expected a list of integers such as"):
        arguments.layer_sizes("num_hiddens", value)  # type: ignore[arg-type]


def test_layer_sizes_names_the_wrong_entry() -> None:
    with pytest.raises(ValueError, match=r"num_hiddens\[1\]: expected at least 1, got 0"):
        arguments.layer_sizes("num_hiddens", [5, 0])


def test_layer_sizes_may_be_empty() -> None:
    assert arguments.layer_sizes("num_hiddens", []) == ()


@pytest.mark.parametrize(
    ("y_hat", "y", "error", "message"),
    [
        (torch.zeros(4, 3, dtype=torch.int64), torch.zeros(4).long(), TypeError, "floating-point"),
        (torch.zeros(4, 3), torch.zeros(4), TypeError, "integer labels of dtype torch.int64"),
        (torch.zeros(4), torch.zeros(4).long(), ValueError, r"\(batch, num_outputs\), got \(4,\)"),
        (torch.zeros(0, 3), torch.zeros(0).long(), ValueError, r"got \(0, 3\)"),
        (torch.zeros(4, 3), torch.zeros(3).long(), ValueError, r"shape \(4,\), got \(3,\)"),
        (torch.zeros(4, 3), torch.tensor([0, 1, 2, 3]), ValueError, "from 0 to 2, got 3"),
        (torch.zeros(4, 3), torch.tensor([0, 1, 2, -1]), ValueError, "from 0 to 2, got -1"),
        ([[0.0]], torch.zeros(1).long(), TypeError, "y_hat: expected a tensor, got list"),
    ],
)
def test_wrong_logits_or_labels_are_named(
    y_hat: torch.Tensor, y: torch.Tensor, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        arguments.logits_and_labels(y_hat, y)
