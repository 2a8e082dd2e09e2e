"""The order of pages, from the book's own files."""

from __future__ import annotations

from d2l_book.export.contents import LEFT_OUT, Entry, nested, read_book
from tests.conftest import ROOT
from tests.pages.contents import PAGES


def test_all_pages_come_in_the_order_of_the_table_of_contents() -> None:
    book = read_book(ROOT)
    assert [entry.name for entry in book.entries] == [p for p in PAGES if p not in LEFT_OUT]
    assert set(PAGES) >= LEFT_OUT
    assert (book.title, book.language) == ("Dive into Deep Learning: worked solutions", "en")
    assert book.entries[0].depth == 1
    depths = {entry.name.rsplit("/", 1)[-1]: entry.depth for entry in book.entries}
    assert (depths["hidden-bias"], depths["hidden-bias-proof"]) == (3, 4)


def test_pages_stand_below_those_that_they_belong_to() -> None:
    tree = nested([Entry("a", 1), Entry("b", 2), Entry("c", 3), Entry("d", 2), Entry("e", 1)])
    assert [branch.name for branch in tree] == ["a", "e"]
    assert [branch.name for branch in tree[0].below] == ["b", "d"]
    assert [branch.name for branch in tree[0].below[0].below] == ["c"]
