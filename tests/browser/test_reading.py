"""What the book does for its readers, tried in a browser on one page each: no net, http and files.

That each page is sound is in `test_every_page`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from tests.pages.contents import PAGES
from tests.pages.page_report import WIDTHS
from tests.pages.test_every_page import BUTTON, CHARTED, NOTEBOOKS

if TYPE_CHECKING:
    from tests.browser.visits import Visit

SCHEMES = ("http", "file")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_request_to_another_host_is_stopped_and_noticed(
    visit: Callable[..., Visit], scheme: str
) -> None:
    reader = visit(scheme)
    opened = reader.open(f"{PAGES[0]}.html")
    opened.evaluate("() => fetch('http://127.0.0.1:9/beacon').catch(() => null)")
    assert reader.foreign() == []  # the page's policy did not let it leave
    assert any("127.0.0.1:9/beacon" in complaint for complaint in reader.complaints)


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        ("p.style.width = '600px'", "tooWide"),
        ("p.style.color = '#bbb'", "faintText"),
        ("Object.assign(p.style, {overflow: 'auto', whiteSpace: 'nowrap'})", "unreachable"),
        ("p.innerHTML = '<span class=math>\\\\(x\\\\)</span>'", "rawMathematics"),
    ],
)
def test_a_spoilt_page_would_be_noticed(
    visit: Callable[..., Visit], spoil: str, check: str
) -> None:
    opened = visit(width=375).open(f"{PAGES[0]}.html")
    assert opened.evaluate(f"checks.{check}()") == []
    opened.evaluate(
        "(spoil) => {"
        "  const p = document.createElement('p');"
        "  p.textContent = 'A paragraph that is longer than a narrow screen is wide, by far.';"
        "  document.querySelector('.bd-article').prepend(p);"
        "  new Function('p', spoil)(p);"
        "}",
        spoil,
    )
    assert opened.evaluate(f"checks.{check}()") != []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_reader_can_switch_the_theme(visit: Callable[..., Visit], scheme: str) -> None:
    reader = visit(scheme)
    opened = reader.open(f"{PAGES[0]}.html")
    background = {}
    for _ in range(3):
        opened.locator(".theme-switch-button:visible").first.click()
        mode = opened.evaluate("document.documentElement.dataset.mode")
        background[mode] = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert set(background) == {"light", "dark", "auto"}
    assert background["light"] == background["auto"] != background["dark"]
    assert reader.complaints == []


def test_without_scripts_charts_are_still_pictures_and_code_is_shown(
    visit: Callable[..., Visit],
) -> None:
    reader = visit("file", scripts=False)
    reader.page.goto(f"{reader.base}{CHARTED[0]}.html")
    for chart in reader.page.locator("figure.d2l-chart").all():
        if chart.locator("xpath=ancestor::details").count() == 0:
            assert chart.locator(".d2l-chart-still svg").is_visible()
        assert chart.locator(".d2l-chart-live").is_hidden()
    cells = reader.page.locator(".bd-article .cell_input:not(details *)")
    assert cells.count() > 0
    assert all(cell.is_visible() for cell in cells.all())


@pytest.mark.parametrize("scheme", SCHEMES)
def test_reader_downloads_the_notebook(
    visit: Callable[..., Visit], scheme: str, tmp_path: Path
) -> None:
    reader = visit(scheme)
    page, source = next(iter(NOTEBOOKS.items()))
    opened = reader.open(f"{page}.html")
    opened.get_by_role("button", name="Download this page").click()
    with opened.expect_download() as download:
        opened.locator(f"a.{BUTTON}").click()
    download.value.save_as(tmp_path / "download.ipynb")
    assert download.value.suggested_filename == f"{page.split('/')[-1]}.ipynb"
    expected = nbformat.reads(source, as_version=4)
    assert nbformat.read(tmp_path / "download.ipynb", as_version=4) == expected
    assert reader.complaints == []


def test_reader_unfolds_code_by_keyboard_and_may_always_read_with_it(
    visit: Callable[..., Visit],
) -> None:
    opened = visit().open(f"{next(iter(NOTEBOOKS))}.html")
    cell = opened.locator(".bd-article .cell").first
    line, code = cell.locator(".d2l-fold"), cell.locator(".cell_input")
    assert not code.is_visible()
    for shown in (True, False):
        line.press("Enter")
        assert code.is_visible() is shown
        assert line.get_attribute("aria-expanded") == str(shown).lower()
    opened.get_by_role("button", name="Read with code").click()
    assert code.is_visible()
    opened.reload()
    assert code.is_visible()
    assert not line.is_visible()


def test_folded_text_opens_by_keyboard(visit: Callable[..., Visit]) -> None:
    opened = visit().open(f"{next(iter(NOTEBOOKS))}.html")
    opened.get_by_role("button", name="Read with code").click()
    opens = 0
    for fold in opened.locator(".bd-article details").element_handles():
        found = fold.evaluate(GO_TO_SUMMARY)
        if found is None:  # inside another one
            continue
        assert found["name"]
        opened.keyboard.press("Enter")
        assert fold.evaluate("(f) => f.open") != found["open"]
        opens += 1
    assert opens > 3


GO_TO_SUMMARY = """(fold) => {
  const summary = fold.querySelector("summary");
  if (!summary.checkVisibility()) return null;
  summary.focus();
  return { name: summary.innerText.trim(), open: fold.open };
}"""


def test_address_of_something_folded_unfolds_it(visit: Callable[..., Visit]) -> None:
    opened = visit().open(f"{PAGES[0]}.html")
    opened.evaluate(
        "() => document.querySelector('.bd-article').insertAdjacentHTML('beforeend',"
        " '<details><summary>s</summary><p id=inside>t</p></details>')"
    )
    assert not opened.locator("#inside").is_visible()
    opened.evaluate("() => (location.hash = 'inside')")
    opened.locator("#inside").wait_for(state="visible")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_a_reader_unfolds_has_an_address(visit: Callable[..., Visit], scheme: str) -> None:
    reader = visit(scheme)
    opened = reader.open(f"{next(iter(NOTEBOOKS))}.html")
    page = opened.url
    hint = opened.locator("details", has_text="Hint 2").locator("summary")
    hint.click()
    assert opened.evaluate("location.href") == f"{page}#hint-2"
    hint.press("Enter")
    assert opened.evaluate("location.href") == page
    opened.goto("about:blank")
    opened.goto(f"{page}#hint-2")
    opened.wait_for_function("() => document.getElementById('hint-2').open")
    assert not opened.evaluate("document.getElementById('hint-1').open")
    assert reader.complaints == []


def test_nothing_moves_for_a_reader_who_asked_for_less_motion(visit: Callable[..., Visit]) -> None:
    opened = visit().open(f"{CHARTED[0]}.html")
    assert opened.evaluate("checks.moving()") == []
    opened.emulate_media(reduced_motion="no-preference")
    assert opened.evaluate("checks.moving()") != []


def test_nothing_is_printed_while_it_fades_in(visit: Callable[..., Visit]) -> None:
    opened = visit().open(f"{next(iter(NOTEBOOKS))}.html")
    tools = opened.context.new_cdp_session(opened)
    tools.send("Animation.enable")
    tools.send("Animation.setPlaybackRate", {"playbackRate": 1e-3})  # or a slow run misses them
    opened.get_by_role("button", name="Read with code").click()
    for medium, moves in (("screen", True), ("print", False)):
        opened.emulate_media(media=medium, reduced_motion="no-preference")
        opened.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
        assert opened.evaluate(FADING) is moves
        opened.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    tools.detach()


FADING = """() => {
  const inText = ({ effect }) => effect.target.closest(".bd-article") !== null;
  return document.getAnimations().some(inText);
}"""


def test_dark_theme_changes_no_size(visit: Callable[..., Visit]) -> None:
    reader = visit()
    opened = reader.open(f"{CHARTED[0]}.html")
    opened.evaluate("checks.unfold()")
    for width in WIDTHS:
        reader.turn("light", width)
        light = opened.evaluate(SIZES)
        reader.turn("dark", width)
        assert opened.evaluate(SIZES) == light


SIZES = """() => {
  const boxes = document.querySelectorAll("body, .bd-article :not(.d2l-chart *)");
  return [...boxes].map((box) => {
    const { x, width, height } = box.getBoundingClientRect();
    return [box.tagName, box.className, x, width, height].join();
  });
}"""
