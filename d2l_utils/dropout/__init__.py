"""Dropout and its relatives (D2L 5.6).

======================================= ==================================================
to train with noise, seed by seed       `Recipe`, then `train_seeds`
to average over masks of such networks  `mean_of_masks`
to read runs that take minutes          `read_runs`; to train some again, `train_record`
======================================= ==================================================
"""

from d2l_utils.dropout.grids import Grid, Record, read_runs, train_record
from d2l_utils.dropout.training import Recipe, Runs, mean_of_masks, train_seeds

__all__ = [
    "Grid",
    "Recipe",
    "Record",
    "Runs",
    "mean_of_masks",
    "read_runs",
    "train_record",
    "train_seeds",
]
