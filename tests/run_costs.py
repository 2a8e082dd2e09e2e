"""What tests cost, by the parts of which a run hands one after another to its workers.

A part is all that is about one page alone, the notebook of a page, or else a file. Its seconds are
kept in pytest's cache, so that the next run begins with the slowest: `python tests/run_costs.py`
prints them.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.pages.contents import MADE, PAGES, ROOT

Costs = dict[str, float]  # part -> seconds

KEY = "d2l/costs"  # in pytest's cache
SHARED = "the book and the browser"
"""The part that is made once for all tests of a worker, or of the run while others wait."""
MAKE_SHARED = ("book_build", "browser")
NOTEBOOK = ".ipynb"


def part_of(test: str) -> str:
    """The part that a test belongs to."""
    about = re.fullmatch(r"[^:]+\.py::\w+\[(.+)\]", test)
    if about is not None and about[1] in (*PAGES, *MADE):
        return about[1]
    return test.split("::")[0]


def in_order(parts: Iterable[str], costs: Mapping[str, float]) -> list[str]:
    """The parts from the slowest to the fastest, so that no worker waits long for the last.

    Three begin out of turn. The first is a page, for which the book is built. The others are
    notebooks, which need no book and so do not wait for it.
    """
    ordered = sorted(set(parts), key=lambda part: (-costs.get(part, _guess(part)), part))
    page = [part for part in ordered if part in PAGES][:1]
    notebooks = [part for part in ordered if part.endswith(NOTEBOOK)][:2]
    return [*page, *notebooks, *(part for part in ordered if part not in (*page, *notebooks))]


def _guess(part: str) -> float:
    """Seconds of what was not measured yet, from its size; notebooks run for longest."""
    file = ROOT / part
    kilobytes = file.stat().st_size / 1000 if file.is_file() else 0
    return {NOTEBOOK: 60 + kilobytes / 100, ".py": kilobytes}.get(file.suffix, 5)


def table(costs: Mapping[str, float]) -> str:
    """What each page costs, and then each of the other parts."""
    pages: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    others: Costs = {}
    for part, seconds in costs.items():
        if part.endswith(NOTEBOOK):
            pages[part.removesuffix(NOTEBOOK)][1] += seconds
        elif part in PAGES:
            pages[part][0] += seconds
        else:
            others[part] = seconds
    lines = [_line("seconds for a page", "visit", "notebook", "both")]
    for page, (visit, notebook) in sorted(pages.items(), key=lambda each: -sum(each[1])):
        lines.append(_line(page.split("/")[-1], visit, notebook, visit + notebook))
    visits, notebooks = (sum(each[i] for each in pages.values()) for i in (0, 1))
    lines.append(_line(f"all {len(pages)} pages", visits, notebooks, visits + notebooks))
    lines += ["", _line("seconds for all else", "")]
    lines += [_line(part, others[part]) for part in sorted(others, key=lambda part: -others[part])]
    return "\n".join([*lines, "", _line("everything", sum(costs.values()))])


def _line(name: str, *cells: str | float) -> str:
    texts = [each if isinstance(each, str) else f"{each:.1f}" for each in cells]
    return f"{name:<44}" + "".join(f"{each:>9}" for each in texts)


def read(root: Path = ROOT) -> Costs:
    """The costs that the last runs have left.

    Raises:
        FileNotFoundError: If there was no run.
    """
    file = root / ".pytest_cache" / "v" / KEY
    if not file.is_file():
        raise FileNotFoundError(f"costs: expected {file}, which `make test` writes, found none")
    costs: Costs = json.loads(file.read_text(encoding="utf-8"))
    return costs


class Meter:
    """pytest's plugin that measures the parts, and begins with those that were slowest."""

    def __init__(self, config: pytest.Config) -> None:
        self.cache: Any = getattr(config, "cache", None)
        self.known: Costs = self.cache.get(KEY, {}) if self.cache else {}
        self.is_worker = hasattr(config, "workerinput")
        option, failed_ones = config.option, config.getoption("lf", False)
        named = any("::" in argument for argument in config.args)
        self.is_whole = not (option.keyword or option.markexpr or failed_ones or named)
        self.seconds: Costs = defaultdict(float)
        self.shared = 0.0  # seconds, in the setup of the present test

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Order the parts; inside a part nothing changes its place."""
        order = in_order((part_of(item.nodeid) for item in items), self.known)
        place = {part: number for number, part in enumerate(order)}
        items.sort(key=lambda item: place[part_of(item.nodeid)])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Where files would stay together, keep parts together instead."""
        if config.getvalue("dist") != "loadfile":
            return None
        from xdist.scheduler import LoadScopeScheduling

        class ByPart(LoadScopeScheduling):
            def _split_scope(self, nodeid: str) -> str:
                return part_of(nodeid)

        return ByPart(config, log)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        """Measure what the first test that needs it makes for all."""
        begin = time.perf_counter()
        try:
            return (yield)
        finally:
            if fixturedef.argname in MAKE_SHARED:
                self.shared += time.perf_counter() - begin

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Let the report of a test's setup say what was made for all."""
        self.shared = 0.0
        try:
            return (yield)
        finally:
            if self.shared:
                item.user_properties.append((SHARED, self.shared))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the seconds to the test's part."""
        shared = dict(report.user_properties).get(SHARED, 0.0) if report.when == "setup" else 0.0
        self.seconds[SHARED] += float(str(shared))
        self.seconds[part_of(report.nodeid)] += report.duration - float(str(shared))

    def pytest_sessionfinish(self) -> None:
        """Keep the seconds of whole parts, and forget parts that are no more."""
        if self.cache and self.is_whole and not self.is_worker:
            both = {**self.known, **self.seconds}
            self.cache.set(KEY, {part: both[part] for part in both if _is_there(part)})


def _is_there(part: str) -> bool:
    return part in (*PAGES, *MADE, SHARED) or (ROOT / part).is_file()


if __name__ == "__main__":
    try:
        print(table(read()))
    except FileNotFoundError as error:
        sys.exit(str(error))
