"""House prices: a table of sales, the competition's metric and file, folds, and errors of scores.

========================================== =====================================================
to read the sales                          `ames`; in two roles, the second sealed: `house_split`
to make matrices of tables                 `design`
to learn and predict without tuning        `predict_ridge`, `predict_trees`
to score predicted prices                  `rmsle`, beside the best constant: `constant_baseline`
to score on houses that were held out      `kfold_scores`
to know what a difference is worth         `paired_bootstrap`
to hand predictions in                     `write_submission`, `check_submission`
to know the largest learning rate          `step_limit`; to see it: `explore_rate`, `rate_outcome`
to know what filling in a mean does        `filled_law`, `filled_sample`; to see it:
                                           `explore_missing`, `filled_points`
to watch a recipe, a choice by folds       `explore_recipe`, `explore_folds`
========================================== =====================================================

The competition's own files are read where ``D2L_HOUSE`` names their folder.
"""

from d2l_utils.houses.ames_table import ABSENT, PRICE, ames
from d2l_utils.houses.bootstrap import Estimate, PairedScores, paired_bootstrap
from d2l_utils.houses.filled import Filled, filled_law, filled_sample
from d2l_utils.houses.folds import FoldScores, kfold_scores
from d2l_utils.houses.folds_chart import explore_folds
from d2l_utils.houses.missing_chart import explore_missing, filled_points
from d2l_utils.houses.models import predict_ridge, predict_trees
from d2l_utils.houses.preparation import Design, design
from d2l_utils.houses.rate_chart import RateOutcome, explore_rate, rate_outcome
from d2l_utils.houses.recipe_chart import explore_recipe
from d2l_utils.houses.scores import Baseline, constant_baseline, rmsle
from d2l_utils.houses.split import SealedSplit, house_split
from d2l_utils.houses.steps import StepLimit, step_limit
from d2l_utils.houses.submission import check_submission, write_submission

__all__ = [
    "ABSENT",
    "PRICE",
    "Baseline",
    "Design",
    "Estimate",
    "Filled",
    "FoldScores",
    "PairedScores",
    "RateOutcome",
    "SealedSplit",
    "StepLimit",
    "ames",
    "check_submission",
    "constant_baseline",
    "design",
    "explore_folds",
    "explore_missing",
    "explore_rate",
    "explore_recipe",
    "filled_law",
    "filled_points",
    "filled_sample",
    "house_split",
    "kfold_scores",
    "paired_bootstrap",
    "predict_ridge",
    "predict_trees",
    "rate_outcome",
    "rmsle",
    "step_limit",
    "write_submission",
]
