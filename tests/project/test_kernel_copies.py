"""A kernel that nbval starts as a copy is as one that was started by itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from tests.kernel_copies import KernelCopies, Provisioner
from tests.patience import SECONDS
from tests.processes import is_running, wait_until

Start = Callable[[Path], tuple[KernelManager, BlockingKernelClient]]


@pytest.fixture(scope="module")
def copies() -> Iterator[KernelCopies]:
    """The plugin, whose server serves all tests."""
    copies = KernelCopies()
    yield copies
    copies.pytest_sessionfinish()


@pytest.fixture
def start(copies: KernelCopies, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts kernels in a folder as nbval does, and ends them."""
    monkeypatch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", "copy")
    started: list[tuple[KernelManager, BlockingKernelClient]] = []

    def begin(folder: Path) -> tuple[KernelManager, BlockingKernelClient]:
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(cwd=str(folder))
        client = manager.client()
        started.append((manager, client))
        client.start_channels()
        client.wait_for_ready(timeout=SECONDS)
        return manager, client

    yield begin
    for manager, client in started:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def say(client: BlockingKernelClient, expression: str) -> Any:
    """The value of an expression in a kernel, or the name of its error."""
    reply = client.execute_interactive(
        "", user_expressions={"it": expression}, timeout=SECONDS, output_hook=lambda _: None
    )
    found = reply["content"]["user_expressions"]["it"]
    return eval(found["data"]["text/plain"]) if found["status"] == "ok" else found["ename"]


def test_copies_are_kernels_of_their_own(start: Start, tmp_path: Path) -> None:
    (tmp_path / "beside_the_page.py").touch()
    (_, first), (_, second) = start(tmp_path), start(Path.cwd())
    assert say(first, "__import__('os').getcwd()") == str(tmp_path)
    assert say(first, "__import__('os').environ['PYTHON_COLORS']") == "0"
    assert say(first, "__import__('os').getsid(0) == __import__('os').getpid()") is True
    assert say(first, "(__name__, __import__('threading').main_thread().name)") == (
        "__main__",
        "MainThread",
    )
    # Loaded beforehand, but not known before the page imports it.
    assert say(first, "'torch' in __import__('sys').modules") is True
    assert [say(first, name) for name in ("torch", "altair", "LOADED", "json")] == ["NameError"] * 4
    assert say(first, "__import__('beside_the_page').__name__") == "beside_the_page"
    assert say(second, "__import__('beside_the_page').__name__") == "ModuleNotFoundError"
    for draw in (
        "__import__('random').random()",
        "__import__('torch').rand(()).item()",
        "__import__('numpy').random.rand()",
    ):
        assert say(first, draw) != say(second, draw)


def test_copy_can_be_interrupted_and_ends_with_its_manager_or_its_server(
    start: Start, tmp_path: Path
) -> None:
    (manager, client), (left, _) = start(tmp_path), start(tmp_path)
    message = client.execute("import time\nprint('begun')\nwhile True: time.sleep(0.01)")
    while client.get_iopub_msg(timeout=SECONDS)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=SECONDS)
    while reply["parent_header"].get("msg_id") != message:
        reply = client.get_shell_msg(timeout=SECONDS)
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    pids = [each.provisioner.pid for each in (manager, left)]  # type: ignore[union-attr]
    assert manager.is_alive()
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    assert wait_until(lambda: not is_running(pids[0]))
    assert left.is_alive()
    Provisioner.stop()
    assert wait_until(lambda: not left.is_alive())
    assert not is_running(pids[1])


def test_kernels_start_as_usual_where_processes_have_no_descriptors(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    _, client = start(tmp_path)
    assert say(client, "'torch' in __import__('sys').modules") is False


def test_only_what_nbval_starts_is_a_copy(copies: KernelCopies) -> None:
    factory = KernelProvisionerFactory.instance()

    class IPyNbFile:
        parent = None

    class Item:
        def __init__(self, parent: object) -> None:
            self.parent = parent

    for parent, expected in ((IPyNbFile(), "copy"), (object(), "local-provisioner")):
        around = copies.pytest_runtest_setup(Item(parent))  # type: ignore[arg-type]
        next(around)
        assert factory.default_provisioner_name == expected
        with pytest.raises(StopIteration):
            next(around)
        assert factory.default_provisioner_name == "local-provisioner"
