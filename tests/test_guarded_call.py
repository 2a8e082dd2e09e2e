import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from d2l_utils.backward_checker import check_backward, right_gradients
from d2l_utils.backward_report import Report
from d2l_utils.mistakes import Problem

pytestmark = pytest.mark.exercise(2)


def right(*args: Any) -> dict[str, Any]:
    return right_gradients(Problem(*args, activation="relu", loss="cross_entropy"))


def failure_of(fn: Callable[..., Any]) -> str:
    report = check_backward(fn)
    assert isinstance(report, Report)
    assert not report.passed
    assert report.rows == ()
    assert report.findings == (report.failure,)
    assert report.failure in str(report)
    return report.failure


def test_an_exception_is_quoted_with_the_readers_line() -> None:
    def lost_transpose(X: Tensor, y: Tensor, W1: Tensor, *rest: Any) -> None:
        X @ W1

    failure = failure_of(lost_transpose)
    assert failure.startswith("The function raised RuntimeError in the line `X @ W1`: mat1 and")
    assert failure.endswith("(given X (5, 3), W1 (4, 3), W2 (2, 4)).")


def test_the_readers_own_line_is_quoted_even_if_a_library_raises() -> None:
    def reader(X: Tensor, *rest: Any) -> None:
        np.linalg.inv(X.numpy())

    assert "in the line `np.linalg.inv(X.numpy())`" in failure_of(reader)


def test_wrong_number_of_arguments_is_reported() -> None:
    assert "raised TypeError: " in failure_of(lambda X, y: None)
    assert "takes 2 positional arguments but 6 were given" in failure_of(lambda X, y: None)


@pytest.mark.parametrize(
    "error",
    [ValueError("no"), RecursionError(), KeyError("W1"), AssertionError(), UserWarning("w")],
)
def test_no_exception_gets_out(error: Exception) -> None:
    def reader(*args: Any) -> None:
        raise error

    assert f"raised {type(error).__name__}" in failure_of(reader)


def test_leaving_the_interpreter_is_reported() -> None:
    def reader(*args: Any) -> None:
        sys.exit("enough")

    assert 'raised SystemExit in the line `sys.exit("enough")`: enough' in failure_of(reader)


def test_an_exception_whose_message_raises_is_reported() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise ValueError("no message")

    def reader(*args: Any) -> None:
        raise MuteError

    failure = failure_of(reader)
    assert failure.startswith("The function raised MuteError in the line `raise MuteError`")
    assert "whose message cannot be shown" in failure


def test_a_warning_does_not_make_right_code_wrong() -> None:
    def reader(*args: Any) -> dict[str, Any]:
        warnings.warn("only a warning", UserWarning, stacklevel=1)
        return right(*args)

    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("error")  # as in every notebook of the book
        assert check_backward(reader).passed
        assert {str(warning.message) for warning in shown} == {"only a warning"}
        with pytest.raises(UserWarning):
            warnings.warn("still an error outside", UserWarning, stacklevel=1)


@pytest.mark.parametrize("fails", [False, True])
def test_defaults_changed_by_the_function_are_restored(fails: bool) -> None:
    before = torch.get_default_dtype(), torch.get_default_device(), torch.is_grad_enabled()

    def reader(*args: Any) -> dict[str, Any]:
        gradients = right(*args)
        torch.set_default_dtype(torch.float16)
        torch.set_default_device("meta")
        torch.set_grad_enabled(False)
        if fails:
            raise ValueError
        return gradients

    try:
        assert check_backward(reader).passed is not fails
        after = torch.get_default_dtype(), torch.get_default_device(), torch.is_grad_enabled()
    finally:
        torch.set_default_dtype(before[0])
        torch.set_default_device(None)
        torch.set_grad_enabled(before[2])
    assert after == before


def test_an_exception_on_the_last_problem_only_is_reported() -> None:
    def reader(X: Tensor, *rest: Any) -> dict[str, Any]:
        if len(X) == 1:
            raise IndexError("one example")
        return right(X, *rest)

    assert "IndexError" in failure_of(reader)


