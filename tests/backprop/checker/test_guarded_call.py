import random
import re
import sys
import warnings
from collections import ChainMap, UserDict
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.check import check_backward
from d2l_utils.backprop.checker.problems import right_gradients
from d2l_utils.backprop.checker.report import Report

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
    assert failure.endswith("(given X (5, 3), labels up to 1, W1 (4, 3), W2 (2, 4)).")


def test_the_readers_own_line_is_quoted_even_if_a_library_raises() -> None:
    def reader(X: Tensor, *rest: Any) -> None:
        np.linalg.inv(X.numpy())

    assert "in the line `np.linalg.inv(X.numpy())`" in failure_of(reader)


def test_wrong_number_of_arguments_is_reported() -> None:
    failure = failure_of(lambda X, y: None)
    assert "raised TypeError when called as fn(X, y, W1, b1, W2, lambd): " in failure
    assert "takes 2 positional arguments but 6 were given" in failure


@pytest.mark.parametrize(
    "error",
    [ValueError("no"), RecursionError(), KeyError("W1"), AssertionError(), UserWarning("w")],
)
def test_no_exception_gets_out(error: Exception) -> None:
    def reader(*args: Any) -> None:
        raise error

    assert f"raised {type(error).__name__}" in failure_of(reader)


def test_what_is_no_exception_for_python_is_reported() -> None:
    class Odd(BaseException):
        pass

    def reader(*args: Any) -> None:
        raise Odd("odd")

    assert "raised Odd in the line `raise Odd" in failure_of(reader)


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


def test_a_message_of_several_lines_is_put_on_one() -> None:
    def reader(*args: Any) -> None:
        raise ValueError("shapes:\n    (5, 3)\n\tand (4, 3)\n")

    assert "shapes: (5, 3) and (4, 3) (given X" in failure_of(reader)


def test_a_message_of_a_pages_length_is_cut() -> None:
    def reader(*args: Any) -> None:
        raise ValueError("begin " + 3000 * "x" + " end")

    failure = failure_of(reader)
    assert "begin xxx" in failure
    assert "xxx … (given X" in failure
    assert len(failure) < 500


def test_labels_are_given_where_classes_are_counted_from_them() -> None:
    def reader(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Any:
        do = torch.zeros(len(X), len(W2)) - torch.nn.functional.one_hot(y)
        return right(X, y, W1, b1, W2, lambd) if len(do) else {}

    sizes = re.search(r"labels up to (\d), W1 .*, W2 \((\d), ", failure_of(reader))
    assert sizes
    assert int(sizes[1]) + 1 < int(sizes[2])


def test_targets_are_given_with_the_squared_loss() -> None:
    report = check_backward(lambda *args: 1 / 0, loss="squared")
    assert report.failure.endswith("(given X (5, 3), y (5, 2), W1 (4, 3), W2 (2, 4)).")


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


@pytest.mark.parametrize("fails", [False, True])
def test_seeds_and_the_number_of_threads_are_restored(fails: bool) -> None:
    def reader(*args: Any) -> dict[str, Any]:
        torch.manual_seed(1)
        random.seed(1)
        np.random.seed(1)
        torch.set_num_threads(threads + 1)
        if fails:
            raise ValueError
        return right(*args)

    def draw() -> tuple[float, float, float]:
        return torch.rand(()).item(), random.random(), np.random.rand()

    threads = torch.get_num_threads()
    torch.manual_seed(2)
    random.seed(2)
    np.random.seed(2)
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()
    expected = draw()
    torch.set_rng_state(states[0])
    random.setstate(states[1])
    np.random.set_state(states[2])
    assert check_backward(reader).passed is not fails
    assert torch.get_num_threads() == threads
    assert draw() == expected


def test_a_default_device_of_the_caller_does_not_matter() -> None:
    torch.set_default_device("meta")
    try:
        assert check_backward(right).passed
        numpy = check_backward(lambda *args: {k: v.numpy() for k, v in right(*args).items()})
        wrong = check_backward(lambda *args: right(*args) | {"b1": -right(*args)["b1"]})
        assert torch.get_default_device().type == "meta"
    finally:
        torch.set_default_device(None)
    assert numpy.passed
    assert list(wrong.mistakes) == ["sign flipped"]


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


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "float"),
        ((1, 2, 3), "tuple"),
        ([1], "list"),
        ("W1", "str"),
        (torch.ones(3), "Tensor"),
        ({"W1"}, "set"),
        ((g for g in (1, 2, 3)), "generator"),
    ],
)
def test_what_is_no_mapping_is_reported(value: object, words: str) -> None:
    wanted = 'Expected a dict with the keys "W1", "b1" and "W2"'
    assert failure_of(lambda *args: value) == f"{wanted}, got {words}."


