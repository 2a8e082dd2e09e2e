"""Searches of hyperparameters: a table in which a trial costs a look-up, and ways to search it.

========================================== =====================================================
to read the table, or train a row of it    `read_joint`, `train_row`
to search it                               `random_search`, `grid_search`, `one_at_a_time`,
                                           `halving_search`, `tpe_search`, then `winner`
to know a random search's result exactly   `expected_of_winner`, `expected_normal_best`
to plan halving and Hyperband              `halving_rounds`, `halving_cost`,
                                           `hyperband_brackets`
to see what a hyperparameter explains      `variance_shares`
to search in several processes             `search_together`
to watch searches                          `explore_trials`, `found_by`
========================================== =====================================================
"""

from d2l_utils.searches.brackets import halving_cost, halving_rounds, hyperband_brackets
from d2l_utils.searches.draws import expected_normal_best, expected_of_winner
from d2l_utils.searches.effects import variance_shares
from d2l_utils.searches.joint_table import JointTable, read_joint, train_row
from d2l_utils.searches.methods import (
    Found,
    Trial,
    grid_search,
    halving_search,
    one_at_a_time,
    random_search,
    tpe_search,
    train,
    winner,
)
from d2l_utils.searches.together import SharedTrial, search_together
from d2l_utils.searches.trials_chart import explore_trials, found_by

__all__ = [
    "Found",
    "JointTable",
    "SharedTrial",
    "Trial",
    "expected_normal_best",
    "expected_of_winner",
    "explore_trials",
    "found_by",
    "grid_search",
    "halving_cost",
    "halving_rounds",
    "halving_search",
    "hyperband_brackets",
    "one_at_a_time",
    "random_search",
    "read_joint",
    "search_together",
    "tpe_search",
    "train",
    "train_row",
    "variance_shares",
    "winner",
]
