"""A program that loads what every page loads, and makes of itself a kernel for each line it reads.

Each copy leads a session of its own, in the environment and the folder that its line asks for, and
begins as a process of its own would: it executes ``ipykernel_launcher``. `kernel_copies` uses it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import runpy
import sys

LOADED = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "ipykernel.ipkernel", "d2l_utils", "altair"),
    *("torch._dynamo", "pandas", "scipy.stats", "sklearn.linear_model", "sympy"),
)
"""What a kernel itself and the first cell of every page import, what draws charts, and what is slow
to load for several pages; torch's first optimizer loads ``_dynamo``. No page has the names of these
modules before it imports them, and so none lacks an import unnoticed."""


def serve() -> None:
    """Make a copy for each line, until there are no more."""
    del sys.path[0]  # the folder of this file
    for name in LOADED:
        importlib.import_module(name)
    for line in sys.stdin:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):  # those that have ended
                pass
        if os.fork() == 0:
            become_kernel(**json.loads(line))


def become_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Execute the launcher of kernels with these arguments, and never return."""
    os.setsid()
    os.write(sys.stdout.fileno(), f"{os.getpid()}\n".encode())
    for stream in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    os.chdir(folder)
    os.environ.update(environment)
    for name in ("torch", "numpy.random"):  # as at the start of a process
        generator = importlib.import_module(name)
        generator.seed()  # the standard library does so by itself
    sys.path.insert(0, folder)
    sys.argv[1:] = [*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
    os._exit(0)


if __name__ == "__main__":
    serve()
