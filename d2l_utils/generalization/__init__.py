"""Generalization: what training leaves out, what a bound is worth, when to stop (D2L 5.5).

============================================== =======================================
to know what descent or ridge keeps            `gd_filter`, `ridge_filter`
============================================== =======================================
"""

from d2l_utils.generalization.filters import gd_filter, ridge_filter

__all__ = [
    "gd_filter",
    "ridge_filter",
]
