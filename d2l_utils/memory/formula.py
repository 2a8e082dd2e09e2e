"""The memory of one training step or one prediction, by arithmetic alone (D2L 5.3, exercise 3).

`footprint` counts what the program below asks the allocator for; nothing is allocated, so
it answers for a network of 10^12 parameters as fast as for a small one. Measuring the very program,
which `d2l_utils.memory.programs` builds, gives the same numbers to the byte.

The letters: n is the batch size; layer i of m has the weights W_i and, if there are any, the
biases b_i; a_i is the size of one hidden output h_i in bytes, c that of the logits o.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Literal, get_args

import torch

from d2l_utils.border import Count, checked
from d2l_utils.checks.arguments import layer_sizes, positive_int
from d2l_utils.memory import levels as levels

Optimizer = Literal["sgd", "momentum", "adam"]
Mode = Literal["training", "prediction"]
Penalty = Literal["none", "loss", "weight_decay"]


@dataclass(frozen=True)
class Footprint:
    """Memory of one step, in bytes.

    `parameters`, `gradients`, `optimizer_state` and `data` are resident: they are there when the
    step has ended. The peak is their sum plus `transient`.

    Attributes:
        parameters: Weights and biases.
        gradients: Their gradients (0 for a prediction).
        optimizer_state: Momentum buffers, Adam's moments and step counters.
        data: Inputs, and for training the labels.
        saved_activations: Distinct storages of the tensors that autograd keeps for the backward
            pass, except parameters and data; None where a measurement could not see them.
        transient: What the peak needs above what is resident.
        peak: The most that is alive at one time.
        phase: Where that is first reached: ``"forward"``, ``"backward"`` or ``"step"``.
    """

    parameters: int
    gradients: int
    optimizer_state: int
    data: int
    saved_activations: int | None
    transient: int
    peak: int
    phase: str

    @property
    def resident(self) -> int:
        """Parameters, gradients, optimizer state and data, in bytes."""
        return self.parameters + self.gradients + self.optimizer_state + self.data


@checked
def footprint(
    num_inputs: Count,
    num_hiddens: Sequence[Count],
    num_outputs: Count,
    batch_size: Count,
    optimizer: Optimizer = "sgd",
    mode: Mode = "training",
    dtype: torch.dtype = torch.float32,
    *,
    bias: bool = True,
    penalty: Penalty = "none",
    first_step: bool = False,
) -> Footprint:
    """Compute the memory of one training step or one prediction of an MLP with ReLU layers.

    The program it describes is `d2l_utils.memory.programs`: an `nn.Sequential` of `nn.Linear` and
    `nn.ReLU`; training is ``zero_grad(set_to_none=True)``, cross-entropy on int64 labels,
    ``backward``, ``step`` with torch's default loop on the CPU (neither foreach nor fused), with
    nothing but the loss bound to a name; prediction is the forward pass under ``no_grad`` on
    inputs without labels. What counts is what torch requests from its allocator.

    The numbers are exact on one thread for float32 and float64, and for bfloat16 with oneDNN off
    (``torch.backends.mkldnn.enabled = False``), since its products in bfloat16 ask for scratch
    memory that depends on the processor. Torch's default dtype is float32.

    Args:
        num_inputs: Number of inputs, d in D2L.
        num_hiddens: Widths of the hidden layers; empty for a linear model.
        num_outputs: Number of outputs, q in D2L.
        batch_size: Number of examples n.
        optimizer: Plain SGD, SGD with momentum (without dampening or Nesterov) or Adam.
        mode: A training step or a prediction.
        dtype: Floating-point type of parameters and inputs.
        bias: Whether the layers have biases; the model of D2L 5.3 has none.
        penalty: ``"loss"`` adds D2L's s = lambda/2 * (||W1||_F^2 + ...) to the loss (5.3.5),
            ``"weight_decay"`` gives the weights (not the biases) the optimizer's weight decay.
        first_step: The optimizer's state and the gradients do not exist yet when the step starts.

    Returns:
        The footprint in bytes.

    Raises:
        TypeError: If a size is not an integer, `num_hiddens` not a list or tuple of integers, or
            `dtype` not a floating-point `torch.dtype`.
        ValueError: If a size is not positive or an option is not one of those listed.
    """
    _check_options(optimizer, mode, penalty, dtype)
    positive_int("batch_size", batch_size)
    widths = (
        positive_int("num_inputs", num_inputs),
        *layer_sizes("num_hiddens", num_hiddens),
        positive_int("num_outputs", num_outputs),
    )
    sizes = _sizes(widths, batch_size, dtype.itemsize, bias)
    inputs = batch_size * num_inputs * dtype.itemsize
    if mode == "prediction":
        resident = {"parameters": sizes.parameters, "data": inputs}
        return _footprint(resident, sum(resident.values()), levels.prediction(sizes), 0)
    resident = {
        "parameters": sizes.parameters,
        "gradients": sizes.parameters,
        "optimizer_state": _optimizer_state(sizes, optimizer),
        "data": inputs + batch_size * torch.int64.itemsize,  # and the labels
    }
    # Alive all the time; the old gradients are gone when the forward pass starts.
    alive = sum(resident.values()) - resident["gradients"]
    alive -= resident["optimizer_state"] if first_step else 0
    candidates = _training(sizes, optimizer, penalty, first_step)
    return _footprint(resident, alive, candidates, sizes.saved)


@checked
def largest_batch(
    budget: int,
    num_inputs: Count,
    num_hiddens: Sequence[Count],
    num_outputs: Count,
    optimizer: Optimizer = "sgd",
    mode: Mode = "training",
    dtype: torch.dtype = torch.float32,
    *,
    bias: bool = True,
    penalty: Penalty = "none",
) -> int:
    """Return the largest batch whose step fits into a budget.

    The peak never falls when the batch grows, so bisection finds it.

    Args:
        budget: Bytes.
        num_inputs: As for `footprint`, like all that follow.
        num_hiddens: Widths of the hidden layers.
        num_outputs: Number of outputs.
        optimizer: The optimizer.
        mode: A training step or a prediction.
        dtype: Floating-point type of parameters and inputs.
        bias: Whether the layers have biases.
        penalty: Where the penalty is.

    Returns:
        Number of examples; 0 if not even one fits.

    Raises:
        TypeError: As `footprint`, or if `budget` is not an integer.
        ValueError: As `footprint`, or if `budget` is not positive.
    """
    positive_int("budget", budget)

    def fits(n: int) -> bool:
        sizes = (num_inputs, num_hiddens, num_outputs, n)
        need = footprint(*sizes, optimizer, mode, dtype, bias=bias, penalty=penalty)
        return need.peak <= budget

    low, high = 0, 1
    while fits(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _training(
    sizes: levels.Sizes, optimizer: Optimizer, penalty: Penalty, first_step: bool
) -> Iterable[levels.Level]:
    in_loss = penalty == "loss"
    return (
        *levels.forward(sizes, in_loss),
        *levels.backward(sizes, in_loss),
        *levels.step(sizes, optimizer, penalty == "weight_decay", not first_step),
    )


def _footprint(
    resident: dict[str, int], alive: int, candidates: Iterable[levels.Level], saved: int
) -> Footprint:
    phase, highest = max(candidates, key=itemgetter(1))  # the first of equals
    peak = alive + highest
    return Footprint(
        parameters=resident["parameters"],
        gradients=resident.get("gradients", 0),
        optimizer_state=resident.get("optimizer_state", 0),
        data=resident["data"],
        saved_activations=saved,
        transient=peak - sum(resident.values()),
        peak=peak,
        phase=phase,
    )


def _optimizer_state(sizes: levels.Sizes, optimizer: Optimizer) -> int:
    if optimizer == "adam":
        tensors = sum(1 for p in (*sizes.weights, *sizes.biases) if p)
        return 2 * sizes.parameters + tensors * levels.STEP_COUNTER
    return sizes.parameters if optimizer == "momentum" else 0


def _sizes(widths: Sequence[int], n: int, element: int, bias: bool) -> levels.Sizes:
    return levels.Sizes(
        element=element,
        weights=tuple(element * fan_in * fan_out for fan_in, fan_out in pairwise(widths)),
        biases=tuple(element * fan_out if bias else 0 for fan_out in widths[1:]),
        hidden=tuple(element * n * width for width in widths[1:-1]),
        logits=element * n * widths[-1],
    )


def _check_options(optimizer: str, mode: str, penalty: str, dtype: object) -> None:
    for name, value, allowed in (
        ("optimizer", optimizer, get_args(Optimizer)),
        ("mode", mode, get_args(Mode)),
        ("penalty", penalty, get_args(Penalty)),
    ):
        if value not in allowed:
            raise ValueError(f"{name}: expected one of {', '.join(allowed)}, got {value!r}")
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"dtype: expected a floating-point torch.dtype, got {dtype!r}")
