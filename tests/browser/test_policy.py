"""The pages' content security policy in a real browser: what is injected does not run.

That each page keeps within it is seen in the page's visit.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from d2l_book.render.policy import META
from tests.browser.visits import Tabs, Visit

INJECTED = """
  <script>window.ran = ["script"]</script>
  <img src="missing.png" onerror="window.ran = ['handler']" alt="">
  <a href="javascript:window.ran = ['address']" id="address">x</a>
  <form action="https://elsewhere.example/"></form>
"""


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


def test_injected_code_does_not_run(tabs: Tabs, book_html: Path, tmp_path: Path) -> None:
    page = tabs.take("file:")
    assert ran(page, inject(book_html, tmp_path, keeps_policy=False)) != []
    assert page.evaluate("checks.policy()") == ["the page has 0 policies"]
    assert ran(page, inject(book_html, tmp_path, keeps_policy=True)) == []
    assert (
        page.evaluate("checks.stopped.filter((each) => each.startsWith('script-src')).length") >= 2
    )
    assert page.evaluate("document.documentElement.dataset.mode") == "auto"  # ours ran
    page.close()


def test_page_cannot_be_asked_to_send_elsewhere_or_to_compile(tabs: Tabs, book_html: Path) -> None:
    page = tabs.take("file:")
    page.goto((book_html / "intro.html").as_uri())
    page.evaluate("() => fetch('https://elsewhere.example/').catch(() => null)")
    page.wait_for_function("() => checks.stopped.some((each) => each.startsWith('connect-src'))")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.src = 'https://elsewhere.example/';"
        "document.head.append(s); }"
    )
    page.wait_for_function(
        "() => checks.stopped.some((each) => each.startsWith('script-src-elem'))"
    )
    page.close()


def test_buttons_of_the_theme_work_without_handlers(visit: Callable[..., Visit]) -> None:
    page = visit().open("chapters/multilayer-perceptrons/backprop/hidden-bias.html")
    page.evaluate("() => { window.pressed = []; window.print = () => pressed.push('print'); }")
    page.evaluate("() => { window.toggleFullScreen = () => pressed.push('full'); }")
    page.evaluate("() => document.querySelector('.btn-download-pdf-button').click()")
    page.evaluate("() => document.querySelector('.btn-fullscreen-button').click()")
    assert page.evaluate("pressed") == ["print", "full"]
