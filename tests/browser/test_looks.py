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
    opened = reader.open(PAGE)
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
