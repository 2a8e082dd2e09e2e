"""What the site carries from others comes with its terms."""

from __future__ import annotations

import pytest

from d2l_book.render.licences import CARRIED, is_licence, text_of


@pytest.mark.parametrize("package", CARRIED)
def test_everything_carried_has_its_terms(package: str) -> None:
    text = text_of(package)
    assert len(text) > 500
    assert "copyright" in text.lower()


def test_mathjax_comes_with_the_text_of_its_own_licence() -> None:
    text = text_of("sphinx-mathjax-offline")
    assert "The MathJax Consortium" in text
    assert "Apache License" in text
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in text


def test_package_without_terms_is_refused() -> None:
    with pytest.raises(LookupError, match="torchsummary: expected a licence file, found none"):
        text_of("torchsummary")


@pytest.mark.parametrize("name", ["LICENSE", "license.txt", "LICENCE.md", "COPYING", "NOTICE"])
def test_names_of_licence_files_are_known(name: str) -> None:
    assert is_licence(name)


def test_other_files_are_no_licence() -> None:
    assert not is_licence("METADATA")
