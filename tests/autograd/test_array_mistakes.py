from typing import Any

import pytest

from d2l_utils.autograd import (
    ARRAY_CHECKS,
    ARRAY_MISTAKES,
    ARRAY_RESOURCES,
    failing_checks,
    tensor,
    tensor_engine_with,
)

SHOWN = {
    "overwrites": [
        "used twice",
        "result used twice",
        "paths of two lengths",
        "two products",
        "sum of a list",
        "two sweeps",
        "second derivative of x tanh x",
    ],
    "skips seen": [
        "used twice",
        "result used twice",
        "paths of two lengths",
        "two products",
        "sum of a list",
        "two sweeps",
        "second derivative of x tanh x",
    ],
    "pre-order": ["paths of two lengths", "second derivative of x tanh x"],
    "never resets": ["two sweeps"],
    "relu slope at 0": ["relu"],
    "mean with the gradient of a sum": ["mean of all", "column means"],
    "broadcast not undone": ["bias", "bias of one axis", "broadcast number", "stretched batches"],
    "broadcast undone with mean": [
        "bias",
        "bias of one axis",
        "broadcast number",
        "stretched batches",
    ],
    "broadcast number not undone": ["broadcast number"],
    "sum back along the last axis": ["weighted row sums"],
    "mean by the whole size": ["column means"],
    "index assigned": ["repeated rows"],
    "slice without rule": ["slice"],
    "product overwrites": ["two products"],
    "no vectors in products": ["matrix, vector", "vector, matrix"],
    "no stretched batches": ["stretched batches"],
    "float32 grows": ["float32"],
    "no sum of a list": ["sum of a list"],
    "integer leaves": ["integers refused"],
    "NumPy on the left": ["array on the left"],
    "no_grad without finally": ["error in no_grad"],
    "shared gradients change": ["two sweeps", "write before the sweep"],
    "data can be written": ["write before the sweep"],
    "rule in NumPy": ["second derivative of x tanh x"],
}


def test_every_mistake_of_the_catalogue_is_tried() -> None:
    assert list(SHOWN) == list(ARRAY_MISTAKES)


def test_our_engine_passes_every_check_also_as_changed_text_without_changes() -> None:
    assert failing_checks(tensor) == failing_checks(tensor_engine_with()) == []


@pytest.mark.parametrize("name", SHOWN)
def test_mistake_is_caught_by_these_checks_and_by_no_other(name: str) -> None:
    engine = tensor_engine_with(name)
    assert failing_checks(engine) == SHOWN[name]
    assert failing_checks(engine) == SHOWN[name]  # no check leaves the engine changed


def test_some_checks_see_no_mistake_at_all() -> None:
    blind = set(ARRAY_CHECKS) - {check for checks in SHOWN.values() for check in checks}
    assert blind >= {"equal shapes", "one product", "difference", "first derivative of tanh"}


@pytest.mark.parametrize("name", ARRAY_RESOURCES)
def test_depth_and_memory_show_in_no_check(name: str) -> None:
    assert failing_checks(tensor_engine_with(name)) == []


class Wrong:
    """An engine on which every check fails."""

    Tensor = grad = no_grad = staticmethod(lambda *args, **kwargs: 1 / 0)


def test_an_engine_that_only_raises_passes_no_check() -> None:
    assert failing_checks(Wrong) == list(ARRAY_CHECKS)


def test_published_numbers_are_reproduced() -> None:
    def gradient(name: str, numbers: Any, program: Any) -> Any:
        x = tensor_engine_with(name).Tensor(numbers, requires_grad=True)
        program(x).sum().backward()
        return x.grad.data.tolist()

    ones = [[1.0], [1.0], [1.0], [1.0]]
    assert gradient("broadcast undone with mean", [[0.0]], lambda b: b + ones) == [[1.0]]
    where = [1.0, 1.0, 0.0]
    assert gradient("broadcast number not undone", 2.0, lambda x: x * where) == where
    square = [[1.0, 2.0], [3.0, 4.0]]
    rows = gradient("sum back along the last axis", square, lambda x: x.sum(1) * [1.0, 10.0])
    assert rows == [[1.0, 10.0], [1.0, 10.0]]
    assert gradient("index assigned", square, lambda x: x[[0, 0]]) == [[1.0, 1.0], [0.0, 0.0]]


def test_unknown_names_and_engines_are_refused() -> None:
    with pytest.raises(ValueError, match="expected one of"):
        tensor_engine_with("slow")
    with pytest.raises(ValueError, match="expected to find this once, got 0"):
        tensor_engine_with("index assigned", "slice without rule")
    with pytest.raises(TypeError, match="expected Tensor, grad and no_grad"):
        failing_checks(3)
