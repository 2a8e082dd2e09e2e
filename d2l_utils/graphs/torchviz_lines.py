"""What torchviz writes about a graph, read back line by line.

torchviz draws; it has no other way to ask it for nodes and edges than the DOT source of its
drawing. A line of a form that is not known here is an error, not a gap in the graph.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import NamedTuple

from torch import Tensor

_NODE = re.compile(r'^\t(\d+) \[label="?(.*?)"?(?: fillcolor=(\w+))?\]\s*$', re.DOTALL)

_BARE_NODE = re.compile(r"^\t(\d+) \[label=(\w+)\]\s*$")

_LINK = re.compile(r"^\t(\d+) -> (\d+)(?: \[(dir=none|style=dotted)\])?\s*$")

_COLOR_ROLE = {
    "lightblue": "parameter",
    "orange": "saved",
    "darkolivegreen1": "output",
    "darkolivegreen3": "output",
}


class Label(NamedTuple):
    """What is written in a node of torchviz's drawing.

    Attributes:
        text: One or two lines: a function or a tensor's name, and a tensor's shape.
        color: The fill colour; empty for a function.
    """

    text: str
    color: str

    @property
    def role(self) -> str:
        """``"parameter"``, ``"operation"``, ``"saved"`` or ``"output"``."""
        return _COLOR_ROLE.get(self.color, "operation")

    @property
    def title(self) -> str:
        """The first line."""
        return self.text.split("\n")[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor that the node is."""
        digits = re.findall(r"\d+", self.text[self.text.rindex("(") :])
        return tuple(int(size) for size in digits)


class Link(NamedTuple):
    """A line between two nodes, which torchviz knows by memory address.

    Attributes:
        first: Where it starts; for a saved tensor, the function that saved it.
        second: Where it ends.
        style: Empty, ``"dir=none"`` to a saved tensor or ``"style=dotted"`` to a view.
    """

    first: int
    second: int
    style: str


def torchviz_graph(outputs: tuple[Tensor, ...], saved: bool) -> tuple[dict[int, Label], list[Link]]:
    """Let torchviz walk the graph of some results, and read what it found.

    Args:
        outputs: Computed results, of any shape.
        saved: Whether to show the tensors kept for the backward pass.

    Returns:
        Memory address -> label, and the links.

    Raises:
        RuntimeError: If torchviz writes a line of an unknown form.
    """
    with warnings.catch_warnings():
        # torchviz compares versions with distutils, which only its authors can change.
        warnings.filterwarnings("ignore", "distutils Version classes", DeprecationWarning)
        from torchviz import make_dot

        return read_lines(make_dot(outputs, show_saved=saved).body)


def read_lines(lines: Iterable[str]) -> tuple[dict[int, Label], list[Link]]:
    """Read lines of torchviz's DOT source.

    Args:
        lines: One node or link each.

    Returns:
        Memory address -> label, and the links.

    Raises:
        RuntimeError: If a line has an unknown form.
    """
    labels: dict[int, Label] = {}
    links: list[Link] = []
    for line in lines:
        if link := _LINK.match(line):
            links.append(Link(int(link[1]), int(link[2]), link[3] or ""))
        elif bare := _BARE_NODE.match(line):
            labels[int(bare[1])] = Label(bare[2], "")
        elif node := _NODE.match(line):
            labels[int(node[1])] = Label(node[2].strip(), node[3] or "")
        else:
            raise RuntimeError(f"unexpected line in torchviz's output: {line!r}")
    return labels, links
