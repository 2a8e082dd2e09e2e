from inspect import signature

import pytest
import torch
from torch import nn

from d2l_utils import memory
from d2l_utils.memory.programs import LAMBD, build_mlp

pytestmark = pytest.mark.exercise(3)


def test_layers_have_the_widths_asked_for() -> None:
    net = build_mlp((7, 5, 3), bias=False, dtype=torch.float64)
    assert [type(layer) for layer in net] == [nn.Linear, nn.ReLU, nn.Linear]
    assert [tuple(p.shape) for p in net.parameters()] == [(5, 7), (3, 5)]
    assert {p.dtype for p in net.parameters()} == {torch.float64}


def test_a_training_step_changes_the_parameters() -> None:
    program = memory.program(7, (5,), 3, 4)
    before = [p.detach().clone() for p in program.model.parameters()]
    program.run()
    after = list(program.model.parameters())
    assert any(not torch.equal(p, q) for p, q in zip(before, after, strict=True))


def test_penalty_in_the_loss_and_weight_decay_take_the_same_step() -> None:
    weights = []
    for penalty in ("loss", "weight_decay"):
        torch.manual_seed(0)
        program = memory.program(7, (5,), 3, 4, dtype=torch.float64, penalty=penalty)
        weights.append([p.detach() for p in program.model.parameters()])
    for p, q in zip(*weights, strict=True):
        torch.testing.assert_close(p, q, rtol=1e-12, atol=1e-14)
    assert LAMBD > 0


def test_before_the_first_step_there_are_no_gradients_and_no_state() -> None:
    program = memory.program(7, (5,), 3, 4, "adam", first_step=True)
    assert program.optimizer is not None
    assert not program.optimizer.state
    assert all(p.grad is None for p in program.model.parameters())


def test_a_prediction_has_neither_labels_nor_optimizer() -> None:
    program = memory.program(7, (5,), 3, 4, mode="prediction")
    assert program.optimizer is None
    assert [tuple(x.shape) for x in program.data] == [(4, 7)]


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="batch_size: expected at least 1, got 0"):
        memory.program(7, (5,), 3, 0)


def test_program_and_formula_take_the_same_arguments() -> None:
    of_program = signature(memory.program).parameters
    assert of_program == signature(memory.footprint).parameters
    without_batch = {k: v for k, v in of_program.items() if k not in ("batch_size", "first_step")}
    of_largest = dict(signature(memory.largest_batch).parameters)
    assert of_largest.pop("budget")
    assert of_largest == without_batch
