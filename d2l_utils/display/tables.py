"""Tables that a notebook stores as accessible HTML and as plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from d2l_utils.border import Words, checked

Cell = str | int
"""What a table may hold. Floats are refused: round them first, so that stored output is stable."""

_NUMBER = re.compile(
    r"[+\-−±<>≤≥≈]?\s?\d[\d,./]*(?:[eE][+-]?\d+)?(?:\s?(?:%|B|KiB|MiB|GiB|kB|MB|GB))?"
)
"""A cell that is one number, possibly with a sign, a relation in front or a unit behind."""


class Table:
    """A table with column headings, a caption and row headings in its first column.

    Integers are written with thousands separators and aligned to the right, as are strings that
    hold one number.

    Attributes:
        caption: What the table shows.
        columns: Column headings.
        rows: The cells as displayed.
    """

    @checked
    def __init__(
        self, columns: Sequence[str], rows: Sequence[Sequence[Cell]], caption: Words
    ) -> None:
        """Create a table.

        Args:
            columns: Column headings, at least one; a blank one heads nothing.
            rows: One sequence of cells per row, each as long as `columns`.
            caption: What the table shows, in words.

        Raises:
            TypeError: If a cell is neither a string nor an integer.
            ValueError: If a row's length differs from the number of columns, there is no column,
                or the caption is blank.
        """
        if not columns:
            raise ValueError("columns: expected at least one heading, got none")
        if not caption.strip():
            raise ValueError("caption: expected a description of the table, got a blank string")
        for index, row in enumerate(rows):
            if len(row) != len(columns):
                raise ValueError(f"row {index}: expected {len(columns)} cells, got {len(row)}")
        self.caption = caption
        self.columns = tuple(columns)
        self.rows = tuple(tuple(_text(cell) for cell in row) for row in rows)

    def __repr__(self) -> str:
        widths = [
            max(len(row[i]) for row in (self.columns, *self.rows)) for i in range(len(self.columns))
        ]
        lines = [self.caption, ""]
        for row in (self.columns, tuple("-" * width for width in widths), *self.rows):
            cells = [
                cell.rjust(width) if _is_numeric(cell) else cell.ljust(width)
                for cell, width in zip(row, widths, strict=True)
            ]
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(_html_heading(name) for name in self.columns)
        body = "\n".join(f"<tr>{_html_row(row)}</tr>" for row in self.rows)
        return (
            f'<table class="d2l-table">\n<caption>{escape(self.caption)}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        )


def _html_heading(name: str) -> str:
    # An empty heading would be announced as one: the corner of a table is a cell like any other.
    return f'<th scope="col">{escape(name)}</th>' if name.strip() else "<td></td>"


def _html_row(row: tuple[str, ...]) -> str:
    cells = [f'<th scope="row">{escape(row[0])}</th>']
    for cell in row[1:]:
        align = ' style="text-align: right"' if _is_numeric(cell) else ""
        cells.append(f"<td{align}>{escape(cell)}</td>")
    return "".join(cells)


def _text(cell: Cell) -> str:
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        raise TypeError(f"cell: expected a string or an integer, got {cell!r}")
    return f"{cell:,}" if isinstance(cell, int) else cell


def _is_numeric(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None
