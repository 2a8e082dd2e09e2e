import itertools
from typing import Any

import pytest
import torch

from d2l_utils import memory
from d2l_utils.memory.formula import Mode, Optimizer, Penalty, largest_batch

pytestmark = pytest.mark.exercise(3)

Net = tuple[int, tuple[int, ...], int]
SECTION: Net = (784, (256,), 10)
NOTES: Net = (784, (256, 128), 10)
LINEAR: Net = (784, (), 10)
DEEP: Net = (23, (41, 17, 31, 5), 7)
DEGENERATE: list[Net] = [
    (1, (), 1),
    (1, (1,), 1),
    (1, (1, 1, 1), 1),
    (2, (1,), 3),
    (1, (4,), 2),
    (9, (3, 2), 40),
]
OPTIMIZERS: tuple[Optimizer, ...] = ("sgd", "momentum", "adam")
MODES = [("training", optimizer) for optimizer in OPTIMIZERS] + [("prediction", "sgd")]


@pytest.fixture(autouse=True)
def without_onednn(monkeypatch: pytest.MonkeyPatch) -> None:
    # With oneDNN, products in bfloat16 take scratch memory that depends on the processor.
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)


def measured(arguments: tuple[Any, ...], **options: bool | Penalty) -> memory.Footprint:
    return memory.program(*arguments, **options).measure().footprint


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("net", [SECTION, NOTES, LINEAR, DEEP], ids=str)
@pytest.mark.parametrize("n", [1, 32, 256, 4096])
def test_formula_equals_measurement_to_the_byte(net: Net, n: int, dtype: torch.dtype) -> None:
    for mode, optimizer in MODES:
        arguments = (*net, n, optimizer, mode, dtype)
        assert memory.footprint(*arguments) == measured(arguments)


@pytest.mark.parametrize("first_step", [False, True])
@pytest.mark.parametrize("penalty", ["none", "loss", "weight_decay"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64], ids=str)
def test_formula_equals_measurement_with_every_option(
    dtype: torch.dtype, bias: bool, penalty: Penalty, first_step: bool
) -> None:
    options: dict[str, Any] = {"bias": bias, "penalty": penalty, "first_step": first_step}
    for net, n, optimizer in itertools.product([DEEP, (13, (19,), 6)], [1, 3, 77], OPTIMIZERS):
        arguments = (*net, n, optimizer, "training", dtype)
        assert memory.footprint(*arguments, **options) == measured(arguments, **options)


@pytest.mark.parametrize("net", DEGENERATE, ids=str)
def test_formula_equals_measurement_where_sizes_are_one(net: Net) -> None:
    for n, optimizer, penalty in itertools.product([1, 2], OPTIMIZERS, ["none", "loss"]):
        arguments = (*net, n, optimizer)
        assert memory.footprint(*arguments, penalty=penalty) == measured(arguments, penalty=penalty)


@pytest.mark.parametrize(
    "change",
    [{"bias": False}, {"penalty": "loss"}, {"optimizer": "adam"}, {"mode": "prediction"}],
    ids=str,
)
def test_comparison_rejects_the_footprint_of_another_program(change: dict[str, Any]) -> None:
    assert memory.footprint(*DEEP, 3, **change) != measured((*DEEP, 3))


def test_sections_model_by_hand() -> None:
    # d = 784, h = 256, q = 10, no biases, n = 2, float32; D2L (5.3.1) to (5.3.4).
    parameters = 4 * (784 * 256 + 256 * 10)
    data = 2 * 784 * 4 + 2 * 8
    # Both gradients complete, x and dJ/dz not yet freed, the loss and its gradient.
    peak = parameters + data + parameters + 2 * 256 * 4 + 2 * 4
    footprint = memory.footprint(784, (256,), 10, 2, bias=False)
    assert footprint == memory.Footprint(
        parameters=parameters,
        gradients=parameters,
        optimizer_state=0,
        data=data,
        saved_activations=2 * 256 * 4 + 2 * 10 * 4 + 4,
        transient=2 * 256 * 4 + 2 * 4,
        peak=peak,
        phase="backward",
    )


def test_prediction_has_no_gradients_state_or_saved_activations() -> None:
    footprint = memory.footprint(*SECTION, 32, "adam", "prediction")
    assert footprint.gradients == footprint.optimizer_state == footprint.saved_activations == 0
    assert footprint.data == 32 * 784 * 4