@pytest.mark.parametrize("kind", [MappingProxyType, UserDict, ChainMap])
def test_any_mapping_is_read_and_other_keys_are_ignored(kind: Callable[..., Any]) -> None:
    assert check_backward(lambda *args: kind(right(*args) | {"dz": None, 3: 4})).passed


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

    report = check_backward(reader)
    assert not report.passed
    assert report.summary == "Not passed: the function changes what it is given."
    assert all(row.passed for row in report.rows)  # the numbers are judged all the same
    assert report.findings == (
        f"The function changed its argument {name} in place; work on a copy.",
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
        assert "changed its argument X in place" in check_backward(reader).findings[0]


def test_a_change_in_place_does_not_reach_the_next_problem_or_call() -> None:
    def destructive(X: Tensor, *rest: Any) -> Any:
        X.zero_()
        return right(X, *rest)

    assert not check_backward(destructive).passed
    assert check_backward(right).passed


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1.5", "got str"),
        (True, "got bool"),
        (1 + 2j, "got complex"),
        ([["a"]], "got str"),
        ([[True]], "got bool"),
        (torch.ones(4, 3, dtype=torch.int64), "got torch.int64"),
        (torch.ones(4, 3, dtype=torch.complex128), "got torch.complex128"),
        (np.ones((4, 3), dtype=int), "got int64"),
        (np.ones((4, 3), dtype=object), "got object"),
        (np.bool_(True), "got bool"),
    ],
)
def test_a_gradient_that_is_no_floating_point_tensor_is_reported(value: Any, words: str) -> None:
    report = check_backward(lambda *args: right(*args) | {"W1": value})
    assert [row.passed for row in report.rows] == [False, True, True]
    (finding,) = report.findings
    wanted = "W1: expected a tensor or array of floating-point numbers"
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


@pytest.mark.parametrize("seed", range(20))
def test_float32_inside_passes_and_a_factor_near_one_does_not(seed: int) -> None:
    def single(*args: Any) -> dict[str, Any]:
        return right(*(v.float() if v.is_floating_point() else v for v in args[:5]), args[5])

    def double(*args: Any) -> dict[str, Any]:
        return {name: value.double() for name, value in single(*args).items()}

    def too_far(*args: Any) -> dict[str, Any]:
        return {name: value * 1.00001 for name, value in single(*args).items()}

    assert check_backward(single, seed=seed).passed
    assert check_backward(double, seed=seed).passed
    assert not check_backward(too_far, seed=seed).passed


