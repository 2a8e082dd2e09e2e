"""Kernels of this project log errors only: their start-up notes are not part of any result."""

c = get_config()  # noqa: F821  provided by IPython
c.IPKernelApp.log_level = 40
