import numpy as np
import pytest
import torch

import d2l_utils as d2l


def test_close_numbers_pass_and_the_line_states_the_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    a = torch.tensor([1.0, 2.0], dtype=torch.float64)
    d2l.check_close("a", a * (1 + 1e-14), a)
    assert capsys.readouterr().out == "✓ a: 2 numbers, error at most 1e-12 of the largest\n"


def test_one_wrong_entry_fails_with_its_place_and_both_values() -> None:
    a = torch.arange(12, dtype=torch.float64).reshape(3, 4)
    b = a.clone()
    b[1, 2] += 1e-6
    with pytest.raises(d2l.CheckError, match=r"worst at \(1, 2\): expected 6\.0.*, got 6\.0"):
        d2l.check_close("entry", a, b)


def test_a_lost_transpose_fails_by_its_shape() -> None:
    with pytest.raises(d2l.CheckError, match=r"expected shape \(2, 3\), got \(3, 2\)"):
        d2l.check_close("W", torch.zeros(3, 2), torch.zeros(2, 3))


def test_nothing_broadcasts() -> None:
    with pytest.raises(d2l.CheckError, match="expected shape"):
        d2l.check_close("b", torch.zeros(1), torch.zeros(5))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_non_finite_numbers_never_pass(bad: float) -> None:
    with pytest.raises(d2l.CheckError):
        d2l.check_close("x", torch.tensor([1.0, bad]), torch.tensor([1.0, 1.0]))
    with pytest.raises(d2l.CheckError):
        d2l.check_close("x", torch.tensor([1.0, 1.0]), torch.tensor([1.0, bad]))
    with pytest.raises(d2l.CheckError):
        d2l.check_close("x", torch.tensor([bad]), torch.tensor([bad]))


def test_comparing_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one number"):
        d2l.check_close("x", torch.zeros(0), torch.zeros(0))


def test_zero_expected_is_compared_absolutely() -> None:
    d2l.check_close("x", torch.zeros(2), torch.zeros(2))
    with pytest.raises(d2l.CheckError):
        d2l.check_close("x", torch.full((2,), 1e-3), torch.zeros(2))


def test_equal_values_pass_and_different_ones_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    d2l.check_equal("parameters", 203_530, 203_530)
    assert capsys.readouterr().out == "✓ parameters: 203,530\n"
    with pytest.raises(d2l.CheckError, match="parameters: expected 203,530, got 203,531"):
        d2l.check_equal("parameters", 203_531, 203_530)


def test_shapes_and_sets_print_the_same_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    d2l.check_equal("shape", torch.zeros(2, 3).shape, (2, 3))
    d2l.check_equal("names", {"b", "a"}, {"a", "b"})
    assert capsys.readouterr().out == "✓ shape: (2, 3)\n✓ names: {a, b}\n"


@pytest.mark.parametrize("value", [1.0, torch.ones(1)])
def test_equality_refuses_inexact_values(value: object) -> None:
    with pytest.raises(TypeError, match="expected exact values"):
        d2l.check_equal("x", value, value)


def test_bound_is_enforced() -> None:
    d2l.check_at_most("error", 1e-8, 1e-7)
    for value in (2e-7, float("nan")):
        with pytest.raises(d2l.CheckError, match="error: expected at most 1e-07"):
            d2l.check_at_most("error", value, 1e-7)


def test_true_needs_a_boolean() -> None:
    d2l.check_true("x", torch.tensor(True))
    d2l.check_true("x", np.bool_(True))
    with pytest.raises(d2l.CheckError, match="x: expected true, got false"):
        d2l.check_true("x", False)
    for value in ((False, "message"), torch.ones(2), 1):
        with pytest.raises(TypeError, match="expected a Boolean"):
            d2l.check_true("x", value)  # type: ignore[arg-type]


def test_relative_error_divides_by_the_largest_value() -> None:
    got, expected = torch.tensor([1.0, 10.5]), torch.tensor([1.0, 10.0])
    assert d2l.relative_error(got, expected) == pytest.approx(0.05)
    with pytest.raises(ValueError, match="expected shape"):
        d2l.relative_error(torch.zeros(1), torch.zeros(2))


def test_bound_is_printed_exactly(capsys: pytest.CaptureFixture[str]) -> None:
    d2l.check_close("x", 1.0 + 1.3e-12, 1.0, tol=1.4e-12)
    assert "at most 1.4e-12" in capsys.readouterr().out


def test_python_numbers_keep_their_precision_whatever_the_default_dtype() -> None:
    assert torch.get_default_dtype() == torch.float32
    with pytest.raises(d2l.CheckError):
        d2l.check_close("x", 0.1 + 1e-9, 0.1)


@pytest.mark.parametrize("value", [torch.tensor([2**53]), torch.tensor([1 + 2j])])
def test_whole_and_complex_numbers_are_not_compared_as_reals(value: torch.Tensor) -> None:
    with pytest.raises(TypeError, match="expected real floating-point numbers"):
        d2l.check_close("x", value, value + 1)


@pytest.mark.parametrize("tol", [0, 1, 0.9, 2e-3, float("inf"), float("nan"), True, 1j])
def test_tolerance_that_lets_everything_pass_is_refused(tol: float) -> None:
    with pytest.raises(ValueError, match=r"above 0 and at most 0\.001 \(a looser claim"):
        d2l.check_close("x", 0.0, 5.0, tol=tol)


@pytest.mark.parametrize("value", [float("-inf"), torch.tensor(float("nan"))])
def test_bound_needs_a_finite_value(value: float | torch.Tensor) -> None:
    with pytest.raises(d2l.CheckError):
        d2l.check_at_most("error", value, 1e-7)