def test_a_tensor_of_the_default_dtype_fits_the_arguments() -> None:
    def reader(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Any:
        z = X @ W1.T + b1
        do = torch.softmax(z.relu() @ W2.T, 1) - torch.eye(len(W2))[y]
        dz = do / len(X) @ W2 * (z > 0)
        return right(X, y, W1, b1, W2, lambd) | {"b1": dz.T @ torch.ones(len(X))}

    assert torch.get_default_dtype() == torch.float32
    assert check_backward(reader).passed
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize(
    "form",
    [
        lambda g: g.tolist(),
        lambda g: tuple(g.tolist()),
        lambda g: list(g),
        lambda g: [row.numpy() for row in g],
        lambda g: np.ma.MaskedArray(g.numpy()),
        lambda g: g.numpy().astype(np.longdouble),
        lambda g: g.to_sparse(),
    ],
    ids=["lists", "tuples", "list of tensors", "list of arrays", "masked", "long", "sparse"],
)
def test_right_numbers_in_another_form_pass(form: Callable[[Tensor], Any]) -> None:
    assert check_backward(lambda *args: {k: form(v) for k, v in right(*args).items()}).passed


def test_a_list_may_hold_whole_numbers_and_must_be_rectangular() -> None:
    def whole(*args: Any) -> dict[str, Any]:
        return right(*args) | {"b1": [int(v) if v == 0 else v for v in right(*args)["b1"].tolist()]}

    assert check_backward(whole).passed
    ragged = check_backward(lambda *args: right(*args) | {"b1": [[1.0], [1.0, 2.0]]})
    assert ragged.findings == (
        "b1: expected a list whose parts have one shape, got shapes (1,) and (2,).",
    )


def test_a_masked_entry_is_missing() -> None:
    def reader(*args: Any) -> dict[str, Any]:
        g = right(*args)
        mask = np.zeros(g["b1"].shape, dtype=bool)
        mask[0] = True
        return g | {"b1": np.ma.MaskedArray(g["b1"].numpy(), mask)}

    assert check_backward(reader).findings == (
        "b1: expected every entry, got an array of which 1 are masked.",
    )


@pytest.mark.parametrize("eps", [1e-12, 1e-8])
@pytest.mark.parametrize("seed", range(5))
def test_a_tiny_number_in_the_logarithm_passes(eps: float, seed: int) -> None:
    def reader(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Any:
        W1, b1, W2 = (v.requires_grad_() for v in (W1, b1, W2))
        p = torch.softmax(torch.relu(X @ W1.T + b1) @ W2.T, 1)
        J = -torch.log(p[range(len(X)), y] + eps).mean()
        J = J + lambd / 2 * ((W1**2).sum() + (W2**2).sum())
        return dict(zip(("W1", "b1", "W2"), torch.autograd.grad(J, (W1, b1, W2)), strict=True))

    assert check_backward(reader, seed=seed).passed


def unwritten(*args: Any) -> Any:
    raise NotImplementedError("your turn")


def half_written(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, *rest: Any) -> Any:
    dz: Any = ...
    return {"W1": dz.T @ X, "b1": ..., "W2": ...}


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (lambda *args: {"W1": ..., "b1": ..., "W2": ...}, "Put your three gradients in the places"),
        (lambda *args: dict.fromkeys(("W1", "b1", "W2")), "Put your three gradients in the places"),
        (lambda *args: None, "Nothing is returned yet: return a dict with"),
        (lambda *args: ..., "The result is still to be written: return a dict with"),
        (lambda *args: NotImplemented, "The result is still to be written"),
        (unwritten, "The function is still to be written: it raises NotImplementedError."),
        (half_written, "A `...` is still to be filled in: it is used in the line `return"),
    ],
)
def test_what_is_not_written_yet_is_not_called_wrong(
    template: Callable[..., Any], words: str
) -> None:
    report = check_backward(template)
    assert not report.passed
    assert report.summary == "Ready for your gradients: there is nothing to check yet."
    assert report.findings[0].startswith(words)
    assert "wrong" not in str(report)


def test_a_library_that_lacks_something_is_no_open_place() -> None:
    def reader(X: Tensor, *rest: Any) -> Any:
        return X.to("meta").tolist()

    assert failure_of(reader).startswith("The function raised NotImplementedError in the line")


def test_gradients_that_are_there_are_judged_beside_open_ones() -> None:
    report = check_backward(lambda *args: right(*args) | {"b1": ...})
    assert report.summary == "Not passed: b1 is still to be written."
    assert report.findings == ("b1: still to be written.",)
    wrong = check_backward(lambda *args: {"W1": -right(*args)["W1"], "b1": None, "W2": None})
    assert wrong.summary == "Not passed: W1 is wrong, and b1 and W2 are still to be written."
    assert wrong.mistakes == {"sign flipped": ("W1",)}


def test_long_and_many_keys_are_shortened() -> None:
    failure = failure_of(lambda *args: {"k" * 10**6: 1, **{f"key {i}": 1 for i in range(1000)}})
    assert "kkk …" in failure
    assert "'…']" in failure
    assert len(failure) < 500


def test_classes_counted_from_the_labels_are_told_where_they_come_from() -> None:
    def reader(X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, lambd: float) -> Any:
        torch.zeros(len(X), len(W2)) - torch.nn.functional.one_hot(y, int(y.max()) + 1)
        return right(X, y, W1, b1, W2, lambd)

    failure = failure_of(reader)
    assert "as many classes as rows of W2" in failure
    assert "count them with `len(W2)`, not from the labels" in failure
    other = failure_of(lambda *args: 1 / 0)
    assert "as many classes" not in other


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (torch.ones(4, 3, dtype=torch.float16), "torch.float16"),
        (torch.ones(4, 3, dtype=torch.bfloat16), "torch.bfloat16"),
        (np.ones((4, 3), dtype=np.float16), "float16"),
        (np.float16(1), "float16"),
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
