"""Many networks trained at once, and what their results can and cannot tell.

==================================== ===========================================================
to train networks of one shape       `start_many`, then `fit_many`
to compare two of them               `paired_difference`, on the same examples or the same seeds
to plan how many pairs it takes      `runs_needed`; to show many comparisons: `forest_plot`
to state a mean or a share           `mean_interval`, `share_interval`
to judge a search of k trials        `expected_best`
to show runs                         `table_of_means`, `chart_of_means`
to read a grid that takes minutes    `read_sweep`; to train an entry of it again, `train_setting`
to let a reader move                 `explore_widths`, `explore_signal`, `explore_rates`,
                                     `explore_budgets`
==================================== ===========================================================

Choose on validation examples, and report test examples once. Vary the order of the batches with the
start: the last step of a constant rate depends on both.
"""

from d2l_utils.experiments.budgets_chart import explore_budgets
from d2l_utils.experiments.forest_chart import forest_plot
from d2l_utils.experiments.intervals import (
    Comparison,
    Interval,
    mean_interval,
    paired_difference,
    share_interval,
)
from d2l_utils.experiments.many import Curves, Networks, fit_many, start_many
from d2l_utils.experiments.power import runs_needed
from d2l_utils.experiments.rates_chart import explore_rates
from d2l_utils.experiments.reports import chart_of_means, table_of_means
from d2l_utils.experiments.search import expected_best
from d2l_utils.experiments.signal_chart import explore_signal
from d2l_utils.experiments.sweeps import (
    ACTIVATIONS,
    Outcome,
    Setting,
    Sweep,
    read_sweep,
    train_setting,
)
from d2l_utils.experiments.width_chart import explore_widths

__all__ = [
    "ACTIVATIONS",
    "Comparison",
    "Curves",
    "Interval",
    "Networks",
    "Outcome",
    "Setting",
    "Sweep",
    "chart_of_means",
    "expected_best",
    "explore_budgets",
    "explore_rates",
    "explore_signal",
    "explore_widths",
    "fit_many",
    "forest_plot",
    "mean_interval",
    "paired_difference",
    "read_sweep",
    "runs_needed",
    "share_interval",
    "start_many",
    "table_of_means",
    "train_setting",
]
