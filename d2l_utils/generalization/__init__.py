"""Generalization: what training leaves out, what a bound is worth, when to stop (D2L 5.5).

============================================== =======================================
to know what descent or ridge keeps            `gd_filter`, `ridge_filter`
to see both paths                              `explore_paths`, `path_factors`
============================================== =======================================
"""

from d2l_utils.generalization.filters import gd_filter, ridge_filter
from d2l_utils.generalization.paths_chart import explore_paths, path_factors

__all__ = [
    "explore_paths",
    "gd_filter",
    "path_factors",
    "ridge_filter",
]
