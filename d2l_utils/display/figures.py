"""Figures that store as deterministic, themed, described SVG, and charts that store as Vega-Lite.

A notebook's stored output is compared byte for byte when the book is tested, so a picture must not
contain a date, a random id or a font-dependent layout, and a reader who cannot see it must find the
same content in words. `show` takes care of both: it turns a matplotlib figure into SVG, or an
Altair chart into its Vega-Lite specification, and refuses to do so without alternative text.

Colours are named. Inside the book each name is a CSS variable that follows the light or dark theme;
elsewhere (JupyterLab, GitHub, a saved file) the light value written behind it applies.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, overload

from d2l_utils.border import Count, Positive, Words, checked
from d2l_utils.display import chart_width
from d2l_utils.display.matplotlib_setup import load_matplotlib
from d2l_utils.display.svg import described, standalone

if TYPE_CHECKING:
    import altair
    from matplotlib.figure import Figure as MatplotlibFigure

COLORS: dict[str, str] = {
    "ink": "#1a1a1a",  # text, axes, arrows
    "paper": "#fffffe",  # background; not pure white, so that white stays available
    "grid": "#d5d5d4",
    "blue": "#0072b2",  # from here: series, distinguishable by colour-blind readers (Okabe-Ito)
    "orange": "#c25000",
    "green": "#007a5a",
    "purple": "#a6558a",
    "amber": "#8f6400",
    "sky": "#2f8fc4",
}
"""Name -> light-theme value. Use these in figures; the book's stylesheet holds the dark values."""

SERIES: tuple[str, ...] = tuple(
    COLORS[name] for name in ("blue", "orange", "green", "purple", "amber", "sky")
)
"""The colours of data series, in the order in which they are used."""

TEXT_ON_FILL = "#111111"
"""Text on a light fill. Not a named colour: the fills stay light in the dark theme, so it stays
dark."""

_HEX_IN_STYLE = re.compile(r"#[0-9a-f]{6}")
_PAINT_ATTRIBUTE = re.compile(r'(?<=\s)(fill|stroke)="([^"]*)"')
_NAME_OF = {value: name for name, value in COLORS.items()}


