"""What a reader has read and predicted: a small quiz, and marks in the side bar; and keys.

The predictions of a page are folds that answer; that is all without scripts. With scripts the first
choice of each question counts, and is kept on the reader's device and nowhere else.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def load(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.Node
) -> None:
    """Load the quiz on pages that have predictions."""
    if 'class="d2l-predict"' in context.get("body", ""):
        app.add_js_file("quiz.js", loading_method="defer", priority=601)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.add_js_file("progress.js", loading_method="defer", priority=600)
    app.add_js_file("keys.js", loading_method="defer", priority=602)
    for styles in ("progress.css", "keys.css"):
        app.add_css_file(styles, priority=902)
    app.connect("html-page-context", load, priority=997)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
