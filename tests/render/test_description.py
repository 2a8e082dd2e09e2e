"""What previews show of a page, and the page that leads to the book's first one."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from docutils.utils import new_document

from d2l_book.render.description import LONGEST, description, tags
from d2l_book.render.policy import policy, policy_of
from tests.conftest import build, complaints, small_book


def page(text: str) -> nodes.document:
    document = new_document("page")
    paragraph = nodes.paragraph("", "", nodes.Text(text), nodes.math("", r"\mathbf{b}"))
    document += nodes.section("", nodes.title("", "T"), nodes.block_quote("", paragraph))
    return document


def test_description_is_plain_and_cut_between_words() -> None:
    assert description(page("Add a bias ")) == "Add a bias b"
    long = description(page("word " * 100))
    assert len(long) <= LONGEST
    assert long.endswith("word …")
    assert description(new_document("empty")) == ""


def test_tags_do_not_break_out_of_their_attributes() -> None:
    html = tags('"A" <b>', "Book", "x & y")
    assert 'property="og:title" content="&quot;A&quot; &lt;b&gt;"' in html
    assert html.count("x &amp; y") == 2
    assert "description" not in tags("A", "Book", "")


def test_built_page_is_described_and_the_leading_page_has_the_policy(tmp_path: Path) -> None:
    (tmp_path / "intro.md").write_text("# First\n\nThe **book** begins.\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("# Second\n\nText.\n", encoding="utf-8")
    small_book(tmp_path, "intro", ["b"], ["d2l_book.render.offline"])
    built = build(tmp_path, tmp_path)
    assert built.status == 0, complaints(built)
    html = (built.html / "intro.html").read_text(encoding="utf-8")
    assert html.count('name="description" content="The book begins."') == 1
    assert 'property="og:title" content="First"' in html
    leading = (built.html / "index.html").read_text(encoding="utf-8")
    assert policy_of(leading) == policy()
    assert "url=intro.html" in leading
