"""What a computation costs: operations and nodes counted, running times compared.

============================================== ==============================
to count floating-point operations             `flops`
to predict them for an MLP                     `mlp_flops`
to count the nodes of a derivative's graph     `count_nodes`, `node_law`
to compare two running times on one machine    `time_ratio`
============================================== ==============================
"""

from d2l_utils.costs.flop_counts import MlpFlops, flops, mlp_flops
from d2l_utils.costs.node_counts import NodeLaw, count_nodes, node_law
from d2l_utils.costs.timing import time_ratio

__all__ = ["MlpFlops", "NodeLaw", "count_nodes", "flops", "mlp_flops", "node_law", "time_ratio"]
