"""What the tests of exports share."""

from __future__ import annotations

from pathlib import Path

import pytest

from d2l_book.export.read_form import Page, read_pages
from tests.export import sample


@pytest.fixture
def pages(tmp_path: Path) -> list[Page]:
    """The sample's pages in *Read* form."""
    return read_pages(sample.write(tmp_path), [entry.name for entry in sample.BOOK.entries])
