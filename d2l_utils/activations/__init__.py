"""What a nonlinearity does to a network (D2L 5.1 and 5.2).

============================================== =======================================
to move the parameters of activation functions `explore_prelu`, `explore_swish`
to see what a narrow linear layer loses        `explore_rank`
to see two nets train                          `explore_training`
to see which class one hidden unit chooses     `explore_envelope`
to find the highest of several lines           `upper_envelope`, exact
to run layers given as pairs (W, b)            `run_layers`, `layers_of`
to write a tanh net as a sigmoid net, and back `tanh_to_sigmoid`, `sigmoid_to_tanh`
to have the pieces of a ReLU net on the line   `activation_pieces`, exact
to have its cells in the plane                 `activation_cells`, exact
to move a point through them                   `explore_cells`
to see where gradients vanish                  `layer_gradient_norms`, `explore_chain`
to see what a minibatch does to an example     `explore_company`
============================================== =======================================

Layers are pairs as in the text's ``Z = X W + b``: W of shape (inputs, outputs), b of shape
(outputs,). The activation stands after each of them but the last.
"""

from d2l_utils.activations.cells import Cell, activation_cells
from d2l_utils.activations.cells_chart import explore_cells
from d2l_utils.activations.chain_chart import explore_chain
from d2l_utils.activations.company_chart import explore_company
from d2l_utils.activations.envelope import Stretch, upper_envelope
from d2l_utils.activations.envelope_chart import explore_envelope
from d2l_utils.activations.equivalent_nets import sigmoid_to_tanh, tanh_to_sigmoid
from d2l_utils.activations.gradient_norms import layer_gradient_norms
from d2l_utils.activations.layers import Layers, layers_of, run_layers
from d2l_utils.activations.pieces import Piece, activation_pieces
from d2l_utils.activations.prelu_chart import explore_prelu
from d2l_utils.activations.rank_chart import explore_rank
from d2l_utils.activations.swish_chart import explore_swish, swish_points
from d2l_utils.activations.training_chart import explore_training

__all__ = [
    "Cell",
    "Layers",
    "Piece",
    "Stretch",
    "activation_cells",
    "activation_pieces",
    "explore_cells",
    "explore_chain",
    "explore_company",
    "explore_envelope",
    "explore_prelu",
    "explore_rank",
    "explore_swish",
    "explore_training",
    "layer_gradient_norms",
    "layers_of",
    "run_layers",
    "sigmoid_to_tanh",
    "swish_points",
    "tanh_to_sigmoid",
    "upper_envelope",
]
