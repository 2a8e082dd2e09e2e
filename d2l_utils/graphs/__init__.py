"""Computational graphs: what autograd recorded, and what the text draws.

======================================= ==================
to draw the graph autograd recorded     `draw`
to draw the graph of the text           `draw_textbook`
to draw what a derivative adds to it    `draw_derivatives`
======================================= ==================
"""

from d2l_utils.graphs.derivatives import DerivativeGraph, draw_derivatives
from d2l_utils.graphs.graph import Graph, draw
from d2l_utils.graphs.record import Edge, Node
from d2l_utils.graphs.textbook import TextbookGraph, TextbookNode, draw_textbook

__all__ = [
    "DerivativeGraph",
    "Edge",
    "Graph",
    "Node",
    "TextbookGraph",
    "TextbookNode",
    "draw",
    "draw_derivatives",
    "draw_textbook",
]
