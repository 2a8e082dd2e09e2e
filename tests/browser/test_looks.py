"""How a page looks where a measure can say so: one visit, wide, then as a reader of code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/backprop/gradient-shape.html"

MEASURE = """() => {
  const article = document.querySelector(".bd-article");
  const style = (tag) => {
    const element = article.querySelector("section > section").appendChild(
      document.createElement(tag));
    const { fontSize, fontWeight } = getComputedStyle(element);
    element.remove();
    return [parseFloat(fontSize), Number(fontWeight)];
  };
  const paragraph = article.querySelector("section > section > p");
  const ruler = paragraph.appendChild(document.createElement("span"));
  ruler.style.whiteSpace = "nowrap";
  ruler.textContent = "An average line of prose has about as many letters as this one has here.";
  const letter = ruler.getBoundingClientRect().width / ruler.textContent.length;
  const characters = paragraph.getBoundingClientRect().width / letter;
  ruler.remove();
  const target = document.querySelector(":target > h2");
  return { h2: style("h2"), h3: style("h3"), characters,
           target: getComputedStyle(target).backgroundColor };
}"""


def test_headings_lines_and_targets_keep_their_measure(visit: Callable[..., Visit]) -> None:
    reader = visit(width=1600)
    opened = reader.open(f"{PAGE}#short-answer")
    found = opened.evaluate(MEASURE)
    assert found["h2"][0] > found["h3"][0] > 18
    assert found["h2"][1] == found["h3"][1] == 600
    assert 60 < found["characters"] <= 80
    assert found["target"] == "rgba(0, 0, 0, 0)"


def test_checks_alike_are_one_line_that_unfolds(visit: Callable[..., Visit]) -> None:
    reader = visit()
    opened = reader.open(PAGE.replace("gradient-shape", "second-derivatives-orders"))
    opened.get_by_role("button", name="Read with code").click()
    block = opened.locator(".d2l-block", has_text="compared in 8 checks").first
    inner = block.locator("li")
    assert inner.count() == 8
    assert not inner.first.is_visible()
    block.locator("summary").press("Enter")
    assert all(item.is_visible() for item in inner.all())
    opened.get_by_role("button", name="Read", exact=True).click()
    line = opened.locator(".d2l-fold", has_text="compared in 8 checks").first
    assert line.is_visible()
    assert not block.is_visible()
    assert reader.complaints == []


def test_one_line_unfolds_the_cells_without_output_that_follow_each_other(
    visit: Callable[..., Visit],
) -> None:
    reader = visit()
    opened = reader.open(PAGE.replace("gradient-shape", "memory"))
    line = opened.locator('.d2l-fold[aria-controls*=" "]').first
    names = (line.get_attribute("aria-controls") or "").split()
    cells = [opened.locator(f"#{name}") for name in names]
    assert len(cells) == 3
    assert [cell.is_visible() for cell in cells[1:]] == [False, False]
    line.press("Enter")
    assert all(cell.locator(".cell_input").is_visible() for cell in cells)
    line.press("Enter")
    assert not any(cell.locator(".cell_input").is_visible() for cell in cells)
    opened.evaluate("(name) => (location.hash = name)", names[1])
    cells[1].locator(".cell_input").wait_for()
    assert reader.complaints == []


def test_table_of_formulas_fits_a_phone(visit: Callable[..., Visit]) -> None:
    opened = visit(width=375).open(PAGE.replace("gradient-shape", "hidden-bias"))
    card = opened.locator("#all-equations-on-one-card .pst-scrollable-table-container")
    assert card.evaluate("box => box.scrollWidth - box.clientWidth") <= 1
    cells = card.locator("tbody tr").first.locator("td")
    left = [cell.bounding_box() for cell in cells.all()]
    assert left[1] is not None
    assert left[2] is not None
    assert left[1]["x"] == left[2]["x"]
    assert left[1]["y"] < left[2]["y"]
