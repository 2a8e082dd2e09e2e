from d2l_utils.activations import explore_chain


def test_chart_is_the_same_every_time() -> None:
    assert explore_chain().to_dict() == explore_chain().to_dict()
