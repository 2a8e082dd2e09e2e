"""Dropout and its relatives (D2L 5.6).

======================================= ==================================================
to train with noise, seed by seed       `Recipe`, then `train_seeds`
to average over masks of such networks  `mean_of_masks`
======================================= ==================================================
"""

from d2l_utils.dropout.training import Recipe, Runs, mean_of_masks, train_seeds

__all__ = ["Recipe", "Runs", "mean_of_masks", "train_seeds"]
