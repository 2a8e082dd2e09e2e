import pytest
from optuna.pruners import HyperbandPruner

from d2l_utils.searches import halving_cost, halving_rounds, hyperband_brackets


def test_halving_keeps_one_in_eta() -> None:
    assert halving_rounds(9, 1, 8) == [(9, 1), (4, 2), (2, 4), (1, 8)]
    assert halving_rounds(9, 1, 9, eta=3) == [(9, 1), (3, 3), (1, 9)]


def test_no_epoch_is_paid_twice() -> None:
    trained = [8, 4] + [2] * 2 + [1] * 5  # of nine settings, one by one
    assert halving_cost(9, 1, 8) == sum(trained) == 21


def test_a_last_round_that_is_no_power_is_refused() -> None:
    with pytest.raises(ValueError, match="longest: expected 1 times a power of 2, got 9"):
        halving_rounds(4, 1, 9)


def test_brackets_are_those_of_the_paper() -> None:
    found = hyperband_brackets(81, eta=3)
    assert [bracket[0] for bracket in found] == [(81, 1), (34, 3), (15, 9), (8, 27), (5, 81)]
    assert found[0] == [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]
    assert found[1] == [(34, 3), (11, 9), (3, 27), (1, 81)]


@pytest.mark.parametrize(("longest", "eta"), [(81, 3), (32, 2), (16, 4), (1, 3)])
def test_there_are_as_many_brackets_as_optuna_makes(longest: int, eta: int) -> None:
    pruner = HyperbandPruner(min_resource=1, max_resource=longest, reduction_factor=eta)
    pruner._try_initialization(study=None)  # type: ignore[arg-type]
    found = hyperband_brackets(longest, eta)
    assert len(found) == len(pruner._pruners)
    assert all(bracket[-1][1] == longest and bracket[-1][0] >= 1 for bracket in found)
