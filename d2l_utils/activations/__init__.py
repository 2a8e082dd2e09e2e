"""What a nonlinearity does to a network (D2L 5.1).

============================================== ==============================================
to move the parameters of activation functions `explore_prelu`, `explore_swish`
to see what a narrow linear layer loses        `explore_rank`
============================================== ==============================================
"""

from d2l_utils.activations.prelu_chart import explore_prelu
from d2l_utils.activations.rank_chart import explore_rank
from d2l_utils.activations.swish_chart import explore_swish, swish_points

__all__ = ["explore_prelu", "explore_rank", "explore_swish", "swish_points"]
