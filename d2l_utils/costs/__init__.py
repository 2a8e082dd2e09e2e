"""What a computation costs: operations and nodes counted, running times compared.

============================================== =================================================
to count floating-point operations             `flops`
to predict them for an MLP                     `mlp_flops`
to count the nodes of a derivative's graph     `count_nodes`, `node_law`
to compare two running times on one machine    `time_ratio`
to see where rows and columns lie in memory    `row_alignment`, `column_lines`, `column_sets`
to count the misses of a cache                 `cache_misses`
to know what bounds a matrix product           `product_intensity`, `roofline`, `explore_roofline`
============================================== =================================================
"""

from d2l_utils.costs.flop_counts import MlpFlops, flops, mlp_flops
from d2l_utils.costs.layout import cache_misses, column_lines, column_sets, row_alignment
from d2l_utils.costs.node_counts import NodeLaw, count_nodes, node_law
from d2l_utils.costs.rooflines import Product, explore_roofline, product_intensity, roofline
from d2l_utils.costs.timing import time_ratio

__all__ = [
    "MlpFlops",
    "NodeLaw",
    "Product",
    "cache_misses",
    "column_lines",
    "column_sets",
    "count_nodes",
    "explore_roofline",
    "flops",
    "mlp_flops",
    "node_law",
    "product_intensity",
    "roofline",
    "row_alignment",
    "time_ratio",
]
