"""A cell that says what a figure shows is folded as a whole."""

from docutils import nodes
from docutils.utils import new_document

from d2l_book.render.equivalents import TABLE, TABLES, WORDS, fold_equivalents


def page(*cells: nodes.Node) -> nodes.document:
    document = new_document("page")
    document += cells
    fold_equivalents(None, document, "page")  # type: ignore[arg-type]
    return document


def cell(html: str, *tags: str) -> nodes.container:
    output = nodes.container("", nodes.raw("", html, format="html"), classes=["cell_output"])
    return nodes.container("", output, classes=["cell", *(f"tag_{tag}" for tag in tags)])


def test_tagged_cell_is_folded_and_named_by_what_it_holds() -> None:
    found = page(cell("<table></table>", "equivalent"), cell("<p>words</p>", "equivalent"))
    assert len(found) == 6
    assert f"<summary>{TABLE}</summary>" in found[0].astext()
    assert found[1]["classes"][0] == "cell"
    assert found[2].astext() == "</details>"
    assert f"<summary>{WORDS}</summary>" in found[3].astext()


def test_tables_that_follow_each_other_are_one_fold() -> None:
    tables = [cell("<table></table>", "equivalent") for _ in range(4)]
    found = page(*tables[:2], nodes.paragraph("", "words"), *tables[2:])
    said = [each.astext() for each in found.children]
    opening = f'<details class="d2l-equivalent"><summary>{TABLES}</summary>'
    assert [opening in each for each in said] == [True, *[False] * 4, True, *[False] * 3]
    assert [place for place, each in enumerate(said) if each == "</details>"] == [3, 8]


def test_other_cells_stay_in_view() -> None:
    assert len(page(cell("<table></table>"), cell("<table></table>", "hide-input"))) == 2
