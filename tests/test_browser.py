"""The built book as a reader meets it: in a real browser, over http and as files, without a net."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from conftest import ROOT
from test_book import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from visits import Visit

SCHEMES = ("http", "file")
THEMES = ("light", "dark")
WIDTHS = (375, 768, 1280)
SHOTS = os.environ.get("D2L_SCREENSHOTS")  # a folder for pictures of every page

NOTEBOOKS = {
    page: (ROOT / f"{page}.ipynb").read_text(encoding="utf-8")
    for page in PAGES
    if (ROOT / f"{page}.ipynb").is_file()
}
CHARTED = [page for page, text in NOTEBOOKS.items() if "application/vnd.vegalite" in text]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("page", PAGES)
def test_page_is_complete_and_can_be_taken_home_without_any_other_host(
    read: Callable[..., Visit], page: str, scheme: str, tmp_path: Path
) -> None:
    reader = read(f"{page}.html", scheme)
    opened = reader.page
    assert opened.evaluate("checks.rawMathematics()") == []
    if page in NOTEBOOKS:
        check_download(opened, page, tmp_path / "download.ipynb")
    assert reader.foreign() == []
    assert reader.complaints == []


@pytest.mark.parametrize("page", PAGES)
def test_page_is_light(read: Callable[..., Visit], page: str) -> None:
    requests, size = read(f"{page}.html").page.evaluate(WEIGHT)
    assert requests <= 40
    assert 300_000 < size < (2_900_000 if page in CHARTED else 1_900_000)


WEIGHT = """async () => {
  const entries = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
  const addresses = entries.map(({ name }) => name.split("#")[0]);
  const files = addresses.filter((address) => address.startsWith("http"));
  const sizes = await Promise.all(files.map(async (address) => {
    const answer = await fetch(address);
    return (await answer.arrayBuffer()).byteLength;
  }));
  return [files.length, sizes.reduce((sum, size) => sum + size, 0)];
}"""
"""How many files a page asked for, and how many bytes they have once unpacked."""


def check_download(opened: Page, page: str, target: Path) -> None:
    """Download the page's notebook by its button and compare it with the book's source."""
    opened.get_by_role("button", name="Download this page").click()
    with opened.expect_download() as download:
        opened.locator("a.btn-download-source-button").click()
    download.value.save_as(target)
    assert download.value.suggested_filename == f"{page.split('/')[-1]}.ipynb"
    expected = nbformat.reads(NOTEBOOKS[page], as_version=4)
    assert nbformat.read(target, as_version=4) == expected


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_request_to_another_host_would_be_noticed(
    visit: Callable[..., Visit], scheme: str
) -> None:
    reader = visit(scheme)
    opened = reader.open(f"{PAGES[0]}.html")
    opened.evaluate("() => fetch('http://127.0.0.1:9/beacon').catch(() => null)")
    assert reader.foreign() == ["http://127.0.0.1:9/beacon"]
    assert reader.complaints != []


@pytest.mark.parametrize("page", PAGES)
def test_page_fits_the_screen_and_is_legible_in_both_themes(
    read: Callable[..., Visit], page: str
) -> None:
    reader = read(f"{page}.html")
    opened = reader.page
    opened.evaluate("checks.unfold()")
    for theme in THEMES:
        reader.turn(theme, WIDTHS[0])
        assert opened.evaluate("checks.unreachable()") == []
        for width in WIDTHS:
            reader.turn(theme, width)
            if SHOTS is not None:
                name = f"{page.replace('/', '-')}-{theme}-{width}.png"
                opened.screenshot(path=Path(SHOTS) / name, full_page=True)
            assert opened.evaluate("checks.tooWide()") == [], f"at {width} px"
        assert opened.evaluate("checks.faintText()") == []


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


@pytest.mark.parametrize("page", CHARTED)
def test_charts_are_live_follow_the_theme_and_are_still_in_print(
    read: Callable[..., Visit], page: str
) -> None:
    reader = read(f"{page}.html", "file")
    opened = reader.page
    opened.evaluate("checks.unfold()")
    opened.wait_for_function("() => checks.chartsAreDrawn('light')")
    for chart in opened.locator("figure.d2l-chart").all():
        assert chart.locator(".d2l-chart-live svg").first.is_visible()
        assert not chart.locator(".d2l-chart-still").is_visible()
    assert opened.evaluate("checks.emptyCharts()") == []
    light = opened.evaluate("checks.chartTextColors()")
    opened.evaluate("() => (document.documentElement.dataset.theme = 'dark')")
    opened.wait_for_function("() => checks.chartsAreDrawn('dark')")
    dark = opened.evaluate("checks.chartTextColors()")
    assert all(new and new != old for new, old in zip(dark, light, strict=True))
    opened.emulate_media(media="print")
    assert_still(opened)
    assert reader.complaints == []


@pytest.mark.parametrize("page", CHARTED)
def test_controls_have_names_and_keep_their_value_when_the_theme_changes(
    visit: Callable[..., Visit], page: str
) -> None:
    reader = visit()
    opened = reader.open(f"{page}.html")
    opened.evaluate("checks.unfold()")
    opened.wait_for_function("() => checks.chartsAreDrawn('light')")
    controls = opened.locator(".d2l-chart-controls :is(input, select)")
    values = []
    for control in controls.all():
        label = control.evaluate("(c) => c.ariaLabel || c.closest('label')?.textContent || ''")
        assert label.strip(), control.evaluate("(c) => c.outerHTML")
        if control.get_attribute("type") == "range":
            was = control.input_value()
            control.focus()
            lowest = was == control.get_attribute("min")
            opened.keyboard.press("ArrowRight" if lowest else "ArrowLeft")
            assert control.input_value() != was
        values.append(control.input_value())
    opened.evaluate("() => (document.documentElement.dataset.theme = 'dark')")
    opened.wait_for_function("() => checks.chartsAreDrawn('dark')")
    assert [control.input_value() for control in controls.all()] == values
    assert reader.complaints == []


@pytest.mark.parametrize("page", CHARTED)
def test_without_scripts_a_chart_is_a_still_picture(visit: Callable[..., Visit], page: str) -> None:
    reader = visit("file", scripts=False)
    reader.page.goto(f"{reader.base}{page}.html")
    assert_still(reader.page)


def assert_still(opened: Page) -> None:
    for chart in opened.locator("figure.d2l-chart").all():
        if chart.locator("xpath=ancestor::details").count() == 0:
            assert chart.locator(".d2l-chart-still svg").is_visible()
        assert chart.locator(".d2l-chart-live").is_hidden()


@pytest.mark.parametrize("page", PAGES)
def test_folded_text_opens_by_keyboard_and_for_print(read: Callable[..., Visit], page: str) -> None:
    opened = read(f"{page}.html").page
    folds = opened.locator(".bd-article details")
    for fold in folds.element_handles():
        found = fold.evaluate(GO_TO_SUMMARY)
        if found is None:  # inside another one
            continue
        assert found["name"]
        opened.keyboard.press("Enter")
        assert fold.evaluate("(f) => f.open") != found["open"]
    opened.evaluate("checks.restore()")  # printing has to open what is folded
    opened.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    assert folds.evaluate_all("(all) => all.every((f) => f.open)")


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
    for medium, moves in (("screen", True), ("print", False)):
        opened.emulate_media(media=medium, reduced_motion="no-preference")
        opened.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
        assert opened.evaluate(FADING) is moves
        opened.evaluate("() => window.dispatchEvent(new Event('afterprint'))")


FADING = """() => {
  const inText = ({ effect }) => effect.target.closest(".bd-article") !== null;
  return document.getAnimations().some(inText);
}"""


@pytest.mark.parametrize("page", PAGES)
def test_printed_page_holds_the_text_alone(read: Callable[..., Visit], page: str) -> None:
    reader = read(f"{page}.html")
    opened = reader.page
    reader.turn("dark", 768)
    assert opened.evaluate("checks.printedBesidesText()") != []
    opened.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    opened.emulate_media(media="print")
    assert opened.evaluate("checks.printedBesidesText()") == []
    assert opened.evaluate("checks.faintText()") == []
    if SHOTS is not None:
        name = f"{page.replace('/', '-')}-print.png"
        opened.screenshot(path=Path(SHOTS) / name, full_page=True)
