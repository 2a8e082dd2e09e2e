"""The pages' content security policy in a real browser: ours works, what is injected does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from d2l_book.render.policy import META
from tests.browser.visits import Visit

WATCH = """
  window.stopped = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    stopped.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""
INJECTED = """
  <script>window.ran = ["script"]</script>
  <img src="missing.png" onerror="window.ran = ['handler']" alt="">
  <a href="javascript:window.ran = ['address']" id="address">x</a>
  <form action="https://elsewhere.example/"></form>
"""


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_no_page_breaks_its_policy(
    visit: Callable[..., Visit], book_html: Path, scheme: str
) -> None:
    reader = visit(scheme)
    reader.page.add_init_script(WATCH)
    # The first page is a line that leads to the next one.
    others = {book_html / "index.html", *(book_html / "_static").glob("*.html")}
    pages = sorted({*book_html.rglob("*.html")} - others)
    assert len(pages) > 5
    for path in pages:
        page = reader.open(path.relative_to(book_html).as_posix())
        page.evaluate("checks.unfold()")
        reader.draw()
        assert page.locator('meta[http-equiv="Content-Security-Policy"]').count() == 1
        assert page.evaluate("stopped") == [], path.name
    page = reader.open("search.html?q=gradient")
    page.locator("#search-results li").first.wait_for()
    assert page.evaluate("stopped") == []
    assert reader.complaints == []


def inject(book_html: Path, folder: Path, keeps_policy: bool) -> str:
    """Write a page of the book with active HTML in its text; return its address."""
    html = (book_html / "intro.html").read_text(encoding="utf-8")
    html = html.replace("</article>", f"{INJECTED}</article>", 1)
    path = folder / "page.html"
    path.write_text(html if keeps_policy else META.sub("", html), encoding="utf-8")
    return path.as_uri()


def ran(page: Any, address: str) -> list[str]:
    page.goto(address)
    page.wait_for_function("() => document.querySelector('img[src=\"missing.png\"]').complete")
    page.evaluate("() => document.getElementById('address').click()")
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 0))")
    return list(page.evaluate("window.ran ?? []"))


def test_injected_code_does_not_run(browser: Any, book_html: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    page.add_init_script(WATCH)
    assert ran(page, inject(book_html, tmp_path, keeps_policy=False)) != []
    assert ran(page, inject(book_html, tmp_path, keeps_policy=True)) == []
    assert page.evaluate("stopped.filter((each) => each.startsWith('script-src')).length") >= 2
    assert page.evaluate("document.documentElement.dataset.mode") == "auto"  # ours ran
    page.close()


def test_page_cannot_be_asked_to_send_elsewhere_or_to_compile(
    browser: Any, book_html: Path
) -> None:
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto((book_html / "intro.html").as_uri())
    page.evaluate("() => fetch('https://elsewhere.example/').catch(() => null)")
    page.wait_for_function("() => stopped.some((each) => each.startsWith('connect-src'))")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.src = 'https://elsewhere.example/';"
        "document.head.append(s); }"
    )
    page.wait_for_function("() => stopped.some((each) => each.startsWith('script-src-elem'))")
    page.close()


def test_buttons_of_the_theme_work_without_handlers(visit: Callable[..., Visit]) -> None:
    page = visit().open("chapters/multilayer-perceptrons/backprop/hidden-bias.html")
    page.evaluate("() => { window.pressed = []; window.print = () => pressed.push('print'); }")
    page.evaluate("() => { window.toggleFullScreen = () => pressed.push('full'); }")
    page.evaluate("() => document.querySelector('.btn-download-pdf-button').click()")
    page.evaluate("() => document.querySelector('.btn-fullscreen-button').click()")
    assert page.evaluate("pressed") == ["print", "full"]
