"""Generalization: what training leaves out, what a bound is worth, when to stop (D2L 5.5).

============================================== =======================================
to know what descent or ridge keeps            `gd_filter`, `ridge_filter`
to see both paths                              `explore_paths`, `path_factors`
to know the error of minimum norm              `min_norm_risk`
to see it                                      `explore_features`, `feature_errors`
to fit any labels without training             `interpolating_network`
to bound a gap by counting parameters          `uniform_bound`
to put wrong labels into a data set            `corrupt_labels`, `noisy_digits`
to read trainings on noisy labels              `read_noisy_runs`; or `train_noisy_runs`
to apply early stopping                        `StoppingRule` to a curve; to all trainings,
                                               `stop_epochs`, `stopped`
to let a reader move                           `explore_noise`, `explore_stopping`,
                                               `explore_price`
============================================== =======================================
"""

from d2l_utils.generalization.bounds import uniform_bound
from d2l_utils.generalization.double_descent import min_norm_risk
from d2l_utils.generalization.features_chart import explore_features, feature_errors
from d2l_utils.generalization.filters import gd_filter, ridge_filter
from d2l_utils.generalization.interpolation import Interpolation, interpolating_network
from d2l_utils.generalization.labels import corrupt_labels
from d2l_utils.generalization.noise_chart import explore_noise, stop_epochs, stopped
from d2l_utils.generalization.noisy_digits import Labelled, NoisyDigits, noisy_digits
from d2l_utils.generalization.noisy_runs import NoisyRuns, read_noisy_runs, train_noisy_runs
from d2l_utils.generalization.paths_chart import explore_paths, path_factors
from d2l_utils.generalization.price_chart import explore_price
from d2l_utils.generalization.stopping import StoppingRule
from d2l_utils.generalization.stopping_chart import explore_stopping, rule_in_words

__all__ = [
    "Interpolation",
    "Labelled",
    "NoisyDigits",
    "NoisyRuns",
    "StoppingRule",
    "corrupt_labels",
    "explore_features",
    "explore_noise",
    "explore_paths",
    "explore_price",
    "explore_stopping",
    "feature_errors",
    "gd_filter",
    "interpolating_network",
    "min_norm_risk",
    "noisy_digits",
    "path_factors",
    "read_noisy_runs",
    "ridge_filter",
    "rule_in_words",
    "stop_epochs",
    "stopped",
    "train_noisy_runs",
    "uniform_bound",
]
