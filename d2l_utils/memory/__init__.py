"""Bytes of training and prediction (D2L 5.3, exercise 3).

====================================== ==============================================
to predict them by arithmetic          `footprint`; the largest batch: `largest_batch`
to have the program it describes       `program`
to measure any call                    `measure`
to list what autograd keeps            `saved_tensors`, `distinct_bytes`
to show them                           `ledger`, `phase_table`, `timeline_chart`
to play with the formula               `explore`
to summarize a model, layer by layer   `summarize`
====================================== ==============================================
"""

from d2l_utils.memory.events import Event
from d2l_utils.memory.explorer import explore
from d2l_utils.memory.formula import Footprint, footprint, largest_batch
from d2l_utils.memory.meter import Measurement, measure
from d2l_utils.memory.programs import Program, program
from d2l_utils.memory.saved import SavedTensor, distinct_bytes, saved_tensors
from d2l_utils.memory.summary import Summary, summarize
from d2l_utils.memory.views import ledger, phase_table, timeline_chart

__all__ = [
    "Event",
    "Footprint",
    "Measurement",
    "Program",
    "SavedTensor",
    "Summary",
    "distinct_bytes",
    "explore",
    "footprint",
    "largest_batch",
    "ledger",
    "measure",
    "phase_table",
    "program",
    "saved_tensors",
    "summarize",
    "timeline_chart",
]
