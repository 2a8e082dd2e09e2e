"""The kernels of the live book: which Python they are, and how long they stay."""

from __future__ import annotations

import asyncio
import subprocess
from collections import deque
from collections.abc import Iterator
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.services.contents.manager import AsyncContentsManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import IOLoop
from traitlets import default

GRACE_SECONDS = 20.0
"""How long a kernel outlives the page that was left, in case the page is only loaded again."""

KEPT_BYTES = 4 * 2**20
"""How much of what a kernel says is kept for a page whose connection is cut."""

Message = tuple[str, list[bytes]]


class OwnPython(KernelSpecManager):
    """Knows one kernel: the Python that serves the book, whatever else is installed."""

    @default("kernel_dirs")
    def _no_folders(self) -> list[str]:
        return []


class NoFiles(AsyncContentsManager):
    """Offers no files: Jupyter's own managers serve every file of the folder they start in."""

    def get_extra_handlers(self) -> list[Any]:
        """Return no addresses."""
        return []


class Recent:
    """A list of messages that forgets the oldest when it gets too large.

    Args:
        limit: The bytes to keep at most, the newest message aside.
    """

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self.limit, self.size = limit, 0
        self.kept: deque[Message] = deque()

    def append(self, message: Message) -> None:
        """Add a message, and forget old ones."""
        self.kept.append(message)
        self.size += self._weight(message)
        while self.size > self.limit and len(self.kept) > 1:
            self.size -= self._weight(self.kept.popleft())

    def __len__(self) -> int:
        """Return the number of messages kept."""
        return len(self.kept)

    def __iter__(self) -> Iterator[Message]:
        """Iterate over the messages kept, the oldest first."""
        return iter(self.kept)

    @staticmethod
    def _weight(message: Message) -> int:
        return sum(map(len, message[1]))


class Kernels(AsyncMappingKernelManager):
    """Stops kernels that no page is connected to, whatever they are doing.

    A kernel with a page stays, busy or not. Jupyter judges by activity instead, by which a loop
    that prints for a browser that has crashed is worth keeping for ever.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._alone_since: dict[str, float] = {}

    def notify_disconnect(self, kernel_id: str) -> None:
        """Notice that a page is gone."""
        super().notify_disconnect(kernel_id)
        if not self._kernel_connections.get(kernel_id):
            self._alone_since[kernel_id] = IOLoop.current().time()

    def notify_connect(self, kernel_id: str) -> None:
        """Notice that a page is there."""
        super().notify_connect(kernel_id)
        self._alone_since.pop(kernel_id, None)

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel."""
        self._alone_since.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)

    def leave(self, kernel_id: str) -> None:
        """Stop a kernel soon if the page that has just gone was its last, and none comes back."""
        since = self._alone_since.get(kernel_id)
        if since is not None:
            IOLoop.current().call_later(GRACE_SECONDS, self._stop_left, kernel_id, since)

    async def _stop_left(self, kernel_id: str, since: float) -> None:
        if kernel_id in self and self._alone_since.get(kernel_id) == since:
            await self.shutdown_kernel(kernel_id)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Stop a kernel if no page has been connected to it for long, or if it is dead."""
        now = IOLoop.current().time()
        if self._kernel_connections.get(kernel_id):
            return
        alone = now - self._alone_since.setdefault(kernel_id, now)
        dead = getattr(self._kernels[kernel_id], "execution_state", None) == "dead"
        if dead or alone > self.cull_idle_timeout:
            await self.shutdown_kernel(kernel_id)

    def start_buffering(self, kernel_id: str, session_key: str, channels: dict[str, Any]) -> None:
        """Keep what a kernel says until its page is back, but only so much of it."""
        super().start_buffering(kernel_id, session_key, channels)
        if kernel_id in self._kernel_buffers:
            self._kernel_buffers[kernel_id]["buffer"] = Recent()

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Start a kernel; what it says of its own accord goes nowhere, cells answer in the page."""
        kwargs |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        kernel_id: str = await super().start_kernel(**kwargs)
        return kernel_id

    async def shutdown_kernel(  # type: ignore[override]
        self, kernel_id: str, now: bool = False, restart: bool = False
    ) -> None:
        """Stop a kernel; one that still starts has nothing to clean up, and is not asked."""
        starts = getattr(self._kernels.get(kernel_id), "execution_state", None) == "starting"
        await super().shutdown_kernel(kernel_id, now=now or starts, restart=restart)

    async def shutdown_all(self, now: bool = False) -> None:  # type: ignore[override]
        """Stop all kernels, also if one of them never started or does not want to."""
        # One that fails to start stays in Jupyter's list of those that are starting.
        await asyncio.gather(*self._pending_kernels.values(), return_exceptions=True)
        stops = (self.shutdown_kernel(each, now=now) for each in self.list_kernel_ids())
        await asyncio.gather(*stops, return_exceptions=True)
