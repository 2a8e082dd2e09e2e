"""What a page shows: figures, charts, tables and graphs that store the same bytes everywhere.

===================================== =========================================
to begin a notebook                   `set_up_notebook`
to draw with matplotlib and store SVG `new_figure`, `show` (a `Picture`)
to show an interactive chart          `show` (a `Chart`)
to show a table                       `Table`
to put two pictures side by side      `side_by_side`
to draw a graph written in DOT        `render_dot`
to show code from its own file        `show_source`, `count_lines`
===================================== =========================================
"""

from d2l_utils.display.dot import render_dot
from d2l_utils.display.figures import COLORS, SERIES, Chart, Picture, new_figure, show
from d2l_utils.display.notebook import set_up_notebook
from d2l_utils.display.panels import SideBySide, side_by_side
from d2l_utils.display.source import Source, count_lines, show_source
from d2l_utils.display.tables import Table

__all__ = [
    "COLORS",
    "SERIES",
    "Chart",
    "Picture",
    "SideBySide",
    "Source",
    "Table",
    "count_lines",
    "new_figure",
    "render_dot",
    "set_up_notebook",
    "show",
    "show_source",
    "side_by_side",
]
