"""Two small pages as a build leaves them, with all that *Read* changes, and the book they make."""

from __future__ import annotations

from pathlib import Path

from d2l_book.export.contents import Book, Entry

MATHML = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML">'
    '<mi mathvariant="bold">x</mi><mo>=</mo><mn>1</mn></math>'
)
ONE = f"""<!DOCTYPE html><html lang="en"><head><title>One</title></head><body>
<nav>side bar</nav><article class="bd-article">
<section id="one"><h1>1 One<a class="headerlink" href="#one">#</a></h1>
<div class="d2l-ways"><button>Read</button></div>
<p>Prose with <span class="math"><mjx-container><mjx-math>drawn</mjx-math>
<mjx-assistive-mml>{MATHML}</mjx-assistive-mml></mjx-container></span> and
<a href="folder/two.html#there">another page</a>, <a href="folder/two.html#gone">a fold</a>,
<a href="#one">itself</a>, <a href="search.html">search</a>,
<a href="https://example.org/a.html">a site</a>.</p>
<details id="hint"><summary>Hint <b>1</b></summary><p>Think.</p></details>
<div class="cell" id="code-1"><button class="d2l-fold"><span>✓ a &lt; b</span>
<span>and 1 more check</span> <span class="d2l-fold-code">code</span></button>
<div class="cell_input"><pre>hidden = 1</pre></div><div class="cell_output">
<ul class="d2l-checks"><li>✓ a &lt; b</li></ul><table><tr><td>shown</td></tr></table></div></div>
<div class="cell"><button class="d2l-fold d2l-fold-bare">code</button>
<div class="cell_input"><pre>also_hidden = 1</pre></div></div>
<div class="cell tag_show-input"><div class="cell_input"><pre>lesson = <span>1</span>
<button class="d2l-copy">Copy</button></pre></div></div>
<figure class="d2l-chart" id="fig-1"><div class="d2l-chart-live" hidden>live</div>
<div class="d2l-chart-still"><svg role="img" aria-label="A rising line" viewBox="0 0 9 9">
<path d="M0 9L9 0" style="stroke: var(--d2l-ink, #1a1a1a)"></path></svg></div>
<script type="application/json">{{}}</script></figure>
<div data-d2l-stepper="k"><table><tr><td>final</td></tr></table><p>Run this cell.</p></div>
</section></article></body></html>"""
TWO = """<!DOCTYPE html><html><body><article><section id="two">
<h1>1.1 Two</h1><p id="there"><a href="../one.html">Back</a></p><!-- a remark -->
</section></article></body></html>"""
BOOK = Book("A book & more", "we", "en", [Entry("one", 1), Entry("folder/two", 2)])


def write(folder: Path) -> Path:
    """Write the pages; returns their folder."""
    (folder / "folder").mkdir()
    (folder / "one.html").write_text(ONE, encoding="utf-8")
    (folder / "folder" / "two.html").write_text(TWO, encoding="utf-8")
    return folder
