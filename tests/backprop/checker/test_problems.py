import pytest
import torch

from d2l_utils.backprop.by_hand import forward
from d2l_utils.backprop.checker.problems import SIZES, random_problems
from d2l_utils.backprop.checker.unknown import only_where
from d2l_utils.backprop.derivatives import ACTIVATIONS, LOSSES

pytestmark = pytest.mark.exercise(2)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(5))
def test_problems_hide_nothing(activation: str, loss: str, seed: int) -> None:
    for problem, sizes in zip(random_problems(activation, loss, seed), SIZES, strict=True):
        assert len(set(sizes[:4])) == 4
        result = forward(**vars(problem))
        assert result.z.abs().min() >= 0.01  # no kink
        assert (result.z > 0).sum() >= 2  # units that are on
        assert (result.z < 0).sum() >= 2  # and off
        if loss == "cross_entropy":
            p = torch.softmax(result.o, 1)[range(len(result.z)), problem.y]
            assert p.min() >= 0.04
            assert p.max() <= 0.95


def test_several_problems_have_one_example_and_more_than_a_few_units() -> None:
    single = [sizes for sizes in SIZES if sizes[0] == 1]
    assert len(single) >= 3
    assert all(num_hiddens >= 4 for _, _, num_hiddens, _, _ in single)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("seed", range(30))
def test_a_slope_that_is_wrong_below_zero_is_wrong_for_one_example_too(
    activation: str, seed: int
) -> None:
    from d2l_utils.backprop.checker.other_activations import KNOWN_ACTIVATIONS

    slope = KNOWN_ACTIVATIONS[activation].slope
    for problem in random_problems(activation, "cross_entropy", seed):
        z = forward(**vars(problem)).z
        leaky = torch.where(z > 0, slope(z), 0.01)
        assert (leaky != slope(z)).any()


def test_what_is_common_is_said_only_of_all_such_problems_and_no_others() -> None:
    problems = random_problems("relu", "cross_entropy", 0)
    single = [len(problem.X) == 1 for problem in problems]
    free = [problem.lambd == 0 for problem in problems]
    assert only_where(single, problems) == (
        " It is right on the 3 problems with one example, and on no other."
    )
    assert only_where([not one for one in free], problems) == (
        " It is wrong on the problem where λ = 0, and on no other."
    )
    for index, good in enumerate(single):
        changed = [*single[:index], not good, *single[index + 1 :]]
        assert only_where(changed, problems) == ""
    assert only_where([False] * len(problems), problems) == ""
