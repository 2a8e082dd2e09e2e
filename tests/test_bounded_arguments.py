from typing import Any

import pytest

from d2l_utils.bounded_arguments import integer_from, one_of


def test_values_in_range_are_returned() -> None:
    assert [integer_from("n", n, 0, 2) for n in (0, 1, 2)] == [0, 1, 2]
    assert integer_from("n", 10**30, 0) == 10**30
    assert one_of("way", "b", ("a", "b")) == "b"


@pytest.mark.parametrize(
    ("value", "high", "error", "message"),
    [
        (0, 3, ValueError, r"n: expected 1 to 3 \(the layers\), got 0"),
        (4, 3, ValueError, r"n: expected 1 to 3 \(the layers\), got 4"),
        (0, None, ValueError, r"n: expected at least 1 \(the layers\), got 0"),
        (True, 3, TypeError, "n: expected an integer, got True"),
        (1.0, 3, TypeError, r"n: expected an integer, got 1\.0"),
        ("1", 3, TypeError, "n: expected an integer, got '1'"),
        (None, 3, TypeError, "n: expected an integer, got None"),
    ],
)
def test_other_values_are_refused(
    value: Any, high: int | None, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^{message}$"):
        integer_from("n", value, 1, high, "the layers")


def test_other_names_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^way: expected one of a, b, got 'c'$"):
        one_of("way", "c", ("a", "b"))
    with pytest.raises(TypeError, match=r"^way: expected one of a, b, got 3$"):
        one_of("way", 3, ("a", "b"))  # type: ignore[arg-type]
