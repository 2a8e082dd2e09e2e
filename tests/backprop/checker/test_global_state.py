import random
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from d2l_utils.backprop.checker.global_state import GENERATORS, SWITCHES, global_state_kept

CHANGES: dict[str, Callable[[], object]] = {
    "default device": lambda: torch.set_default_device("meta"),
    "default dtype": lambda: torch.set_default_dtype(torch.float16),
    "gradients": lambda: torch.set_grad_enabled(not torch.is_grad_enabled()),
    "threads": lambda: torch.set_num_threads(torch.get_num_threads() + 1),
    "deterministic algorithms": lambda: torch.use_deterministic_algorithms(True, warn_only=True),
    "anomaly detection": lambda: torch.autograd.set_detect_anomaly(True, check_nan=False),
    "precision of float32 products": lambda: torch.set_float32_matmul_precision("high"),
    "threads of backward passes": lambda: torch.autograd.set_multithreading_enabled(False),
    "oneDNN": lambda: torch.backends.mkldnn.set_flags(not torch.backends.mkldnn.enabled),
    "numpy's floating-point errors": lambda: np.seterr(all="ignore"),
    "numpy's print options": lambda: np.set_printoptions(precision=2),
    "recursion limit": lambda: sys.setrecursionlimit(sys.getrecursionlimit() + 1),
}
DRAWS: dict[str, tuple[Callable[[int], object], Callable[[], float]]] = {
    "torch, on the CPU": (torch.manual_seed, lambda: torch.rand(()).item()),
    "random": (random.seed, random.random),
    "numpy": (np.random.seed, np.random.rand),
}


def test_every_setting_is_tested() -> None:
    assert CHANGES.keys() == SWITCHES.keys()
    assert DRAWS.keys() == GENERATORS.keys()


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_put_back(name: str, fails: bool) -> None:
    setting = SWITCHES[name]
    before = setting.read()
    try:
        with global_state_kept():
            CHANGES[name]()
            assert setting.read() != before
            if fails:
                raise LookupError
    except LookupError:
        assert fails
    after = setting.read()
    setting.write(before)  # should the test fail, the next ones are not spoiled
    assert after == before


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("name", GENERATORS)
def test_a_generator_goes_on_as_if_nothing_had_been_drawn(name: str, fails: bool) -> None:
    seed, draw = DRAWS[name]
    seed(7)
    expected = [draw(), draw()]
    seed(7)
    assert draw() == expected[0]
    try:
        with global_state_kept():
            seed(8)
            assert draw() not in expected
            if fails:
                raise LookupError
    except LookupError:
        assert fails
    assert draw() == expected[1]


def test_drawing_without_seeding_is_undone_too() -> None:
    for seed, draw in DRAWS.values():
        seed(7)
        expected = draw()
        seed(7)
        with global_state_kept():
            draw()
        assert draw() == expected


def test_an_unchanged_switch_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, setting in list(SWITCHES.items()):
        monkeypatch.setitem(SWITCHES, name, setting._replace(write=pytest.fail))
    with global_state_kept():
        pass


def test_what_is_set_around_it_holds_inside() -> None:
    torch.manual_seed(7)
    expected = torch.rand(())
    torch.manual_seed(7)
    with torch.no_grad(), global_state_kept():
        assert not torch.is_grad_enabled()
        assert torch.equal(torch.rand(()), expected)
