"""Data sets that pages share, readable without a network.

============================================ =================================================
to train on pictures of clothes              `fashion_mnist`: a sample, or the set you have
to know which data a page ran on             the ``source`` of what it returns, and its text
============================================ =================================================
"""

from d2l_utils.data.fashion import Examples, Roles, fashion_mnist

__all__ = ["Examples", "Roles", "fashion_mnist"]
