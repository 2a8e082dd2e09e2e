"""Forward and backward propagation by hand (D2L section 5.3).

================================================= ===============================
to propagate by hand, one hidden layer            `forward`, `backward`
to do it step by step, with numbers               `step_through`, `tiny_example`
to change the settings meanwhile                  `step_through_variants`, `other_example`
to have the objective as a function of parameters `objective`, `mlp`, `init_mlp`
to see one entry of a gradient move               `explore_gradient`
to have functions of a matrix with gradients      `matrix_functions`
to have your own backward pass checked            `d2l_utils.check_backward`
================================================= ===============================
"""

from d2l_utils.backprop.by_hand import backward, forward
from d2l_utils.backprop.explorer import explore_gradient
from d2l_utils.backprop.functional_mlp import init_mlp, loss_of, mlp, objective, penalty
from d2l_utils.backprop.matrix_zoo import MatrixFunction, matrix_functions
from d2l_utils.backprop.stepper import Step, Stepper, step_through, tiny_example
from d2l_utils.backprop.stepper_variants import (
    StepperVariants,
    other_example,
    step_through_variants,
)

__all__ = [
    "MatrixFunction",
    "Step",
    "Stepper",
    "StepperVariants",
    "backward",
    "explore_gradient",
    "forward",
    "init_mlp",
    "loss_of",
    "matrix_functions",
    "mlp",
    "objective",
    "other_example",
    "penalty",
    "step_through",
    "step_through_variants",
    "tiny_example",
]
