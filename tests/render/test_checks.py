"""Checks that follow each other in a cell are one list on the page, and those alike one line."""

import pytest
from docutils import nodes
from docutils.utils import new_document

from d2l_book.render.checks import checks_list, join_lists, lines, sentence, together
from d2l_utils.checks.record import Kind, check_record

RECORDS = [
    check_record(claim, kind) for claim, kind in zip("abc", ("true", "bound", "equal"), strict=True)
]


def number(claim: str, count: int = 1, bound: float = 1e-12) -> dict[str, object]:
    return check_record(claim, "close", f"{count} numbers", count, bound, "largest")


@pytest.mark.parametrize(
    ("claim", "kind", "result", "line"),
    [
        ("the bias has h entries", "true", "", "✓ the bias has h entries"),
        ("G is right", "close", "4 numbers", "✓ G is right: 4 numbers"),
        ("q = 2: G is right", "close", "4 numbers", "✓ q = 2: G is right (4 numbers)"),
        ("default: the loop", "equal", "4,865", "✓ default: the loop = 4,865"),
        ("paths from b1 to s", "equal", "[]", "✓ paths from b1 to s: none"),
        ("its shape", "equal", "()", "✓ its shape: ()"),
        ("the ratio", "bound", "at most 2", "✓ the ratio is at most 2"),
        ("n = 256: off by", "bound", "at most 0.01", "✓ n = 256: off by at most 0.01"),
        ("its shape:", "equal", "(3, 4)", "✓ its shape: (3, 4)"),
    ],
)
def test_line_reads_by_itself(claim: str, kind: Kind, result: str, line: str) -> None:
    assert sentence(check_record(claim, kind, result)) == line


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


def test_line_for_many_gives_the_loosest_bound_and_all_numbers() -> None:
    alike = [number("a", 3), number("b", 4, 1e-7), number("c", 1)]
    assert together(alike) == "✓ 8 numbers compared in 3 checks, relative error at most 1e-07"
    zeros = [check_record("a", "close", "", 2, 1e-9, "absolute")] * 3
    assert (
        together(zeros)
        == "✓ 6 numbers compared with zero in 3 checks, absolute error at most 1e-09"
    )
    assert together([check_record("b: c", "true")] * 4) == "✓ 4 statements are true, such as “b: c”"


def test_three_of_a_kind_are_one_line_that_unfolds_and_two_are_not() -> None:
    page = new_document("page")
    records = [number("a"), number("b"), *RECORDS[:1], number("<c>"), number("d"), number("e")]
    page += nodes.container("", *(checks_list([record]) for record in records))
    join_lists(page)
    [block] = page[0].children
    found = lines(block)
    assert [number for _, number in found] == [1, 1, 1, 3]
    assert found[-1][0].startswith("✓ 3 numbers compared in 3 checks")
    fold, below, end = block[-1].children
    assert fold.astext().startswith('<details class="d2l-block"><summary>✓ 3 numbers')
    assert [item.astext()[:5] for item in below.children] == ["✓ <c>", "✓ d: ", "✓ e: "]
    assert end.astext() == "</details>"


def test_numbers_compared_with_zero_are_not_counted_among_the_others() -> None:
    zero = check_record("z", "close", "", 5, 1e-12, "absolute")
    block = checks_list([number("a"), zero, number("b")])
    page = new_document("page")
    page += block
    join_lists(page)
    assert [number for _, number in lines(block)] == [1, 1, 1]
