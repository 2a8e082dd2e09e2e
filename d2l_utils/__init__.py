"""Code behind the worked-solutions book for Dive into Deep Learning.

The names below are what nearly every page uses. The rest is reached through its topic, for example
``from d2l_utils import memory``; each topic's package says what one can do there:

============== ========================================================================
display        figures, charts, tables, drawn graphs, the first cell of a notebook
checks         claims that are checked, checks of arguments, difference quotients
data           data sets that are read without a network
training       modules, models, data, the optimizer, the trainer and its board
experiments    many networks at once, intervals, what a search is worth
searches       ways to search hyperparameters, over a table of stored trainings
graphs         what autograd recorded, the text's graph, the graph of a derivative
costs          operations counted, nodes counted, running times compared
backprop       forward and backward by hand, and a checker for a reader's own
memory         bytes of training and prediction: formula, program, measurement
autograd       an engine for derivatives, small enough to read, and what proves it
activations    nonlinearities: their slopes, and what they do to a network
curvature      products with the Hessian, the Hessian, traces, Taylor mode
initialization symmetries, products of random layers, a rate for each layer
generalization what descent and penalties leave out, bounds and their worth, stopping
dropout        every mask at once, random masks, other noise, thinned networks
houses         house sales, their split, metric, folds and submission
partition      one training step over several processes
============== ========================================================================
"""

from d2l_utils.backprop.checker.check import check_backward
from d2l_utils.checks.claims import (
    CheckError,
    check_at_most,
    check_close,
    check_equal,
    check_true,
    relative_error,
)
from d2l_utils.checks.difference_quotients import central_difference
from d2l_utils.display.figures import COLORS, SERIES, Chart, Picture, new_figure, show
from d2l_utils.display.notebook import set_up_notebook
from d2l_utils.display.panels import side_by_side
from d2l_utils.display.tables import Table
from d2l_utils.training.board import ProgressBoard
from d2l_utils.training.data import DataModule, SyntheticClassification, TensorData
from d2l_utils.training.models import MulMLP, MulMLPScratch, WeightDecayMLPScratch
from d2l_utils.training.module import Classifier, Module
from d2l_utils.training.optim import SGD
from d2l_utils.training.trainer import Trainer

__all__ = [
    "COLORS",
    "SERIES",
    "SGD",
    "Chart",
    "CheckError",
    "Classifier",
    "DataModule",
    "Module",
    "MulMLP",
    "MulMLPScratch",
    "Picture",
    "ProgressBoard",
    "SyntheticClassification",
    "Table",
    "TensorData",
    "Trainer",
    "WeightDecayMLPScratch",
    "central_difference",
    "check_at_most",
    "check_backward",
    "check_close",
    "check_equal",
    "check_true",
    "new_figure",
    "relative_error",
    "set_up_notebook",
    "show",
    "side_by_side",
]