def test_a_keyboard_interrupt_is_not_swallowed() -> None:
    def reader(*args: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_backward(reader)


@pytest.mark.parametrize("value", [None, 1.0, (1, 2, 3), [1], "W1", torch.ones(3), {"W1"}])
def test_what_is_no_mapping_is_reported(value: object) -> None:
    assert failure_of(lambda *args: value).startswith('Expected a mapping with "W1", "b1" and "W2"')


def test_missing_keys_are_listed_with_those_present() -> None:
    def reader(*args: Any) -> dict[str, Any]:
        g = right(*args)
        return {"w1": g["W1"], "b1": g["b1"], 2: g["W2"]}

    assert failure_of(reader) == (
        "The result has no key \"W1\", \"W2\"; its keys are ['w1', 'b1', '2']."
    )


def test_a_mapping_that_raises_is_reported() -> None:
    class Odd(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            raise LookupError(key)

    failure = failure_of(lambda *args: Odd(W1=1, b1=1, W2=1))
    assert failure == "The result could not be read: LookupError: W1."


def test_a_gradient_that_cannot_be_copied_is_not_blamed_on_the_function() -> None:
    def reader(*args: Any) -> dict[str, Any]:
        return right(*args) | {"W1": torch.ones(4, 3, device="meta")}

    assert failure_of(reader).startswith("The result could not be read: NotImplementedError: ")


@pytest.mark.parametrize("name", ["X", "y", "W1", "b1", "W2"])
def test_an_argument_changed_in_place_is_reported(name: str) -> None:
    def reader(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Any:
        gradients = right(X, y, W1, b1, W2, lambd)
        {"X": X, "y": y, "W1": W1, "b1": b1, "W2": W2}[name].add_(1)
        return gradients

    assert (
        failure_of(reader) == f"The function changed its argument {name} in place; work on a copy."
    )


def test_an_argument_changed_in_shape_or_to_nan_is_reported() -> None:
    def transposed(X: Tensor, *rest: Any) -> Any:
        gradients = right(X, *rest)
        X.t_()
        return gradients

    def spoiled(X: Tensor, *rest: Any) -> Any:
        gradients = right(X, *rest)
        X[0, 0] = torch.nan
        return gradients

    for reader in (transposed, spoiled):
        assert "changed its argument X in place" in failure_of(reader)


def test_a_change_in_place_does_not_reach_the_next_problem_or_call() -> None:
    def destructive(X: Tensor, *rest: Any) -> Any:
        X.zero_()
        return right(X, *rest)

    assert not check_backward(destructive).passed
    assert check_backward(right).passed


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (..., "got ellipsis"),
        (None, "got NoneType"),
        (1.5, "got float"),
        ([[1.0]], "got list"),
        (torch.ones(4, 3, dtype=torch.int64), "got torch.int64"),
        (torch.ones(4, 3, dtype=torch.complex128), "got torch.complex128"),
        (np.ones((4, 3), dtype=int), "got int64"),
        (np.ones((4, 3), dtype=object), "got object"),
        (np.float64(1.5), "got float64"),
    ],
)
def test_a_gradient_that_is_no_floating_point_tensor_is_reported(value: Any, words: str) -> None:
    report = check_backward(lambda *args: right(*args) | {"W1": value})
    assert [row.passed for row in report.rows] == [False, True, True]
    (finding,) = report.findings
    wanted = "W1: expected a tensor or numpy array of floating-point numbers"
    assert finding == f"{wanted}, {words}."
    assert report.rows[0].error is None


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_nan_and_infinity_never_pass(bad: float) -> None:
    def reader(*args: Any) -> dict[str, Any]:
        gradients = right(*args)
        gradients["b1"][1] = bad
        return gradients

    report = check_backward(reader)
    assert [row.passed for row in report.rows] == [True, False, True]
    assert report.findings == ("b1: 1 of 4 entries are NaN or infinite.",)


def test_an_empty_gradient_never_passes() -> None:
    report = check_backward(lambda *args: right(*args) | {"b1": torch.zeros(0)})
    assert report.findings == (
        "b1: wrong, and not a mistake I know: shape (0,) where (4,) is expected.",
    )


def test_gradients_that_require_gradients_or_are_parameters_are_read() -> None:
    def reader(*args: Any) -> dict[str, Any]:
        return {name: torch.nn.Parameter(value) for name, value in right(*args).items()}

    assert check_backward(reader).passed


def test_float32_is_read_with_its_own_tolerance() -> None:
    def single(*args: Any) -> dict[str, Any]:
        return {name: value.float() for name, value in right(*args).items()}

    def too_far(*args: Any) -> dict[str, Any]:
        return {name: value * 1.001 for name, value in single(*args).items()}

    report = check_backward(single)
    assert report.passed
    assert {row.tol for row in report.rows} == {1e-4}
    assert not check_backward(too_far).passed


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (torch.ones(4, 3, dtype=torch.float16), "torch.float16"),
        (torch.ones(4, 3, dtype=torch.bfloat16), "torch.bfloat16"),
        (np.ones((4, 3), dtype=np.float16), "float16"),
    ],
)
def test_half_precision_is_refused_and_not_called_wrong(value: Any, kind: str) -> None:
    report = check_backward(lambda *args: right(*args) | {"W1": value})
    assert report.findings == (
        f"W1: expected float32 or float64, got {kind}: too coarse to judge.",
    )
    assert [row.passed for row in report.rows] == [False, True, True]


def test_an_array_reused_for_every_call_is_copied() -> None:
    buffer = {"b1": torch.zeros(9, dtype=torch.float64)}

    def reader(*args: Any) -> dict[str, Any]:
        gradients = right(*args)
        view = buffer["b1"][: len(gradients["b1"])]
        view.copy_(gradients["b1"])
        return gradients | {"b1": view}

    assert check_backward(reader).passed
