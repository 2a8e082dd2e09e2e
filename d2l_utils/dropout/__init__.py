"""Dropout and its relatives: every mask at once, masks at random, training with noise (D2L 5.6).

======================================= ==================================================
to list every mask of n units           `all_masks`
to weigh them                           `mask_probabilities`
to drop units as D2L does               `drop_units`
to drop weights instead                 `drop_connect`
to multiply by another noise            `multiplicative_noise`
to run every thinned network            `thinned_outputs`
to run some of them, as often as told   `monte_carlo`
to see them all beside the full network `explore_thinned`, `thinned_means`
to see two units under every mask       `explore_pairs`, `unit_correlations`
to train with noise, seed by seed       `Recipe`, then `train_seeds`
to average over masks of such networks  `mean_of_masks`
to read runs that take minutes          `read_runs`; to train some again, `train_record`
to let a reader move                    `explore_switch`, `explore_epochs`
======================================= ==================================================

Dropout is inverted throughout: what survives is divided by 1 - p.
"""

from d2l_utils.dropout.ensembles import Thinned, monte_carlo, thinned_outputs
from d2l_utils.dropout.epochs_chart import explore_epochs
from d2l_utils.dropout.grids import Grid, Record, read_runs, train_record
from d2l_utils.dropout.masks import all_masks, mask_probabilities
from d2l_utils.dropout.noise import drop_connect, drop_units, multiplicative_noise
from d2l_utils.dropout.pairs_chart import explore_pairs, unit_correlations
from d2l_utils.dropout.switch_chart import explore_switch
from d2l_utils.dropout.thinned_chart import Means, explore_thinned, thinned_means
from d2l_utils.dropout.training import Recipe, Runs, mean_of_masks, train_seeds

__all__ = [
    "Grid",
    "Means",
    "Recipe",
    "Record",
    "Runs",
    "Thinned",
    "all_masks",
    "drop_connect",
    "drop_units",
    "explore_epochs",
    "explore_pairs",
    "explore_switch",
    "explore_thinned",
    "mask_probabilities",
    "mean_of_masks",
    "monte_carlo",
    "multiplicative_noise",
    "read_runs",
    "thinned_means",
    "thinned_outputs",
    "train_record",
    "train_seeds",
    "unit_correlations",
]
