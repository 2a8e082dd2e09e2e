"""One training step over several processes (D2L 5.3, exercise 5).

``python -m d2l_utils.partition --help`` runs it from a shell.

============================================= =============================================
to run methods in processes of their own      `run`, with a `Config`
to run any program in several processes       `run_ranks`; what can go wrong: `RankError`
to cut a chain of layers into stages          `d2l_utils.partition.stages`
to simulate a pipeline's schedule             `d2l_utils.partition.schedules`
to measure checkpointing                      `d2l_utils.partition.checkpointing`
to plan for a model that fits nowhere         `d2l_utils.partition.planning`
============================================= =============================================
"""

from d2l_utils.partition.config import Config
from d2l_utils.partition.launcher import run_ranks
from d2l_utils.partition.rank_errors import RankError
from d2l_utils.partition.results import Result, run

__all__ = ["Config", "RankError", "Result", "run", "run_ranks"]
