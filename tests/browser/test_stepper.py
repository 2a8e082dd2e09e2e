"""The stepper in a real browser, from the stored output in a bare page opened as a file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Locator, Page

from d2l_utils import backprop
from d2l_utils.backprop.stepper import USES, Stepper, tiny_example
from d2l_utils.backprop.stepper_variants import StepperVariants
from tests.browser.visits import Tabs, Visit

pytestmark = pytest.mark.exercise(2)

SHOWN = """root => Object.fromEntries([...root.querySelectorAll("[data-slot]")]
  .map(slot => [slot.dataset.slot, [...slot.querySelectorAll(".numbers span")]
    .filter(cell => getComputedStyle(cell).visibility === "visible")
    .map(cell => cell.innerText)])
  .filter(([, cells]) => cells.length))"""


@pytest.fixture
def page(tabs: Tabs, tmp_path: Path) -> Iterator[Page]:
    """Yield a phone-sized page; any error in it, or request for another file, fails the test."""
    base = tmp_path.as_uri()
    visit = Visit(tabs.take(base), base, width=375)
    yield visit.page
    assert visit.complaints == []
    assert [url for url in visit.asked if not url.endswith("/page.html")] == []
    tabs.give_back(visit)


def other_example() -> dict[str, Any]:
    return {
        **tiny_example(),
        "y": torch.tensor([1]),
        "activation": "tanh",
        "loss": "cross_entropy",
    }


def open_page(
    page: Page, folder: Path, *widgets: Stepper | StepperVariants, style: str = ""
) -> Locator:
    body = "\n".join(widget._repr_html_() for widget in widgets)
    file = folder / "page.html"
    file.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>stepper</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head>'
        f"<body>{body}</body></html>",
        encoding="utf-8",
    )
    page.goto(file.as_uri())
    return page.locator("[data-d2l-stepper] .card")


def flat(cells: list[list[str]]) -> list[str]:
    return [cell for row in cells for cell in row]


def expected_on_screen(widget: Stepper, number: int) -> dict[str, list[str]]:
    """Every number that the first `number` steps have filled, by slot."""
    expected = {}
    for step in widget.steps[: number + 1]:
        for name in step.fills:
            back = step.phase == "backward"
            cells = (widget.gradients if back else widget.values)[name]
            expected[f"{name}.{'gradient' if back else 'value'}"] = flat(cells)
    return expected


def assert_step(card: Locator, widget: Stepper, number: int) -> None:
    step = widget.steps[number]
    last = len(widget.steps) - 1
    assert card.evaluate(SHOWN) == expected_on_screen(widget, number)
    assert card.locator(".where").inner_text() == f"Step {number} of {last}, {step.phase}"
    assert card.locator(".equation").inner_text() == step.equation
    assert card.locator(".detail").inner_text() == step.detail
    assert card.locator("[role=status][aria-live=polite] .said").text_content() == (
        f"Result: {step.result}"
    )
    highlighted = card.locator(".box.now .value").evaluate_all(
        "slots => slots.map(slot => slot.dataset.slot.split('.')[0])"
    )
    assert set(highlighted) == (set(step.fills) if number else set())


@pytest.mark.parametrize("example", [tiny_example, other_example])
def test_arrow_keys_fill_the_numbers_of_every_step_forth_and_back(
    page: Page, tmp_path: Path, example: Callable[[], dict[str, Any]]
) -> None:
    widget = backprop.step_through(**example())
    card = open_page(page, tmp_path, widget)
    card.focus()
    last = len(widget.steps) - 1
    for number in range(last + 1):
        assert_step(card, widget, number)
        page.keyboard.press("ArrowRight")
    for number in range(last, -1, -1):
        assert_step(card, widget, number)
        page.keyboard.press("ArrowLeft")
    assert_step(card, widget, 0)


def test_buttons_step_and_stop_at_both_ends(page: Page, tmp_path: Path) -> None:
    widget = backprop.step_through(**tiny_example())
    card = open_page(page, tmp_path, widget)
    button = {name: card.get_by_role("button", name=name) for name in ("First", "Back", "Next")}
    button["Last"] = card.get_by_role("button", name="Last", exact=True)
    assert button["Back"].get_attribute("aria-disabled") == "true"
    for number in (1, 2, 3):
        button["Next"].click()
        assert_step(card, widget, number)
    button["Back"].click()
    assert_step(card, widget, 2)
    button["Last"].click()
    assert_step(card, widget, len(widget.steps) - 1)
    assert button["Next"].get_attribute("aria-disabled") == "true"
    button["Next"].focus()
    page.keyboard.press("Enter")
    assert_step(card, widget, len(widget.steps) - 1)
    page.keyboard.press("Home")
    assert_step(card, widget, 0)
    page.keyboard.press("End")
    button["First"].click()
    assert_step(card, widget, 0)


def test_final_state_shows_every_value_and_gradient(page: Page, tmp_path: Path) -> None:
    widget = backprop.step_through(**tiny_example())
    card = open_page(page, tmp_path, widget)
    card.focus()
    page.keyboard.press("End")
    every = {f"{name}.value": flat(cells) for name, cells in widget.values.items()}
    every |= {f"{name}.gradient": flat(cells) for name, cells in widget.gradients.items()}
    assert card.evaluate(SHOWN) == every


def test_the_comparison_notices_one_wrong_number(page: Page, tmp_path: Path) -> None:
    widget = backprop.step_through(**tiny_example())
    card = open_page(page, tmp_path, widget)
    card.locator("[data-slot='W1.value'] .numbers span").nth(3).evaluate("e => e.textContent = '1'")
    with pytest.raises(AssertionError):
        assert_step(card, widget, 0)


def test_used_edges_point_forward_to_the_value_and_back_to_the_gradient(
    page: Page, tmp_path: Path
) -> None:
    card = open_page(page, tmp_path, backprop.step_through(**tiny_example()))
    card.focus()
    forward, backward = card.locator("path.used.forward"), card.locator("path.used.backward")
    page.keyboard.press("ArrowRight")
    assert (forward.count(), backward.count()) == (3, 0)  # W1, x and b1 into z
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    assert card.locator(".equation").inner_text().startswith("∂J/∂W1")
    assert (forward.count(), backward.count()) == (0, 2)  # from z and from s
    page.keyboard.press("ArrowRight")
    assert (forward.count(), backward.count()) == (0, 1)  # b1: from z only


def test_other_keys_and_shortcuts_are_left_to_the_page(page: Page, tmp_path: Path) -> None:
    widget = backprop.step_through(**tiny_example())
    card = open_page(page, tmp_path, widget)
    page.keyboard.press("ArrowRight")  # not focused
    card.focus()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("ArrowDown")
    assert_step(card, widget, 0)


def test_two_steppers_on_one_page_do_not_disturb_each_other(page: Page, tmp_path: Path) -> None:
    first, second = (
        backprop.step_through(**tiny_example()),
        backprop.step_through(**other_example()),
    )
    cards = open_page(page, tmp_path, first, second, first)
    assert cards.count() == 3
    cards.nth(1).focus()
    page.keyboard.press("ArrowRight")
    assert_step(cards.nth(0), first, 0)
    assert_step(cards.nth(1), second, 1)
    assert_step(cards.nth(2), first, 0)


@pytest.mark.parametrize("width", [375, 319])  # alone; within the margins of the book's page
@pytest.mark.parametrize("example", [tiny_example, other_example])
def test_a_phone_shows_everything_without_scrolling_sideways(
    page: Page, tmp_path: Path, example: Callable[[], dict[str, Any]], width: int
) -> None:
    style = f"body {{ margin: 0; width: {width}px; }}"
    card = open_page(page, tmp_path, backprop.step_through(**example()), style=style)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    needed, room = card.locator(".scroll").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert needed <= room
    sizes = card.locator(".name, .numbers span, .where, .detail, button").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 11


@pytest.fixture(scope="module")
def variants() -> StepperVariants:
    return backprop.step_through_variants(**tiny_example(), others=[backprop.other_example()])


def test_menus_change_the_numbers_and_keep_the_step(
    page: Page, tmp_path: Path, variants: StepperVariants
) -> None:
    card = open_page(page, tmp_path, variants)
    card.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")  # the loss
    key = [0, 0, 0, 0]
    for place, (label, options) in enumerate(variants.choices):
        menu = card.get_by_role("combobox", name=label, exact=True)
        for number in (*range(1, len(options)), 0, 1):
            menu.select_option(options[number])
            key[place] = number
            stepper = variants.steppers[tuple(key)]
            assert_step(card, stepper, 4)
            assert card.locator(".box").count() == len(stepper.values)
    card.get_by_role("button", name="Last").click()
    assert_step(card, stepper, len(stepper.steps) - 1)
    assert (card.get_attribute("aria-label") or "").startswith(repr(stepper))


def test_keys_in_a_menu_choose_and_do_not_step(
    page: Page, tmp_path: Path, variants: StepperVariants
) -> None:
    card = open_page(page, tmp_path, variants)
    card.get_by_role("combobox", name="φ", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert_step(card, variants.steppers[0, 0, 1, 0], 0)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert_step(card, variants.steppers[0, 0, 1, 0], 1)


def test_every_line_ends_in_a_head(page: Page, tmp_path: Path, variants: StepperVariants) -> None:
    card = open_page(page, tmp_path, variants)
    sizes = card.locator("path.head").evaluate_all(
        "heads => heads.map(head => { const { width, height } = head.getBBox();"
        " return Math.max(width, height); })"
    )
    assert len(sizes) == sum(map(len, USES.values()))
    assert all(7 <= size <= 12 for size in sizes)
    assert card.locator("marker").count() == 0


def test_current_box_is_outlined_where_colours_are_forced(page: Page, tmp_path: Path) -> None:
    widget = backprop.step_through(**tiny_example())
    card = open_page(page, tmp_path, widget)
    page.emulate_media(forced_colors="active")
    card.focus()
    page.keyboard.press("ArrowRight")
    outlines = card.locator(".box").evaluate_all(
        "boxes => boxes.filter(box => getComputedStyle(box).outlineStyle === 'solid')"
        ".map(box => [box.matches('.now'), getComputedStyle(box).outlineWidth])"
    )
    assert outlines == [[True, "3px"]]
    page.emulate_media(forced_colors="none")


def test_paper_shows_the_last_step_without_buttons(
    page: Page, tmp_path: Path, variants: StepperVariants
) -> None:
    card = open_page(page, tmp_path, variants)
    card.focus()
    page.keyboard.press("ArrowRight")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert_step(card, variants.first, len(variants.first.steps) - 1)
    for control in (".bar", ".choices"):
        assert card.locator(control).is_hidden()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert_step(card, variants.first, 1)


def test_it_stands_in_the_middle(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 900, "height": 900})
    card = open_page(page, tmp_path, backprop.step_through(**tiny_example()))
    left, right = card.evaluate(
        "card => { const { left, right } = card.getBoundingClientRect();"
        " return [left, document.documentElement.clientWidth - right]; }"
    )
    assert left > 100
    assert abs(left - right) < 1


def test_text_has_contrast_in_both_themes(page: Page, tmp_path: Path) -> None:
    dark = ":root { --d2l-ink: #e8e8e8; --d2l-paper: #16181c; }"
    for style in ("", dark):
        card = open_page(page, tmp_path, backprop.step_through(**tiny_example()), style=style)
        for inside, surface in ((".equation", ".card"), (".name", ".box"), (".gradient", ".box")):
            pairs = card.locator(inside).evaluate_all(
                "(all, surface) => all.map(e => [getComputedStyle(e).color, "
                "getComputedStyle(e.closest(surface)).backgroundColor])",
                surface,
            )
            assert pairs
            for text, ground in pairs:
                assert contrast(text, ground) >= 4.5, (inside, text, ground)


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast ratio of two opaque CSS colours."""

    def luminance(colour: str) -> float:
        channels = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_nothing_moves_for_readers_who_prefer_reduced_motion(page: Page, tmp_path: Path) -> None:
    moving = "e => getComputedStyle(e).transitionDuration"
    card = open_page(page, tmp_path, backprop.step_through(**tiny_example()))
    assert card.locator(".box").first.evaluate(moving) == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert card.locator(".box").first.evaluate(moving) != "0s"


def test_without_scripts_the_page_shows_the_table(browser: Browser, tmp_path: Path) -> None:
    widget = backprop.step_through(**tiny_example())
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_page(page, tmp_path, widget)
    text = page.locator("body").inner_text()
    context.close()
    for step in widget.steps:
        if len(step.fills) == 1:
            assert step.result in text
