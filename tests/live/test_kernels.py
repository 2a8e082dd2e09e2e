"""How long the live book keeps a kernel: as long as a page is connected, whatever it does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from d2l_book.live import kernels
from d2l_book.live.connection import MOST, PageConnection
from d2l_book.live.kernels import Kernels, Recent


class FakeKernel:
    """A kernel as the culler sees it."""

    def __init__(self, execution_state: str = "idle") -> None:
        self.execution_state = execution_state


def run(script: Callable[[Kernels, list[str]], Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run a script with a manager of one kernel, "k"; return the kernels that were stopped."""
    stopped: list[str] = []

    async def stop(self: Kernels, kernel_id: str, now: bool = False, restart: bool = False) -> None:
        stopped.append(kernel_id)
        self._kernels.pop(kernel_id, None)

    async def main() -> None:
        manager = Kernels(cull_idle_timeout=1)
        manager._kernels["k"] = FakeKernel("busy")  # type: ignore[assignment]
        manager._kernel_connections["k"] = 0
        await script(manager, stopped)

    monkeypatch.setattr(Kernels, "shutdown_kernel", stop)
    monkeypatch.setattr(Kernels, "start_buffering", lambda *_: None)
    # In a thread of its own: in this one the browser's event loop may be running.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(main())).result()
    return stopped


def age(manager: Kernels, seconds: float) -> None:
    """Make a kernel that is alone as if it had been for longer."""
    for each in manager._alone_since:
        manager._alone_since[each] -= seconds


def test_busy_kernel_without_a_page_is_stopped_and_not_before_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def script(manager: Kernels, stopped: list[str]) -> None:
        manager.notify_connect("k")
        manager.notify_disconnect("k")  # the browser has crashed
        await manager.cull_kernels()
        assert stopped == []
        age(manager, 1.5)
        await manager.cull_kernels()

    assert run(script, monkeypatch) == ["k"]


def test_kernel_that_never_had_a_page_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(manager: Kernels, stopped: list[str]) -> None:
        await manager.cull_kernels()
        assert stopped == []
        age(manager, 1.5)
        await manager.cull_kernels()

    assert run(script, monkeypatch) == ["k"]


def test_connected_kernel_stays_however_long_it_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(manager: Kernels, stopped: list[str]) -> None:
        manager.notify_connect("k")
        manager.notify_connect("k")
        manager.notify_disconnect("k")  # one of two tabs
        manager._kernels["k"].execution_state = "idle"  # type: ignore[attr-defined]
        age(manager, 1e6)
        await manager.cull_kernels()

    assert run(script, monkeypatch) == []


def test_kernel_of_a_page_that_was_left_is_stopped_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "GRACE_SECONDS", 0.01)

    async def script(manager: Kernels, stopped: list[str]) -> None:
        manager.notify_connect("k")
        manager.notify_disconnect("k")
        manager.leave("k")
        await asyncio.sleep(0.2)

    assert run(script, monkeypatch) == ["k"]


@pytest.mark.parametrize("stays", [True, False])
def test_kernel_stays_if_its_page_is_back(monkeypatch: pytest.MonkeyPatch, stays: bool) -> None:
    monkeypatch.setattr(kernels, "GRACE_SECONDS", 0.05)

    async def script(manager: Kernels, stopped: list[str]) -> None:
        manager.notify_connect("k")
        manager.notify_disconnect("k")
        manager.leave("k")
        manager.notify_connect("k")
        if not stays:  # the connection of the page that came back is cut
            await asyncio.sleep(0.01)
            manager.notify_disconnect("k")
        await asyncio.sleep(0.2)

    assert run(script, monkeypatch) == []


def test_only_the_newest_messages_are_kept_for_a_page_that_is_cut_off() -> None:
    recent = Recent(limit=10)
    for number in range(5):
        recent.append(("iopub", [b"abc", bytes([number])]))
    assert [message[1][1][0] for message in recent] == [3, 4]
    recent.append(("shell", [b"x" * 100]))  # the newest is kept, however long
    assert [message[0] for message in recent] == ["shell"]
    assert len(recent) == 1


def test_no_more_of_a_cell_is_passed_on_than_its_page_shows() -> None:
    connection = PageConnection.__new__(PageConnection)
    connection._answers, connection._said = None, 0
    assert not connection.exceeds("a", "stream", 10 * MOST)  # the first is passed on, however long
    assert connection.exceeds("a", "stream", 1)
    assert connection.exceeds("a", "display_data", 1)
    assert not connection.exceeds("a", "error", 10 * MOST)
    assert not connection.exceeds("a", "status", 1)
    assert not connection.exceeds("b", "stream", 1)  # another cell
    assert not connection.exceeds("b", "stream", 10 * MOST)
    assert not connection.exceeds("b", "clear_output", 1)
    assert not connection.exceeds("b", "stream", 1)
    assert sum(not connection.exceeds("c", "display_data", 10) for _ in range(2000)) == 1001
