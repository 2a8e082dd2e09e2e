"""The chart of pReLU's slopes; what it says is compared in the browser."""

from d2l_utils.activations import explore_prelu
from d2l_utils.activations.prelu_chart import RULES


def test_chart_draws_each_rule_and_is_the_same_every_time() -> None:
    first, second = explore_prelu().to_dict(), explore_prelu().to_dict()
    assert first == second
    assert all(f"'rule': '{rule}'" in str(first) for rule in RULES)
