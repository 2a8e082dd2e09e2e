"""Generalization: what training leaves out, what a bound is worth, when to stop (D2L 5.5).

============================================== =======================================
to know what descent or ridge keeps            `gd_filter`, `ridge_filter`
to see both paths                              `explore_paths`, `path_factors`
to know the error of minimum norm              `min_norm_risk`
to see it                                      `explore_features`, `feature_errors`
to fit any labels without training             `interpolating_network`
to bound a gap by counting parameters          `uniform_bound`
============================================== =======================================
"""

from d2l_utils.generalization.bounds import uniform_bound
from d2l_utils.generalization.double_descent import min_norm_risk
from d2l_utils.generalization.features_chart import explore_features, feature_errors
from d2l_utils.generalization.filters import gd_filter, ridge_filter
from d2l_utils.generalization.interpolation import Interpolation, interpolating_network
from d2l_utils.generalization.paths_chart import explore_paths, path_factors

__all__ = [
    "Interpolation",
    "explore_features",
    "explore_paths",
    "feature_errors",
    "gd_filter",
    "interpolating_network",
    "min_norm_risk",
    "path_factors",
    "ridge_filter",
    "uniform_bound",
]
