"""What comes in from outside: public functions check their arguments by their annotations.

=========================================== ==================================================
to check a function's arguments             `checked`, a decorator
to say more than a type does                `Number`, in ``Annotated[int, Number(at_least=1)]``
to take tensors that hold plain numbers     `Dense`; with memory of their own: `Held`
to take parameters by name                  `Params`
to say what numbers often are               `Count`, `AtLeastZero`, `Positive`, `Unlimited`
=========================================== ==================================================

The decorator reads ``int``, ``float`` (finite), ``bool``, ``str``, ``Literal``, unions, sequences,
mappings, callables, and classes. What an annotation cannot say (shapes that must fit) a function
checks itself.
"""

from d2l_utils.border.checked import checked
from d2l_utils.border.constraints import (
    AtLeastZero,
    Count,
    Dense,
    Device,
    Float,
    Held,
    Number,
    Params,
    Positive,
    Unlimited,
    Words,
)

__all__ = [
    "AtLeastZero",
    "Count",
    "Dense",
    "Device",
    "Float",
    "Held",
    "Number",
    "Params",
    "Positive",
    "Unlimited",
    "Words",
    "checked",
]
