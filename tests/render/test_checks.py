"""Checks that follow each other in a cell are one list on the page."""

from docutils import nodes
from docutils.utils import new_document

from d2l_book.render.checks import checks_list, join_lists
from d2l_utils.checks.record import check_record

RECORDS = [check_record(claim, "true") for claim in "abc"]


def test_list_has_an_item_for_each_check() -> None:
    block = checks_list(RECORDS)
    assert block["classes"] == ["output", "d2l-checks"]
    assert [item.astext() for item in block.findall(nodes.list_item)] == ["✓ a", "✓ b", "✓ c"]


def test_only_lists_of_checks_side_by_side_are_joined() -> None:
    page = new_document("page")
    first, second, third = (checks_list([record]) for record in RECORDS)
    other = nodes.bullet_list("", nodes.list_item("", nodes.paragraph("", "d")))
    page += nodes.container("", first, second, nodes.paragraph("", "text"), third, other)
    join_lists(page)
    assert [node.astext().split() for node in page[0].children] == [
        ["✓", "a", "✓", "b"],
        ["text"],
        ["✓", "c"],
        ["d"],
    ]
