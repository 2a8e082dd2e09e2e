"""Second derivatives of a loss (D2L 5.3, exercise 4).

============================================== =========================================
to multiply by the Hessian                     `hvp` (`HVP_MODES`), `hvp_by_hand`
to have all of it, or its Gauss-Newton part    `hessian`, `gauss_newton`
to estimate its trace or diagonal              `hutchinson_trace`, `hutchinson_diagonal`
to treat parameters as one vector              `flatten`, `unflatten`, `matrix_of`
to see what it costs                           `cost_table`, `explore_costs`
to see its entries                             `matrix_picture`
to have all derivatives of one variable        `d2l_utils.curvature.taylor`
============================================== =========================================
"""

from d2l_utils.curvature.charts import cost_table, explore_costs, matrix_picture
from d2l_utils.curvature.gauss_newton_matrix import gauss_newton, gauss_newton_product
from d2l_utils.curvature.hutchinson import Estimate, hutchinson_diagonal, hutchinson_trace
from d2l_utils.curvature.parameters import flatten, matrix_of, parameter_slices, unflatten
from d2l_utils.curvature.products import HVP_MODES, gradient, hessian, hvp
from d2l_utils.curvature.r_operator import hvp_by_hand

__all__ = [
    "HVP_MODES",
    "Estimate",
    "cost_table",
    "explore_costs",
    "flatten",
    "gauss_newton",
    "gauss_newton_product",
    "gradient",
    "hessian",
    "hutchinson_diagonal",
    "hutchinson_trace",
    "hvp",
    "hvp_by_hand",
    "matrix_of",
    "matrix_picture",
    "parameter_slices",
    "unflatten",
]