def test_peak_is_resident_plus_transient() -> None:
    footprint = memory.footprint(*NOTES, 256, "adam")
    assert footprint.peak == footprint.resident + footprint.transient


@pytest.mark.parametrize(
    ("n", "optimizer", "phase"),
    [(1, "sgd", "backward"), (1, "adam", "step"), (100_000, "adam", "backward")],
)
def test_phase_of_the_peak_moves_with_batch_size_and_optimizer(
    n: int, optimizer: Optimizer, phase: str
) -> None:
    assert memory.footprint(*SECTION, n, optimizer).phase == phase


def test_nothing_is_allocated_for_a_model_of_a_million_million_parameters() -> None:
    measurement = memory.measure(lambda: memory.footprint(10**6, (10**6,), 10, 1, "adam"))
    assert measurement.timeline == ()
    assert measurement.value.parameters == 4 * (10**12 + 10**6 + 10**7 + 10)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0, (3,), 2, 5), ValueError, "num_inputs: expected at least 1, got 0"),
        ((4, (3, -1), 2, 5), ValueError, r"num_hiddens\[1\]: expected at least 1, got -1"),
        ((4, 3, 2, 5), TypeError, "num_hiddens: expected a list or tuple of integers, got"),
        ((4, "3", 2, 5), TypeError, "num_hiddens: expected a list or tuple of integers, got"),
        ((4, (3.0,), 2, 5), TypeError, r"num_hiddens\[0\]: expected an integer, got 3.0"),
        ((4, (3,), 2, True), TypeError, "batch_size: expected an integer, got True"),
        ((4, (3,), 2, 5, "rmsprop"), ValueError, "optimizer: expected one of sgd, momentum, adam"),
        ((4, (3,), 2, 5, "sgd", "eval"), ValueError, "mode: expected one of training, prediction"),
        (
            (4, (3,), 2, 5, "sgd", "training", torch.int64),
            TypeError,
            "dtype: expected a",
        ),
        (
            (4, (3,), 2, 5, "sgd", "training", "float32"),
            TypeError,
            "dtype: expected a",
        ),
    ],
)
def test_bad_arguments_are_refused_with_expected_and_got(
    arguments: tuple[Any, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        memory.footprint(*arguments)


def test_unknown_penalty_is_refused() -> None:
    with pytest.raises(ValueError, match="penalty: expected one of none, loss, weight_decay"):
        memory.footprint(4, (3,), 2, 5, penalty="l1")


@pytest.mark.parametrize(("d", "h", "q", "n"), [(40, 20, 10, 1), (41, 9, 2, 21), (7, 64, 30, 500)])
@pytest.mark.parametrize("b", [2, 4, 8])
def test_closed_form_of_a_net_without_biases(d: int, h: int, q: int, n: int, b: int) -> None:
    dtype = {2: torch.bfloat16, 4: torch.float32, 8: torch.float64}[b]
    P = b * (d * h + h * q)
    training = 2 * P + n * (b * d + 8) + max(n * b * h, 3 * n * b * h - b * d * h) + 2 * b
    footprint = memory.footprint(d, (h,), q, n, dtype=dtype, bias=False)
    assert footprint.peak == training
    footprint = memory.footprint(d, (h,), q, n, "sgd", "prediction", dtype, bias=False)
    assert footprint.peak == P + n * b * d + 2 * n * b * h


@pytest.mark.parametrize("mode", ["training", "prediction"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_largest_batch_fits_and_the_next_one_does_not(optimizer: Optimizer, mode: Mode) -> None:
    budget = 7 * 2**20
    n = largest_batch(budget, *SECTION, optimizer, mode)
    peaks = [memory.footprint(*SECTION, m, optimizer, mode).peak for m in (n, n + 1)]
    assert peaks[0] <= budget < peaks[1]


def test_no_batch_fits_where_one_example_does_not() -> None:
    one = memory.footprint(*DEEP, 1).peak
    assert largest_batch(one - 1, *DEEP) == 0
    assert largest_batch(one, *DEEP) == 1


def test_budget_must_be_a_positive_integer() -> None:
    with pytest.raises(ValueError, match="budget: expected at least 1, got 0"):
        largest_batch(0, *DEEP)
