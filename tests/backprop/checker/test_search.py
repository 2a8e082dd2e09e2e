import pytest
import torch

from d2l_utils.backprop.checker.check import check_backward
from d2l_utils.backprop.checker.mistakes import MISTAKES, PENALTY, SCALE, STRUCTURE, WHOLE
from d2l_utils.backprop.checker.own_numbers import with_a_number
from d2l_utils.backprop.checker.problems import random_problems, right_gradients
from d2l_utils.backprop.checker.search import Search, sets_of_mistakes
from d2l_utils.backprop.checker.wrong_gradients import Propagation, gradients_with

TOL = 1e-6
PROBLEMS = random_problems("tanh", "cross_entropy", seed=0)


def test_every_mistake_has_a_place_that_is_known() -> None:
    places = [*STRUCTURE, *SCALE, *PENALTY, *WHOLE]
    assert len(set(places)) == len(places)
    assert {mistake.place for mistake in MISTAKES.values()} == set(places)


def test_one_place_holds_one_mistake_of_the_parameter_and_the_loss() -> None:
    sets = sets_of_mistakes("W2", "squared", (*STRUCTURE, *SCALE), 2, without=("1/n twice",))
    assert sets[0] == frozenset()
    assert [len(made) for made in sets] == sorted(len(made) for made in sets)
    assert frozenset({"z for h", "1/n forgotten"}) in sets
    assert frozenset({"1/n forgotten", "loss part missing"}) not in sets  # one place
    listed = set().union(*sets)
    assert not listed & {"1/n twice", "φ' forgotten", "softmax forgotten", "penalty forgotten"}


def test_nothing_is_found_in_a_right_gradient_but_that_it_is_right() -> None:
    right = right_gradients(PROBLEMS[0])["W1"]
    found = list(Search(PROBLEMS[0]).fitting("W1", right, TOL, 1))
    assert found[0] == frozenset()
    # The slope of tanh is no mistake for tanh.
    assert set(found) == {frozenset(), frozenset({"slope of tanh"})}


def test_all_sets_up_to_a_size_are_found_and_no_larger_one() -> None:
    made = frozenset({"transposed", "1/n twice", "penalty halved"})
    got = gradients_with(made, PROBLEMS[0])["W1"]
    search = Search(PROBLEMS[0])
    assert made in list(search.fitting("W1", got, TOL, 3))
    assert list(search.fitting("W1", got, TOL, 2)) == []
    assert list(search.fitting("W1", got + 1e-3, TOL, 3)) == []


def test_a_gradient_of_a_shape_that_no_mistake_gives_fits_nothing() -> None:
    search = Search(PROBLEMS[0])
    for got in (torch.zeros(0), torch.zeros(7, 7), torch.zeros(2, 2, 2, 2), torch.zeros(())):
        assert list(search.fitting("W1", got.double(), TOL, 2)) == []


@pytest.mark.parametrize("step", [0.01, 0.37, 3.0])
def test_a_learning_rate_is_read_from_the_gradient(step: float) -> None:
    got = []
    for problem in PROBLEMS:
        propagation = Propagation(problem)
        propagation.amounts["W2 updated first"] = step
        made = frozenset({"W2 updated first", "penalty forgotten"})
        got.append(propagation.gradient("W1", made))
    expected = [("W2 updated first", "penalty forgotten")]
    assert with_a_number("W1", got, PROBLEMS, TOL) == expected
    got[-1] = got[-1] + 1e-3
    assert with_a_number("W1", got, PROBLEMS, TOL) == []


def test_a_learning_rate_that_differs_between_problems_is_not_claimed() -> None:
    got = []
    for step, problem in enumerate(PROBLEMS, 1):
        propagation = Propagation(problem)
        propagation.amounts["W2 updated first"] = step / 10
        got.append(propagation.gradient("b1", frozenset({"W2 updated first"})))
    assert with_a_number("b1", got, PROBLEMS, TOL) == []


def test_trying_everything_takes_few_computations(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong gradient of an unknown kind is compared with all that is known; no clock decides."""
    count = 0
    structure = Propagation.structure

    def counted(*args: object) -> torch.Tensor:
        nonlocal count
        count += 1
        return structure(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(Propagation, "structure", counted)
    report = check_backward(
        lambda X, y, W1, b1, W2, lambd: {"W1": W1.sin(), "b1": b1.sin(), "W2": W2.sin()}
    )
    assert report.mistakes == {}
    assert count < 12_000
