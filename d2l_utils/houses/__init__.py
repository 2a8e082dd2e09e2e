"""House prices: a table of sales, the competition's metric and file, folds, and errors of scores.

========================================== =====================================================
to read the sales                          `ames`; in two roles, the second sealed: `house_split`
to make matrices of tables                 `design`
to learn and predict without tuning        `predict_ridge`, `predict_trees`
to score predicted prices                  `rmsle`, beside the best constant: `constant_baseline`
to score on houses that were held out      `kfold_scores`
to know what a difference is worth         `paired_bootstrap`
to hand predictions in                     `write_submission`, `check_submission`
to watch a recipe, a choice by folds       `explore_recipe`, `explore_folds`
========================================== =====================================================

The competition's own files are read where ``D2L_HOUSE`` names their folder.
"""

from d2l_utils.houses.ames_table import ABSENT, PRICE, ames
from d2l_utils.houses.bootstrap import Estimate, PairedScores, paired_bootstrap
from d2l_utils.houses.folds import FoldScores, kfold_scores
from d2l_utils.houses.folds_chart import explore_folds
from d2l_utils.houses.models import predict_ridge, predict_trees
from d2l_utils.houses.preparation import Design, design
from d2l_utils.houses.recipe_chart import explore_recipe
from d2l_utils.houses.scores import Baseline, constant_baseline, rmsle
from d2l_utils.houses.split import SealedSplit, house_split
from d2l_utils.houses.submission import check_submission, write_submission

__all__ = [
    "ABSENT",
    "PRICE",
    "Baseline",
    "Design",
    "Estimate",
    "FoldScores",
    "PairedScores",
    "SealedSplit",
    "ames",
    "check_submission",
    "constant_baseline",
    "design",
    "explore_folds",
    "explore_recipe",
    "house_split",
    "kfold_scores",
    "paired_bootstrap",
    "predict_ridge",
    "predict_trees",
    "rmsle",
    "write_submission",
]
