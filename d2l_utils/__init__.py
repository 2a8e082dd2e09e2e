"""Code behind the worked-solutions book for Dive into Deep Learning.

Models and training in D2L's vocabulary, and the tools with which the book checks its answers:
computational graphs, derivatives by hand, memory, curvature and partitioning. Every name below is
public; the modules say what one can do with them.
"""

from d2l_utils.backward_checker import check_backward
from d2l_utils.board import ProgressBoard
from d2l_utils.checks import (
    CheckError,
    check_at_most,
    check_close,
    check_equal,
    check_true,
    relative_error,
)
from d2l_utils.counting import MlpFlops, NodeLaw, count_nodes, flops, mlp_flops, node_law
from d2l_utils.curvature import HVP_MODES, gradient, hessian, hvp
from d2l_utils.curvature_charts import cost_explorer, cost_table, matrix_picture
from d2l_utils.data import DataModule, SyntheticClassification, TensorData, TensorLoader
from d2l_utils.derivative_graph import DerivativeGraph, draw_derivative_graph
from d2l_utils.dot import render_dot
from d2l_utils.figures import COLORS, SERIES, Chart, Picture, new_figure, show
from d2l_utils.functional_mlp import init_mlp, loss_of, mlp, objective, penalty
from d2l_utils.gauss_newton_matrix import gauss_newton, gauss_newton_product
from d2l_utils.gradient_explorer import gradient_explorer
from d2l_utils.gradients import (
    MatrixFunction,
    central_difference,
    default_step,
    matrix_functions,
)
from d2l_utils.graph import Graph, draw_graph
from d2l_utils.hutchinson import Estimate, hutchinson_diagonal, hutchinson_trace
from d2l_utils.launch import run_ranks
from d2l_utils.memory import MemoryFootprint, largest_batch, memory_footprint
from d2l_utils.memory_events import MemoryEvent
from d2l_utils.memory_explorer import memory_explorer
from d2l_utils.memory_meter import MemoryMeasurement, measure_memory
from d2l_utils.memory_program import MemoryProgram, memory_program
from d2l_utils.memory_saved import SavedTensor, distinct_bytes, saved_tensors
from d2l_utils.memory_views import memory_ledger, memory_timeline, phase_table
from d2l_utils.models import MulMLP, MulMLPScratch, WeightDecayMLPScratch
from d2l_utils.module import Classifier, Module
from d2l_utils.notebook import set_up_notebook
from d2l_utils.optim import SGD
from d2l_utils.parameters import flatten, matrix_of, parameter_slices, unflatten
from d2l_utils.partition_config import PartitionConfig
from d2l_utils.partition_results import PartitionResult, run_partition
from d2l_utils.r_operator import hvp_by_hand
from d2l_utils.rank_errors import RankError
from d2l_utils.record import Edge, Node
from d2l_utils.side_by_side import SideBySide, side_by_side
from d2l_utils.stepper import Step, Stepper, stepper, tiny_example
from d2l_utils.summary import Summary, summarize
from d2l_utils.tables import Table
from d2l_utils.textbook_graph import TextbookGraph, TextbookNode, textbook_graph
from d2l_utils.timing import time_ratio
from d2l_utils.trainer import History, Trainer

__all__ = [
    "COLORS",
    "HVP_MODES",
    "SERIES",
    "SGD",
    "Chart",
    "CheckError",
    "Classifier",
    "DataModule",
    "DerivativeGraph",
    "Edge",
    "Estimate",
    "Graph",
    "History",
    "MatrixFunction",
    "MemoryEvent",
    "MemoryFootprint",
    "MemoryMeasurement",
    "MemoryProgram",
    "MlpFlops",
    "Module",
    "MulMLP",
    "MulMLPScratch",
    "Node",
    "NodeLaw",
    "PartitionConfig",
    "PartitionResult",
    "Picture",
    "ProgressBoard",
    "RankError",
    "SavedTensor",
    "SideBySide",
    "Step",
    "Stepper",
    "Summary",
    "SyntheticClassification",
    "Table",
    "TensorData",
    "TensorLoader",
    "TextbookGraph",
    "TextbookNode",
    "Trainer",
    "WeightDecayMLPScratch",
    "central_difference",
    "check_at_most",
    "check_backward",
    "check_close",
    "check_equal",
    "check_true",
    "cost_explorer",
    "cost_table",
    "count_nodes",
    "default_step",
    "distinct_bytes",
    "draw_derivative_graph",
    "draw_graph",
    "flatten",
    "flops",
    "gauss_newton",
    "gauss_newton_product",
    "gradient",
    "gradient_explorer",
    "hessian",
    "hutchinson_diagonal",
    "hutchinson_trace",
    "hvp",
    "hvp_by_hand",
    "init_mlp",
    "largest_batch",
    "loss_of",
    "matrix_functions",
    "matrix_of",
    "matrix_picture",
    "measure_memory",
    "memory_explorer",
    "memory_footprint",
    "memory_ledger",
    "memory_program",
    "memory_timeline",
    "mlp",
    "mlp_flops",
    "new_figure",
    "node_law",
    "objective",
    "parameter_slices",
    "penalty",
    "phase_table",
    "relative_error",
    "render_dot",
    "run_partition",
    "run_ranks",
    "saved_tensors",
    "set_up_notebook",
    "show",
    "side_by_side",
    "stepper",
    "summarize",
    "textbook_graph",
    "time_ratio",
    "tiny_example",
    "unflatten",
]
