import pytest
import torch
from torch import nn

from d2l_utils.partition_config import PartitionConfig
from d2l_utils.partition_methods import PREPARE
from d2l_utils.partition_problem import Job, Place, make_data, make_weight
from d2l_utils.partition_worker import joined, one_step, reference_gradients
from d2l_utils.rank_guard import RENDEZVOUS
from d2l_utils.rank_reports import VARIABLES

pytestmark = pytest.mark.exercise(5)
CONFIG = PartitionConfig(sizes=(5, 7, 3), batch=11, lambd=0.3)


def test_reference_is_the_gradient_of_j_by_hand() -> None:
    X, y = make_data(CONFIG)
    W1, W2 = make_weight(CONFIG, 0), make_weight(CONFIG, 1)
    z = X @ W1.T
    h = z.clamp(min=0)
    dJ_do = (torch.softmax(h @ W2.T, 1) - torch.eye(3, dtype=torch.float64)[y]) / len(X)
    dJ_dz = (dJ_do @ W2) * (z > 0)
    gradients = reference_gradients(CONFIG)
    torch.testing.assert_close(gradients[1], dJ_do.T @ h + 0.3 * W2, rtol=1e-13, atol=1e-15)
    torch.testing.assert_close(gradients[0], dJ_dz.T @ X + 0.3 * W1, rtol=1e-13, atol=1e-15)


def test_one_step_adds_the_penalty_and_forgets_old_gradients() -> None:
    job = PREPARE["single"](CONFIG, Place(0, 1, torch.device("cpu")))
    for _ in range(2):
        one_step(job, CONFIG)
    for layer, expected in reference_gradients(CONFIG).items():
        torch.testing.assert_close(job.weights[layer].grad, expected, rtol=1e-13, atol=1e-15)


def test_a_step_that_reaches_no_gradient_is_noticed() -> None:
    job = Job(lambda: None, {0: nn.Parameter(torch.zeros(3, 5))}, ())
    with pytest.raises(RuntimeError, match="expected a gradient for every weight, got none"):
        one_step(job, CONFIG)


def test_missing_gpus_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    for name, value in (("RANK", "0"), ("WORLD_SIZE", "2"), ("LOCAL_RANK", "0")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    monkeypatch.setenv(RENDEZVOUS, "/nowhere")
    with (
        pytest.raises(ValueError, match="device: expected 2 GPUs on this machine, got 0"),
        joined("cuda", 5.0),
    ):
        pass


def test_a_process_without_a_place_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with (
        pytest.raises(ValueError, match=r"environment: expected RANK, .* got none"),
        joined("cpu", 5),
    ):
        pass
