"""What a start fixes: symmetries, products of layers, layerwise rates (D2L 5.2 and 5.4).

============================================== =======================================
to test whether a map of parameters keeps L    `loss_invariance`
to bound the singular values of a product      `singular_bounds`
to predict how many random factors scale       `lyapunov_exponents`
to measure it                                  `measured_exponents`
to see products of factors of two kinds        `explore_products`, `condition_numbers`
to train each layer at a rate of its own       `Lars`
to know the variances of a scheme              `init_variance`
to know how often a ReLU unit starts off       `dead_probability`
to see the steps it takes                      `explore_steps`, `layer_steps`
============================================== =======================================
"""

from d2l_utils.initialization.dead import dead_probability
from d2l_utils.initialization.lars import Lars
from d2l_utils.initialization.lyapunov import lyapunov_exponents, measured_exponents
from d2l_utils.initialization.products_chart import condition_numbers, explore_products
from d2l_utils.initialization.singular import Bound, singular_bounds
from d2l_utils.initialization.steps_chart import LayerSteps, explore_steps, layer_steps
from d2l_utils.initialization.symmetry import loss_invariance
from d2l_utils.initialization.variance import Variances, init_variance

__all__ = [
    "Bound",
    "Lars",
    "LayerSteps",
    "Variances",
    "condition_numbers",
    "dead_probability",
    "explore_products",
    "explore_steps",
    "init_variance",
    "layer_steps",
    "loss_invariance",
    "lyapunov_exponents",
    "measured_exponents",
    "singular_bounds",
]
