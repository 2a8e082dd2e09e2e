"""Names and addresses that the book adds to the theme's pages."""

from __future__ import annotations

import pytest

from d2l_book.render.accessible import accessible

TOGGLE = '<span class="toctree-toggle" role="presentation"></span>'


def article(*folds: str) -> str:
    return "<article>" + "".join(folds) + "</article>"


def test_sidebar_is_a_named_landmark() -> None:
    theirs = '<div id="pst-primary-sidebar" class="bd-sidebar">'
    assert 'role="navigation" aria-label="Book"' in accessible(theirs)


def test_fold_of_the_contents_is_named_after_its_page() -> None:
    theirs = f'<a href="#">Say "h"</a><details open="open"><summary>{TOGGLE}</summary><ul>'
    ours = accessible(theirs)
    assert '<details open="open"><summary aria-label="Pages of: Say &quot;h&quot;">' in ours
    assert "id=" not in ours


def test_reference_is_an_item_of_its_list() -> None:
    theirs = '<div class="citation" id="id1" role="doc-biblioentry">'
    assert accessible(theirs) == '<div class="citation" id="id1" role="listitem">'


def test_fold_of_code_is_named_by_the_words_that_it_shows() -> None:
    theirs = '<summary aria-label="Toggle hidden content">\n<p>Show code of the table</p>'
    assert accessible(theirs) == "<summary>\n<p>Show code of the table</p>"


@pytest.mark.parametrize(
    ("summary", "address"),
    [
        ("Hint 1", "hint-1"),
        ("<strong>Why  not?</strong> Look", "why-not"),
        ("λ", "fold"),
    ],
)
def test_fold_gets_an_address_from_its_words(summary: str, address: str) -> None:
    ours = accessible(article(f"<details><summary>{summary}</summary>text</details>"))
    assert f'<details id="{address}"><summary>{summary}</summary>' in ours


def test_addresses_differ_from_each_other_and_from_those_on_the_page() -> None:
    fold = '<details class="a"><summary>Hint 1</summary>text</details>'
    ours = accessible('<p id="hint-1"></p>' + article(fold, fold))
    assert '<details id="hint-1-2" class="a">' in ours
    assert '<details id="hint-1-3" class="a">' in ours


def test_an_address_of_the_authors_own_is_kept() -> None:
    page = article('<details class="a" id="mine"><summary>Hint 1</summary>text</details>')
    assert accessible(page) == page


def test_fold_outside_the_text_and_text_after_an_empty_summary_give_no_address() -> None:
    page = "<details><summary>Hint</summary></details>" + article("<p>a</p>")
    assert accessible(page) == page
    empty = article("<details><summary></summary>text</details>")
    assert accessible(empty) == empty


def test_second_time_changes_nothing() -> None:
    page = (
        '<div id="pst-primary-sidebar" class="bd-sidebar">'
        f'<a href="#">A</a><details><summary>{TOGGLE}</summary></details></div>'
        + article("<details><summary>Hint 1</summary>text</details>")
    )
    once = accessible(page)
    assert once != page
    assert accessible(once) == once
