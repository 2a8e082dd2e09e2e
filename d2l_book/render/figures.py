"""How figures and charts of a notebook reach the page.

MyST-NB would store an SVG as a file behind ``<img>``, out of reach of the page's style sheet and of
screen readers, and would not know a Vega-Lite chart at all. `FigureRenderer` writes both into the
page: the SVG inline, so that its colours follow the theme, and the chart as its specification, a
still picture of it, and room for the live version that ``chart.js`` draws.

A check (`d2l_utils.checks.record`) becomes an item of a list; see `d2l_book.render.checks`.

Registered in ``pyproject.toml`` under ``myst_nb.mime_renderers``.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer

from d2l_book.render import vega
from d2l_book.render.checks import checks_list
from d2l_utils.checks.record import MIME as CHECK
from d2l_utils.display.figures import COLORS
from d2l_utils.display.svg import described

SVG = "image/svg+xml"
CHART = "application/vnd.vegalite.v5+json"

_ID = re.compile(r'(?<=\sid=")[^"]+')
_REFERENCE = re.compile(r'(url\(#|href="#|aria-labelledby="|aria-describedby=")([^")\s]+)')
_STYLE = re.compile(r"(<style[^>]*>)(.*?)(</style>)", re.DOTALL)
_SELECTOR = re.compile(r"([^{}@;]+)(?=\{)")


class FigureRenderer:
    """MyST-NB plugin that renders `SVG`, `CHART` and `CHECK` outputs."""

    mime_priority_overrides: ClassVar[list[tuple[str, str, int | None]]] = [
        ("html", CHART, 5),
        ("*", CHECK, 5),
    ]

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """Render one output.

        Args:
            renderer: Gives access to the build's log.
            data: The output, its metadata and its place in the notebook.
            inline: Whether it stands inside a sentence; then it is left to MyST-NB.

        Returns:
            The figure as one raw node, a check as a list of one item, or None for every other
            type of output.
        """
        if not inline and data.mime_type == CHECK and isinstance(data.content, dict):
            return [checks_list([data.content])]
        if inline or data.mime_type not in (SVG, CHART):
            return None
        alt = str(data.output_metadata.get(data.mime_type, {}).get("alt", "")).strip()
        for problem in problems(data, alt):
            message = f"cell {data.cell_index}, output {data.output_index}: {problem}"
            renderer.logger.warning(message, subtype="figure", line=data.line)
        name = figure_id(data)
        html = (
            svg_figure(data.string, alt, name)
            if data.mime_type == SVG
            else chart_figure(_specification(data.content), alt, name)
        )
        return [nodes.raw(text=html, format="html", classes=["output"])]


def problems(data: MimeData, alt: str) -> list[str]:
    """Say what would keep readers from a figure.

    Args:
        data: The output.
        alt: Its alternative text.
    """
    found = []
    if not alt:
        found.append("a figure has no alternative text; use d2l.show(figure, alt=...)")
    if data.mime_type == CHART:
        spec = _specification(data.content)
        for name in vega.reserved_parameters(spec):
            found.append(f"a chart's parameter is named {name!r}, which is Vega's own; rename it")
        for name in vega.absent_transforms(vega.compiled(vega.styled(spec))):
            found.append(f"a chart needs {name!r}, which {vega.RUNTIME} was made without")
    return found


def figure_id(data: MimeData) -> str:
    """Return an id that no other figure of the page has and that only its content changes."""
    content = data.content if isinstance(data.content, str) else json.dumps(data.content)
    key = f"{data.cell_index}/{data.output_index}/{content}"
    return f"fig-{hashlib.sha256(key.encode()).hexdigest()[:10]}"


def svg_figure(svg: str, alt: str, name: str) -> str:
    """Return an inline figure.

    Args:
        svg: Markup that contains one ``<svg>`` element.
        alt: The figure's accessible name.
        name: The figure's id, also put in front of every id inside.
    """
    svg = separated(svg[svg.index("<svg") :].strip(), name)
    return f'<figure class="d2l-figure" id="{name}">\n{described(svg, alt)}\n</figure>'


def chart_figure(spec: vega.Spec, alt: str, name: str) -> str:
    """Return a chart: room for the live version, the still picture and the specification.

    Args:
        spec: The Vega-Lite specification.
        alt: The chart's accessible name.
        name: The chart's id.
    """
    spec = vega.styled(spec)
    picture = described(separated(vega.still(spec), name), alt)
    # A "<" could end the script element early.
    text = json.dumps(chart_data(spec), separators=(",", ":")).replace("<", r"\u003c")
    return (
        f'<figure class="d2l-chart" id="{name}">\n'
        '<div class="d2l-chart-live" hidden>'
        '<div class="d2l-chart-controls"></div><div class="d2l-chart-plot"></div></div>\n'
        f'<div class="d2l-chart-still">{picture}</div>\n'
        f'<script type="application/json">{text}</script>\n'
        "</figure>"
    )


def chart_data(spec: vega.Spec) -> dict[str, Any]:
    """Return what ``chart.js`` draws a chart from: its Vega, and the colours that follow a theme.

    Args:
        spec: A specification from `vega.styled`.
    """
    return {
        "spec": vega.compiled(spec),
        "colors": {value: key for key, value in COLORS.items()},
    }


def separated(svg: str, name: str) -> str:
    """Keep an SVG's ids and style rules to itself.

    Args:
        svg: The markup.
        name: Prefix for ids, and id of the element that the style rules are limited to.
    """
    ids = set(_ID.findall(svg))

    def reference(match: re.Match[str]) -> str:
        target = match.group(2)
        return f"{match.group(1)}{name}-{target}" if target in ids else match.group(0)

    def style(match: re.Match[str]) -> str:
        start, rules, end = match.groups()
        return start + _SELECTOR.sub(limited, rules) + end

    def limited(match: re.Match[str]) -> str:
        parts = (part.strip() for part in match.group(1).split(","))
        return ", ".join(f"#{name} {part}" for part in parts)

    svg = _REFERENCE.sub(reference, svg)
    svg = _ID.sub(lambda match: f"{name}-{match.group(0)}", svg)
    return _STYLE.sub(style, svg)


def _specification(content: object) -> vega.Spec:
    spec = json.loads(content) if isinstance(content, str | bytes) else content
    if not isinstance(spec, dict):
        raise TypeError(f"chart: expected a Vega-Lite specification, got {type(spec).__name__}")
    return spec
