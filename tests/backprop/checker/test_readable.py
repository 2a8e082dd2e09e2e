import numpy as np
import pytest
import torch

from d2l_utils.backprop.checker.readable import NotNumbersError, is_unfilled, numbers, shortened


@pytest.mark.parametrize(
    "value",
    [
        torch.tensor([[1.5, 2.0]]),
        np.array([[1.5, 2.0]]),
        np.array([[1.5, 2.0]], dtype=">f8"),
        [[1.5, 2]],
        ((1.5, np.float64(2)),),
        [np.array([1.5, 2.0])],
        [[torch.tensor(1.5), 2.0]],
    ],
)
def test_every_form_gives_the_same_tensor(value: object) -> None:
    expected = torch.tensor([[1.5, 2.0]], dtype=torch.float64)
    found = numbers(value)
    assert found.dtype == torch.float64
    assert torch.equal(found, expected)


def test_a_number_has_no_axis_and_an_empty_list_no_entry() -> None:
    assert numbers(1.5).shape == numbers(np.float64(1.5)).shape == ()
    assert numbers([]).shape == (0,)
    assert numbers([10**400]).tolist() == [float("inf")]


@pytest.mark.parametrize("value", [7, True, "1.5", {1.5}, [1j], [[1.0], [1.0, 2.0]], [None]])
def test_what_is_no_array_of_numbers_is_refused(value: object) -> None:
    with pytest.raises(NotNumbersError, match=r"expected .*, got"):
        numbers(value)


def test_the_result_is_a_copy() -> None:
    for value in (torch.ones(2, dtype=torch.float64), np.ones(2)):
        found = numbers(value)
        value[0] = 7
        assert found.tolist() == [1, 1]


def test_only_what_a_template_leaves_open_is_unfilled() -> None:
    assert all(is_unfilled(value) for value in (None, ..., NotImplemented))
    assert not any(is_unfilled(value) for value in (0, "", [], torch.ones(1), {}))


def test_keys_are_shortened() -> None:
    assert shortened(["W1", "b1"]) == ["W1", "b1"]
    assert shortened(["k" * 100]) == ["k" * 40 + " …"]
    assert shortened([str(i) for i in range(12)])[-2:] == ["9", "…"]