@pytest.mark.parametrize("value", [True, "0.1", None])
def test_bound_needs_a_number(value: object) -> None:
    with pytest.raises(TypeError, match="expected a number"):
        d2l.check_at_most("error", value, 1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", [{"a": torch.ones(1)}, (float("nan"),), np.float32(0.1), [np.int64(3)]]
)
def test_inexact_values_are_found_inside_containers(value: object) -> None:
    with pytest.raises(TypeError, match="expected exact values"):
        d2l.check_equal("x", value, value)


def test_boolean_is_not_an_integer() -> None:
    with pytest.raises(TypeError, match="expected two Booleans or none"):
        d2l.check_equal("x", True, 1)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.rstrip("\n")


@pytest.mark.parametrize(
    ("got", "expected", "entrywise", "words"),
    [
        (2.0, 2.0, False, "1 number, relative error at most 1e-12"),
        (2.0, 2.0, True, "1 number, relative error at most 1e-12"),
        (0.0, 0.0, False, "1 number, absolute error at most 1e-12"),
        ([1.0, 2e-13], [1.0, 1e-13], False, "2 numbers, error at most 1e-12 of the largest"),
        ([1.0, 1e-13], [1.0, 1e-13], True, "2 numbers, each to a relative 1e-12"),
        ([0.0, 0.0], [0.0, 1e-13 - 1e-13], False, "2 numbers, absolute error at most 1e-12"),
    ],
)
def test_line_says_what_the_error_is_compared_with(
    got: object, expected: object, entrywise: bool, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (torch.tensor(each, dtype=torch.float64) for each in (got, expected))
    d2l.check_close("a", one, two, entrywise=entrywise)
    assert said(capsys) == f"✓ a: {words}"


def test_small_entry_that_is_wrong_is_found_where_each_counts_by_itself() -> None:
    one, two = (torch.tensor([1.0, x], dtype=torch.float64) for x in (2e-13, 1e-13))
    with pytest.raises(d2l.CheckError, match=r"relative error 1 exceeds 1e-12; worst at \(1,\)"):
        d2l.check_close("a", one, two, entrywise=True)


def test_zero_has_no_relative_error() -> None:
    with pytest.raises(ValueError, match="expected no zero where each entry counts by itself"):
        d2l.check_close("a", torch.tensor([1.0, 0.0]), torch.tensor([1.0, 0.0]), entrywise=True)


def test_true_statement_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    d2l.check_true("J is larger than L", True)
    assert said(capsys) == "✓ J is larger than L"


GRADIENT = torch.arange(6.0).reshape(2, 3)
ARRAY = np.arange(6.0)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (GRADIENT, GRADIENT),
        (GRADIENT, GRADIENT.detach()),
        (GRADIENT, GRADIENT.view(2, 3)),
        (GRADIENT, GRADIENT.reshape(-1)[:].reshape(2, 3)),
        (GRADIENT[:1], GRADIENT[0:1, :]),
        (ARRAY, ARRAY),
        (ARRAY, ARRAY.view()),
    ],
)
def test_numbers_are_not_compared_with_themselves(got: object, expected: object) -> None:
    with pytest.raises(ValueError, match="a check of a value with itself proves nothing"):
        d2l.check_close("G", got, expected)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [[1, 2], {"W1": 2}, {1, 2}])
def test_container_is_not_compared_with_itself(value: object) -> None:
    with pytest.raises(ValueError, match="a check of a value with itself proves nothing"):
        d2l.check_equal("G", value, value)


def test_other_orders_and_copies_of_the_same_numbers_are_compared() -> None:
    H = torch.tensor([[1.0, 2.0], [2.0, 3.0]])
    d2l.check_close("H is symmetric", H, H.T)
    d2l.check_close("a copy", H.clone(), H)


@pytest.mark.parametrize(
    "value", [np.array([1.0, 2.0]), np.array([1.0, 2.0], dtype=np.float32)], ids=["64", "32"]
)
def test_arrays_of_numpy_are_compared(
    value: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    d2l.check_close("a", value, torch.tensor([1.0, 2.0]))
    assert said(capsys) == "✓ a: 2 numbers, error at most 1e-12 of the largest"
    with pytest.raises(d2l.CheckError, match="worst at"):
        d2l.check_close("a", value, torch.tensor([1.0, 2.5]))
    with pytest.raises(TypeError, match="expected real floating-point numbers"):
        d2l.check_close("a", value.astype(int), torch.tensor([1.0, 2.0]))


@pytest.mark.parametrize("value", ["1.0", True, 1j, None, [1.0], np.True_])
def test_what_is_no_real_number_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="expected real floating-point numbers"):
        d2l.check_close("x", value, 1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected real floating-point numbers"):
        d2l.check_close("x", 1.0, value)  # type: ignore[arg-type]


@pytest.mark.parametrize("bound", ["1.0", True, 1j, None, torch.tensor([1.0, 2.0]), np.True_])
def test_limit_must_be_a_number(bound: object) -> None:
    with pytest.raises(TypeError, match="error: expected a number"):
        d2l.check_at_most("error", 0.5, bound)  # type: ignore[arg-type]


@pytest.mark.parametrize("bound", [float("nan"), float("inf"), float("-inf")])
def test_limit_must_be_finite(bound: float) -> None:
    with pytest.raises(ValueError, match="error: expected a finite bound"):
        d2l.check_at_most("error", 0.5, bound)


@pytest.mark.parametrize("bound", [0.123456789, 25 / 9, 1234567.8, -0.1234567, 3])
def test_bound_that_is_shown_is_not_below_the_one_that_held(
    bound: float, capsys: pytest.CaptureFixture[str]
) -> None:
    d2l.check_at_most("a", bound, bound)
    assert float(said(capsys).rpartition(" ")[2]) >= bound
