"""Tests are handed out by page, the slowest first, and their costs are kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import run_costs as costs
from tests.pages.contents import PAGES, ROOT, toc_files

PAGE = PAGES[-1]
pytest_plugins = ["pytester"]


def test_table_of_contents_is_read_at_every_depth() -> None:
    sections = [{"file": "b", "sections": [{"file": "c"}]}]
    toc = {"root": "a", "parts": [{"chapters": sections}, {"chapters": [{"file": "d"}]}]}
    assert toc_files(toc) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("test", "part"),
    [
        (f"tests/test_x.py::test_y[{PAGE}]", PAGE),
        (f"tests/browser/test_x.py::test_y[{PAGE}]", PAGE),
        (f"tests/test_x.py::test_y[{PAGE}-http]", "tests/test_x.py"),
        ("tests/test_x.py::test_y", "tests/test_x.py"),
        (f"{PAGE}.ipynb::Cell 3", f"{PAGE}.ipynb"),
    ],
)
def test_part_is_the_page_the_notebook_or_the_file(test: str, part: str) -> None:
    assert costs.part_of(test) == part


def test_slowest_parts_come_first_after_a_page_and_two_notebooks() -> None:
    known = {"a.py": 9.0, "b.py": 50.0, "x.ipynb": 20.0, "y.ipynb": 30.0, PAGE: 4.0, PAGES[0]: 3.0}
    parts = ["a.py", PAGES[0], "x.ipynb", "b.py", "y.ipynb", PAGE]
    assert costs.in_order(parts, known) == [PAGE, "y.ipynb", "x.ipynb", "b.py", "a.py", PAGES[0]]


def test_what_was_never_measured_is_ordered_by_kind_and_size() -> None:
    notebooks = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("chapters/**/*.ipynb"))
    parts = ["tests/project/test_run_costs.py", "tests/conftest.py", *notebooks, PAGES[0]]
    ordered = costs.in_order(parts, {})
    assert set(ordered[1 : len(notebooks) + 1]) == set(notebooks)
    assert ordered[0] == PAGES[0]
    small, large = sorted(parts[:2], key=lambda part: (ROOT / part).stat().st_size)
    assert ordered.index(large) < ordered.index(small)


def test_table_adds_up() -> None:
    known = {PAGE: 4.0, f"{PAGE}.ipynb": 20.0, PAGES[0]: 3.0, "a.py": 9.5, costs.SHARED: 10.0}
    lines = costs.table(known).splitlines()
    rows = {
        re.split(r"\s{2,}", line)[0]: re.findall(r"[\d.]+$|[\d.]+(?= )", line) for line in lines
    }
    assert rows[PAGE.split("/")[-1]] == ["4.0", "20.0", "24.0"]
    assert rows["all 2 pages"][-3:] == ["7.0", "20.0", "27.0"]
    assert rows["a.py"] == ["9.5"]
    assert rows["everything"] == ["46.5"]


FILES = {
    "conftest.py": """
        import time
        import pytest
        from tests.run_costs import Meter

        def pytest_configure(config):
            config.pluginmanager.register(Meter(config))

        @pytest.fixture(scope="session")
        def browser():
            time.sleep(0.5)
        """,
    "test_page.py": f"""
        import pytest

        @pytest.mark.parametrize("page", ["intro", {PAGE!r}])
        def test_page(page, browser):
            pass
        """,
    "test_slow.py": """
        import time

        def test_slow():
            time.sleep(0.2)
        """,
}


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder of tests, each of which is about a page or slow."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pytester.makepyfile(**{name.removesuffix(".py"): text for name, text in FILES.items()})
    return pytester


def test_run_leaves_the_costs_of_its_parts_unless_it_is_only_of_some(
    suite: pytest.Pytester,
) -> None:
    suite.runpytest_inprocess().assert_outcomes(passed=3)
    kept = costs.read(suite.path)
    assert set(kept) == {"intro", PAGE, costs.SHARED}  # the files are not the book's
    assert kept[costs.SHARED] >= 0.5 > kept["intro"] + kept[PAGE]
    suite.runpytest_inprocess("-k", "intro").assert_outcomes(passed=1, deselected=2)
    assert costs.read(suite.path) == kept
    suite.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)
    assert costs.read(suite.path) == kept


def test_workers_share_parts_and_what_was_made_for_each_is_told_apart(
    suite: pytest.Pytester,
) -> None:
    run = suite.runpytest_subprocess("-n", "2", "--dist", "loadfile", "-v")
    run.assert_outcomes(passed=3)
    workers = dict(re.findall(r"(gw\d).*PASSED .*::(\w+)", run.stdout.str()))
    assert len(workers) == 2
    kept = costs.read(suite.path)
    assert kept[costs.SHARED] >= 0.5 > kept["intro"] + kept[PAGE]


def test_costs_that_were_never_measured_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="which `make test` writes"):
        costs.read(tmp_path)
