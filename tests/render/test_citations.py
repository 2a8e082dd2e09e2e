"""Citations have words that notebooks show; references have links and say where they are cited."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pybtex.database import BibliographyData, parse_file

from d2l_book.render.citations import problems
from tests.conftest import ROOT, Build, build, complaints, small_book

ENTRY = """@article{doe1999fast,
  author = {Doe, Jane and Roe, Rick}, title = {Fast}, journal = {J}, year = {1999},
  doi = {10.1000/1}
}
"""


def bibliography() -> BibliographyData:
    return parse_file(str(ROOT / "references.bib"))


def test_every_reference_has_a_link() -> None:
    entries = bibliography().entries
    assert len(entries) > 20
    assert [key for key, entry in entries.items() if not {"url", "doi"} & set(entry.fields)] == []


def test_words_name_author_and_year() -> None:
    entry = bibliography().entries["chen2016training"]
    assert problems("Chen et al. (2016)", entry, "chen2016training") == []
    assert problems("Chen et al. (2017)", entry, "k") == [
        "citation k: expected 2016 in 'Chen et al. (2017)'"
    ]
    assert "Chen and 2016" in problems("here", entry, "k")[0]
    assert problems("Chen", None, "k") == ["citation: expected a key of the bibliography, got 'k'"]


def book(folder: Path, citation: str) -> Build:
    """A book with a page that cites, and its references."""
    (folder / "references.md").write_text(
        "# References\n\n```{bibliography}\n```\n", encoding="utf-8"
    )
    (folder / "a.md").write_text(f"# Page A\n\nSee {citation}.\n", encoding="utf-8")
    small_book(folder, "references", ["a"], ["d2l_book.render.citations"])
    (folder / "references.bib").write_text(ENTRY, encoding="utf-8")
    return build(folder, folder)


def test_link_to_an_entry_is_a_citation_and_the_entry_says_where(tmp_path: Path) -> None:
    built = book(
        tmp_path, "[Doe and Roe (1999)](references.md#doe1999fast) and {cite}`doe1999fast`"
    )
    assert built.status == 0, complaints(built)
    page = (built.html / "a.html").read_text(encoding="utf-8")
    links = re.findall(r'<a class="reference internal" href="references\.html#(id\d+)"', page)
    assert len(links) == 2
    assert "Doe and Roe" in page
    assert "1999" in page
    references = (built.html / "references.html").read_text(encoding="utf-8")
    assert f'id="{links[0]}"' in references
    assert "DR99" not in references  # the entry begins with its authors
    assert 'Cited in <a href="a.html">Page A</a>.' in references
    assert 'href="https://doi.org/10.1000/1"' in references


@pytest.mark.parametrize(
    ("citation", "complaint"),
    [
        ("[Doe (1998)](references.md#doe1999fast)", "expected 1999 in"),
        ("[Doe (1999)](references.md#doe1999slow)", "expected a key of the bibliography"),
    ],
)
def test_wrong_citation_fails_the_build(tmp_path: Path, citation: str, complaint: str) -> None:
    built = book(tmp_path, citation)
    assert built.status != 0
    assert complaint in complaints(built)