class _Described:
    """Something to display that cannot be had without its description."""

    MIME: ClassVar[str]

    def __init__(self, content: object, alt: str) -> None:
        self._content = content
        self.alt = check_alt(alt)

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return data and metadata; the book reads the alternative text from the latter."""
        data = {self.MIME: self._content, "text/plain": self.alt}
        return data, {self.MIME: {"alt": self.alt}}


class Picture(_Described):
    """An SVG with its description, displayed by Jupyter, GitHub and the book.

    Attributes:
        svg: The markup, starting with ``<svg``.
        alt: What the picture shows, in words.
    """

    MIME = "image/svg+xml"

    @checked
    def __init__(self, svg: str, alt: Words) -> None:
        super().__init__(svg, alt)
        self.svg = svg


class Chart(_Described):
    """An interactive Vega-Lite chart with its description.

    Attributes:
        spec: The Vega-Lite 5 specification. A notebook stores it with `chart_width.fixed`.
        alt: What the chart shows, in words.
    """

    MIME = "application/vnd.vegalite.v5+json"

    @checked
    def __init__(self, spec: dict[str, Any], alt: Words) -> None:
        super().__init__(chart_width.fixed(spec), alt)
        self.spec = spec


@overload
def show(figure: MatplotlibFigure, alt: Words) -> Picture: ...


@overload
def show(figure: altair.TopLevelMixin, alt: Words) -> Chart: ...


@checked
def show(figure: MatplotlibFigure | altair.TopLevelMixin, alt: Words) -> Picture | Chart:
    """Turn a figure into something whose stored output never changes by itself.

    Args:
        figure: A matplotlib figure (closed afterwards) or an Altair chart.
        alt: What a reader who cannot see the figure needs to know: what it shows and what follows.

    Returns:
        A `Picture` or a `Chart`; make it the last expression of a cell.

    Raises:
        TypeError: If `figure` is neither, or `alt` is not a string.
        ValueError: If `alt` is blank.
    """
    check_alt(alt)
    altair = sys.modules.get("altair")
    if altair is not None and isinstance(figure, altair.TopLevelMixin):
        return Chart(figure.properties(description=alt).to_dict(), alt)
    figure_module = sys.modules.get("matplotlib.figure")
    if figure_module is not None and isinstance(figure, figure_module.Figure):
        return Picture(_matplotlib_svg(figure, alt), alt)
    raise TypeError(f"expected a matplotlib Figure or an Altair chart, got {type(figure).__name__}")


@checked
def new_figure(
    width: Positive = 5.2, height: Positive = 3.2, columns: Count = 1, rows: Count = 1
) -> tuple[MatplotlibFigure, Any]:
    """Create a matplotlib figure in the book's look, without touching pyplot's global state.

    Args:
        width: Width in inches; 5.2 keeps the text readable on a phone.
        height: Height in inches.
        columns: Number of plots side by side.
        rows: Number of plots one above the other.

    Returns:
        The figure and its axes: one, or an array of them, in rows if there are several of each.
    """
    load_matplotlib()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_matplotlib_style()):
        figure = Figure(figsize=(width, height))
        axes = figure.subplots(rows, columns)
    return figure, axes


def menu(name: str, label: str, options: Sequence[int | str], value: int | str) -> altair.Parameter:
    """Let the reader of a chart choose a value from a menu that a keyboard can operate.

    Args:
        name: What the chart's expressions call the value. Not a name of Vega's own: a parameter
            called ``width`` would be the width of the chart.
        label: What stands before the menu.
        options: The values to choose from.
        value: The one that is chosen at first.

    Returns:
        The parameter, for a chart's ``add_params``.
    """
    import altair

    bind = altair.binding_select(options=list(options), name=label)
    return altair.param(name, value=value, bind=bind)


def check_alt(alt: str) -> str:
    """Return `alt` if it says something, else raise.

    Args:
        alt: What a picture or a chart shows, in words.

    Raises:
        TypeError: If `alt` is not a string.
        ValueError: If `alt` is blank.
    """
    if not isinstance(alt, str):
        raise TypeError(f"alt: expected a string, got {type(alt).__name__}")
    if not alt.strip():
        raise ValueError("alt: expected a description of the figure, got a blank string")
    return alt


def finished(svg: str, alt: str) -> str:
    """Turn what a drawing program wrote into a picture of the book.

    Args:
        svg: Markup as written by matplotlib or Graphviz, in the values of `COLORS`.
        alt: What the picture shows.

    Returns:
        The markup, starting with ``<svg``: standalone, described and themed.
    """
    return themed(described(standalone(svg), alt)).rstrip() + "\n"


def themed(svg: str) -> str:
    """Replace each named colour in an SVG by its CSS variable, keeping the light value behind it.

    Args:
        svg: Markup using the values of `COLORS`, in ``style`` or in ``fill``/``stroke`` attributes.

    Returns:
        The same picture, able to follow the page's theme.
    """
    return re.sub(r"<[a-zA-Z][^<>]*>", lambda match: _themed_tag(match[0]), svg)


def _themed_tag(tag: str) -> str:
    """Move named colours into the tag's one style, where alone a CSS variable is understood."""
    tag = _PAINT_ATTRIBUTE.sub(_paint_as_style, tag)
    styles = re.findall(r'\sstyle="([^"]*)"', tag)
    if len(styles) > 1:
        tag = re.sub(r'\sstyle="[^"]*"', "", tag)
        end = "/>" if tag.endswith("/>") else ">"
        tag = f'{tag[: -len(end)]} style="{"; ".join(styles)}"{end}'
    return re.sub(r'(?<=\sstyle=")[^"]*', lambda style: _HEX_IN_STYLE.sub(_variable, style[0]), tag)


def _paint_as_style(attribute: re.Match[str]) -> str:
    paint, value = attribute[1], attribute[2].lower()
    return f'style="{paint}: {value}"' if value in _NAME_OF else attribute[0]


def _variable(color: re.Match[str]) -> str:
    name = _NAME_OF.get(color[0])
    return f"var(--d2l-{name}, {color[0]})" if name else color[0]


def _matplotlib_style() -> dict[Any, Any]:
    from cycler import cycler

    ink, paper = COLORS["ink"], COLORS["paper"]
    return {
        "svg.hashsalt": "d2l",  # fixed ids instead of random ones
        "svg.fonttype": "none",  # text stays text: selectable and small
        "font.family": ["DejaVu Sans"],  # shipped with matplotlib: the same layout everywhere
        "font.size": 10.5,
        "figure.constrained_layout.use": True,
        "figure.facecolor": paper,
        "axes.facecolor": paper,
        "axes.edgecolor": ink,
        "axes.labelcolor": ink,
        "axes.titlesize": "medium",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": cycler(color=SERIES),
        "text.color": ink,
        "xtick.color": ink,
        "ytick.color": ink,
        "grid.color": COLORS["grid"],
        "legend.frameon": False,
    }


def _matplotlib_svg(figure: MatplotlibFigure, alt: str) -> str:
    import matplotlib as mpl

    buffer = io.StringIO()
    _set_ink(figure)
    with mpl.rc_context(_matplotlib_style()):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)
    return finished(buffer.getvalue(), alt)


def _set_ink(figure: MatplotlibFigure) -> None:
    """Give the ink's colour to what was added after `new_figure`, under matplotlib's own style."""
    from matplotlib.text import Text

    for axes in figure.axes:
        legend = axes.get_legend()
        if legend is not None:
            legend.set_frame_on(False)
    for text in figure.findobj(Text):
        if isinstance(text, Text) and text.get_color() in ("black", "#000000"):
            text.set_color(COLORS["ink"])
