"""An engine for derivatives, small enough to read, with what proves it (exercise 6 of the draft).

============================================ =====================================================
to differentiate numbers                     `Value`
to differentiate arrays, as often as needed  `Tensor`, `grad`, `no_grad`
the order of a sweep                         `topological_order`
every small program, and its derivative      `programs`, `Dual`, `first_failure`
the chain rule path by path, and counted     `path_products`, `path_totals`, `count_edges`,
                                             `count_sweep`, `bottlenecks`
what a computation with tensors does         `count_operations`
known mistakes, and our engine with them     `MISTAKES`, `RESOURCES`, `engine_with`
the same for arrays, and what shows them     `ARRAY_MISTAKES`, `ARRAY_RESOURCES`,
                                             `tensor_engine_with`, `ARRAY_CHECKS`,
                                             `failing_checks`
to judge a reader's own engine               `check_engine`, `check_array_engine`
what an engine wastes                        `observed`
to see sweeps in four orders, paths grow     `draw_sweeps`, `sweep_steps`, `sweep_table`,
                                             `draw_path_counts`
============================================ =====================================================
"""

from d2l_utils.autograd.array_check import check_array_engine, failing_checks
from d2l_utils.autograd.array_mistakes import (
    ARRAY_MISTAKES,
    ARRAY_RESOURCES,
    tensor_engine_with,
)
from d2l_utils.autograd.array_programs import ARRAY_CHECKS
from d2l_utils.autograd.charts import draw_path_counts, draw_sweeps
from d2l_utils.autograd.check import check_engine
from d2l_utils.autograd.counting import Operations, count_operations
from d2l_utils.autograd.mistakes import MISTAKES, RESOURCES, Mistake, engine_with
from d2l_utils.autograd.observations import observed
from d2l_utils.autograd.order import topological_order
from d2l_utils.autograd.paths import (
    Tally,
    bottlenecks,
    count_edges,
    count_sweep,
    path_products,
    path_totals,
)
from d2l_utils.autograd.programs import Dual, Program, first_failure, programs
from d2l_utils.autograd.reports import EngineReport
from d2l_utils.autograd.scalar import Value
from d2l_utils.autograd.sweeps import sweep_steps, sweep_table
from d2l_utils.autograd.tensor import Tensor, grad, no_grad

__all__ = [
    "ARRAY_CHECKS",
    "ARRAY_MISTAKES",
    "ARRAY_RESOURCES",
    "MISTAKES",
    "RESOURCES",
    "Dual",
    "EngineReport",
    "Mistake",
    "Operations",
    "Program",
    "Tally",
    "Tensor",
    "Value",
    "bottlenecks",
    "check_array_engine",
    "check_engine",
    "count_edges",
    "count_operations",
    "count_sweep",
    "draw_path_counts",
    "draw_sweeps",
    "engine_with",
    "failing_checks",
    "first_failure",
    "grad",
    "no_grad",
    "observed",
    "path_products",
    "path_totals",
    "programs",
    "sweep_steps",
    "sweep_table",
    "tensor_engine_with",
    "topological_order",
]
