"""What an argument must be beyond its type: names for use in annotations.

Each constraint says in words what it expects, and what is wrong with a value of the right type.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from typing import Annotated, Protocol

import torch
from torch import Tensor

LARGEST = 2**63 - 1
"""The largest integer that torch can hold."""

_PLAIN = frozenset(
    {torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.bool, torch.uint8}
    | {torch.int8, torch.int16, torch.int32, torch.int64}
)
"""Element types with which tensors can calculate on every device."""


class Constraint(Protocol):
    """A condition on a value whose type is right."""

    @property
    def words(self) -> str:
        """What is expected, to follow the word "expected"; empty for what the type says."""

    @property
    def wrong_type(self) -> bool:
        """Whether a value that fails is of a wrong type, after all."""

    def fault(self, value: object) -> str:
        """What the value is instead, to follow the word "got"; empty if nothing is wrong."""


@dataclass(frozen=True)
class Number:
    """A number in a range; a range excludes NaN.

    Attributes:
        at_least: The smallest that is allowed.
        above: Like `at_least`, but not allowed itself.
        at_most: The largest that is allowed.
        finite: Whether infinities are refused.
        nan: Whether NaN is allowed.
    """

    at_least: float = -math.inf
    above: float = -math.inf
    at_most: float = math.inf
    finite: bool = True
    nan: bool = False
    wrong_type: bool = False

    @property
    def words(self) -> str:
        """The range."""
        if self.above > -math.inf:
            words = f"a number above {self.above:g}" if self.above else "a positive number"
        elif self.at_least > -math.inf:
            whole = self.at_least > 0 or self.at_most < math.inf
            words = f"{'' if whole else 'a finite number of '}at least {self.at_least:g}"
        else:
            words = "a finite number" if self.finite else "a number"
        return words + (f" and at most {self.at_most:,g}" if self.at_most < math.inf else "")

    def fault(self, value: object) -> str:
        """The number, if it is out of range."""
        assert isinstance(value, int | float)
        if isinstance(value, float) and math.isnan(value):
            return "" if self.nan else "nan"
        if isinstance(value, int) and abs(value) > LARGEST:
            return f"{shown(value)}, beyond the integers of 64 bits"
        outside = isinstance(value, float) and self.finite and math.isinf(value)
        outside = outside or value < self.at_least or value > self.at_most
        return shown(value) if outside or value <= self._excluded else ""

    @property
    def _excluded(self) -> float:
        """The largest number that is too small, NaN if there is none."""
        return self.above if self.above > -math.inf else math.nan


@dataclass(frozen=True)
class Tensors:
    """A tensor that holds plain numbers, one after the other.

    Attributes:
        in_memory: Whether it must have memory, which tensors on the device ``"meta"`` have not.
    """

    in_memory: bool = False
    wrong_type: bool = True

    @property
    def words(self) -> str:
        """What is expected."""
        return "a dense tensor of real numbers" + (" in memory" if self.in_memory else "")

    def fault(self, value: object) -> str:
        """What makes it another kind of tensor."""
        assert isinstance(value, Tensor)
        if value.is_nested:
            return "a nested tensor"
        if value.layout != torch.strided:
            return f"a tensor of layout {value.layout}"
        if value.dtype not in _PLAIN:
            return f"dtype {value.dtype}"
        return "a tensor on the device 'meta'" if self.in_memory and value.is_meta else ""


@dataclass(frozen=True)
class Said:
    """A string that says something."""

    words: str = "a description"
    wrong_type: bool = False

    def fault(self, value: object) -> str:
        """A string that is blank."""
        assert isinstance(value, str)
        return "" if value.strip() else "a blank string"


@dataclass(frozen=True)
class NotEmpty:
    """A collection of tensors that holds one."""

    words: str = "at least one tensor"
    wrong_type: bool = False

    def fault(self, value: object) -> str:
        """A collection that is empty."""
        assert isinstance(value, Sized)
        return "" if len(value) else "none"


@dataclass(frozen=True)
class FloatingPoint:
    """A dtype for calculations with fractions."""

    words: str = "a floating-point dtype"
    wrong_type: bool = True

    def fault(self, value: object) -> str:
        """Another dtype."""
        assert isinstance(value, torch.dtype)
        return "" if value.is_floating_point and value in _PLAIN else str(value)


@dataclass(frozen=True)
class DeviceName:
    """A string that names a device."""

    words: str = "the name of a device such as 'cpu' or 'cuda:0'"
    wrong_type: bool = False

    def fault(self, value: object) -> str:
        """A string that names none."""
        assert isinstance(value, str)
        try:
            torch.device(value)
        except RuntimeError:
            return shown(value)
        return ""


def shown(value: object) -> str:
    """A value as it is written in a message: on one line, and not longer than one."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}, {value.dtype}"
    try:
        text = " ".join(repr(value).split())
    except Exception:
        return f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:60]} … ({type(value).__name__})"


Count = Annotated[int, Number(at_least=1)]
"""How many: an integer of at least 1."""

AtLeastZero = Annotated[float, Number(at_least=0)]
"""A finite number of at least 0."""

Positive = Annotated[float, Number(above=0)]
"""A finite number above 0."""

Unlimited = Annotated[float, Number(finite=False, nan=True)]
"""Any number: NaN and the infinities are judged by the function."""

Words = Annotated[str, Said()]
"""A string that is not blank."""

Dense = Annotated[Tensor, Tensors()]
"""A tensor that holds plain real numbers; on the device ``"meta"`` only their shape."""

Held = Annotated[Tensor, Tensors(in_memory=True)]
"""A tensor that holds plain real numbers in memory."""

Float = Annotated[torch.dtype, FloatingPoint()]
"""A floating-point dtype."""

Device = torch.device | Annotated[str, DeviceName()]
"""A device, or its name."""

Params = Annotated[Mapping[str, Dense], NotEmpty()]
"""Names and tensors, in the order in which a flat vector holds them."""
