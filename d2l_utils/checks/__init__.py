"""Claims that are checked, and the third route to a derivative.

======================================== ==============================================
to check a claim                         `check_equal`, `check_close`, `check_at_most`,
                                         `check_true`
to differentiate without derivatives     `central_difference` (step: `default_step`)
to refuse a wrong argument in words      `d2l_utils.checks.arguments`
======================================== ==============================================
"""

from d2l_utils.checks.claims import (
    CheckError,
    check_at_most,
    check_close,
    check_equal,
    check_true,
    relative_error,
)
from d2l_utils.checks.difference_quotients import central_difference, default_step

__all__ = [
    "CheckError",
    "central_difference",
    "check_at_most",
    "check_close",
    "check_equal",
    "check_true",
    "default_step",
    "relative_error",
]
