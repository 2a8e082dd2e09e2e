"""What to partition, and into how many pieces: the options of ``python -m d2l_utils.partition``.

Everything that can be wrong with a request is found here, before any process starts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch

from d2l_utils.arguments import layer_sizes, non_negative, positive_int
from d2l_utils.bounded_arguments import integer_from, one_of
from d2l_utils.stages import Stages, layer_bytes, split_balanced, split_evenly

METHODS: dict[str, str] = {
    "single": "one process does everything",
    "accumulate": "one process, the batch in microbatches, gradients added up",
    "checkpoint": "one process, activations computed again in the backward pass",
    "split": "layers over the processes, by hand with send and recv",
    "gpipe": "layers over the processes, all forwards before all backwards",
    "1f1b": "layers over the processes, one forward, one backward",
    "ddp": "the batch over the processes, parameters copied",
    "fsdp": "the batch over the processes, parameters sharded",
    "tensor": "every matrix over the processes",
}
"""Method -> what it does."""

ONE_PROCESS = frozenset({"single", "accumulate", "checkpoint"})
STAGED = frozenset({"split", "gpipe", "1f1b"})
MICROBATCHED = frozenset({"accumulate", "gpipe", "1f1b"})

MAX_SEED = 2**32 - 1

SplitRule = Literal["even", "balanced"]
DTYPES = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class PartitionConfig:
    """A network, a minibatch and a number of processes.

    The network is that of D2L section 5.3 without biases, with as many hidden layers as `sizes`
    says; the objective is J = L + s with cross-entropy and s = lambd / 2 * sum ||W||_F^2.

    Attributes:
        sizes: Widths, ``(num_inputs, num_hiddens, ..., num_outputs)``.
        batch: Number of examples in the minibatch.
        microbatches: Number of pieces of the minibatch, for the methods that cut it.
        nproc: Number of processes.
        split: How layers are dealt to stages: ``"even"`` or ``"balanced"``.
        segments: Number of checkpointed segments; 0 means the square root of the number of layers.
        dtype: ``"float32"``, ``"float64"`` or ``"bfloat16"``.
        lambd: Weight of the penalty.
        seed: Seed of the data and the weights, 0 to `MAX_SEED`.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"`` (cuda if every process can have a GPU).
    """

    sizes: tuple[int, ...] = (784, 256, 10)
    batch: int = 64
    microbatches: int = 4
    nproc: int = 2
    split: SplitRule = "even"
    segments: int = 0
    dtype: str = "float64"
    lambd: float = 0.01
    seed: int = 0
    device: str = "cpu"

    @property
    def num_layers(self) -> int:
        """Number of weight matrices."""
        return len(self.sizes) - 1

    @property
    def torch_dtype(self) -> torch.dtype:
        """The dtype of data and weights."""
        return DTYPES[one_of("dtype", self.dtype, DTYPES)]

    @property
    def num_segments(self) -> int:
        """Number of checkpointed segments, the default resolved."""
        return self.segments or max(1, round(math.sqrt(self.num_layers)))

    def stages(self) -> Stages:
        """Deal the layers to `nproc` stages by the rule in `split`.

        Raises:
            TypeError: If a setting has the wrong type.
            ValueError: If a setting is out of range or there are more stages than layers.
        """
        self._check_numbers()
        self._check_names()
        if self.split == "even":
            return split_evenly(self.num_layers, self.nproc)
        costs = layer_bytes(self.sizes, self.batch, self.torch_dtype.itemsize)
        return split_balanced(costs, self.nproc)

    def check(self, methods: tuple[str, ...]) -> None:
        """Raise if one of `methods` cannot run with these settings.

        Raises:
            TypeError: If a setting or a method has the wrong type.
            ValueError: If a method is unknown or the settings do not suit it.
        """
        self._check_numbers()
        self._check_names()
        if not methods:
            raise ValueError(f"method: expected one of {', '.join(METHODS)}, got none")
        for method in methods:
            one_of("method", method, METHODS)
            self._check_method(method)

    def _check_numbers(self) -> None:
        if len(layer_sizes("sizes", self.sizes)) < 2:
            raise ValueError(f"sizes: expected at least 2 positive widths, got {self.sizes}")
        for name in ("batch", "microbatches", "nproc"):
            positive_int(name, getattr(self, name))
        integer_from("segments", self.segments, 0, self.num_layers, "the layers")
        integer_from("seed", self.seed, 0, MAX_SEED)
        non_negative("lambd", self.lambd)

    def _check_names(self) -> None:
        one_of("split", self.split, ("even", "balanced"))
        one_of("dtype", self.dtype, DTYPES)
        one_of("device", self.device, ("cpu", "cuda", "auto"))

    def _check_method(self, method: str) -> None:
        if method in MICROBATCHED and self.batch % self.microbatches:
            raise ValueError(
                f"{method}: expected a number of microbatches that divides the batch of "
                f"{self.batch}, got {self.microbatches}"
            )
        if method in STAGED and self.nproc > self.num_layers:
            raise ValueError(
                f"{method}: expected at most {self.num_layers} stages for "
                f"{self.num_layers} layers, got {self.nproc}"
            )
        if method == "1f1b" and self.microbatches < self.nproc:
            raise ValueError(
                f"1f1b: expected at least as many microbatches as the {self.nproc} stages, "
                f"got {self.microbatches}"
            )
        if method in {"ddp", "fsdp"} and self.batch % self.nproc:
            raise ValueError(
                f"{method}: expected a batch that {self.nproc} processes share equally, "
                f"got {self.batch}"
            )
        if method == "tensor":
            self._check_tensor()

    def _check_tensor(self) -> None:
        if self.num_layers < 2:
            raise ValueError("tensor: expected at least 2 layers, got 1")
        for width in self.sizes[1:-1:2]:
            if width % self.nproc:
                raise ValueError(
                    f"tensor: expected hidden widths divisible by {self.nproc} processes, "
                    f"got {width}"
                )
