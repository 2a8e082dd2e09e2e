"""Start the kernels of nbval as copies of one process, for a page's shortest work is to load torch.

`kernel_server` says what a copy holds at its beginning. Where a process cannot be told by a file
descriptor (all systems but Linux), and for other kernels than IPython's, kernels start as usual.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

SERVER = Path(__file__).with_name("kernel_server.py")
OF_ONE_PROCESS = ("JPY_", "PYTEST_")
"""How the variables begin whose values differ from kernel to kernel."""


class Server:
    """The process that is copied, for one environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def copy(self, **order: Any) -> Copy:
        """A kernel with arguments, in a folder and an environment."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Copy(int(self.process.stdout.readline()))

    def stop(self) -> None:
        """End it; a copy that is left ends by itself, as its parent is gone."""
        self.process.communicate()


class Copy:
    """What the manager of a kernel needs of its process, which is not a child here."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)
        self._ended = False

    def poll(self) -> int | None:
        """None while it runs, and then 0: how it ended is not known."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it ends."""
        if not self._ended and select.select([self._descriptor], [], [], timeout)[0]:
            os.close(self._descriptor)
            self._ended = True
        return 0 if self._ended else None

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if not self._ended:
            signal.pidfd_send_signal(self._descriptor, number)


class Provisioner(LocalProvisioner):
    """Starts a kernel as a copy where it can."""

    server: tuple[dict[str, str], Server] | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start it; its output goes nowhere, as nbval wants."""
        environment: dict[str, str] = kwargs["env"]
        if not hasattr(os, "pidfd_open") or cmd[:3] != [sys.executable, "-m", "ipykernel_launcher"]:
            return await super().launch_kernel(cmd, **kwargs)
        self.cwd = kwargs.get("cwd") or os.getcwd()
        server = self._server_in(environment)
        self.process = server.copy(arguments=cmd[3:], folder=self.cwd, environment=environment)
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    @classmethod
    def _server_in(cls, environment: dict[str, str]) -> Server:
        lasting = {k: v for k, v in environment.items() if not k.startswith(OF_ONE_PROCESS)}
        if cls.server is None or cls.server[0] != lasting:
            cls.stop()
            cls.server = (lasting, Server(lasting))
        return cls.server[1]

    @classmethod
    def stop(cls) -> None:
        """End the server, if there is one."""
        if cls.server is not None:
            cls.server[1].stop()
            cls.server = None


class KernelCopies:
    """pytest's plugin that has the kernels of nbval started so, and no others."""

    name = "copy"

    def __init__(self) -> None:
        value = f"{Provisioner.__module__}:{Provisioner.__name__}"
        group = KernelProvisionerFactory.GROUP_NAME
        KernelProvisionerFactory.provisioners[self.name] = EntryPoint(self.name, value, group)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Name the provisioner while a notebook's kernel may be started."""
        if type(item.parent).__name__ != "IPyNbFile":
            return (yield)
        factory = KernelProvisionerFactory.instance()
        before, factory.default_provisioner_name = factory.default_provisioner_name, self.name
        try:
            return (yield)
        finally:
            factory.default_provisioner_name = before

    def pytest_sessionfinish(self) -> None:
        """End the server."""
        Provisioner.stop()
