from d2l_utils.activations import explore_company
from d2l_utils.activations.company_chart import FIXED


def test_inputs_that_stay_add_up_to_zero() -> None:
    # the chart's formula of the mean, the fourth input over four, rests on it
    assert sum(FIXED) == 0


def test_chart_is_the_same_every_time() -> None:
    assert explore_company().to_dict() == explore_company().to_dict()
