import pytest
import torch

from d2l_utils import partition
from d2l_utils.partition.config import METHODS
from d2l_utils.partition.methods import PREPARE
from d2l_utils.partition.problem import Job, Place

pytestmark = pytest.mark.exercise(5)
CONFIG = partition.Config(sizes=(6, 8, 5, 4, 3), batch=12, microbatches=3, nproc=2)


def run(method: str) -> Job:
    job = PREPARE[method](CONFIG, Place(0, 1, torch.device("cpu")))
    job.step()
    return job


def test_every_documented_method_exists() -> None:
    assert list(PREPARE) == list(METHODS)


@pytest.mark.parametrize("method", ["accumulate", "checkpoint"])
def test_one_process_methods_give_the_gradient_of_the_whole_batch(method: str) -> None:
    expected, job = run("single"), run(method)
    for layer, W in job.weights.items():
        torch.testing.assert_close(W.grad, expected.weights[layer].grad, rtol=1e-13, atol=1e-15)
