"""HTML that runs, sends or loads something is found however it is written; a page's own is not."""

from importlib.resources import files

import pytest
import yaml

from d2l_book.notebooks.active import active_problems
from d2l_book.notebooks.markdown import EXTENSIONS, markdown_problems
from tests.conftest import ROOT

SCRIPT = files("d2l_utils.backprop").joinpath("stepper.js").read_text(encoding="utf-8")
PAGES = ["intro.md", "chapters/multilayer-perceptrons/backprop/index.md"]

ACTIVE = [
    "<script>f()</script>",
    "<script src=x.js></script>",
    "<SCRIPT\n>f()</SCRIPT >",
    f"<script>{SCRIPT}; f()</script>",
    f"<script type=module>{SCRIPT}</script>",
    '<script type="application/json">f()</script>',
    "<img src=x.png alt=a onerror=f()>",
    '<p ONCLICK="f()">a</p>',
    '<a href="javascript:f()">a</a>',
    '<a href=" java\nscript:f()">a</a>',
    '<a href="&#106;avascript&colon;f()">a</a>',
    '<a href="vbscript:f()">a</a>',
    '<a href="data:text/html,<script>f()</script>">a</a>',
    '<img alt=a src="data:image/svg+xml,<svg onload=f()>">',
    '<iframe src="data:text/html,a"></iframe>',
    "<iframe srcdoc='a'></iframe>",
    "<object data=x></object>",
    "<embed src=x>",
    "<base href='/x/'>",
    "<meta http-equiv=refresh content='0;url=x'>",
    "<form action=x><button formaction=y>a</button></form>",
    "<input autofocus onfocus=f()>",
    "<link rel=stylesheet href=x.css>",
    "<style>p {color: red}</style>",
    "<p style='background: url(x.png)'>a</p>",
    "<div data-bs-toggle=tooltip>a</div>",
    "<svg><foreignObject>a</foreignObject></svg>",
    "<svg><use href='x.svg#a'/></svg>",
    "<svg><animate attributeName=href values='javascript:f()'/></svg>",
    "<math><mi xlink:href='javascript:f()'>a</mi></math>",
    "<custom-element>a</custom-element>",
    "<!--><script>f()</script>-->",
    "<![CDATA[<script>f()</script>]]>",
    "<?php f() ?>",
    "<div onclick=f()",
]

IN_MARKDOWN = [
    *(f"text\n\n{html}\n" for html in ACTIVE),
    "a <img src=x.png alt=a onerror=f()> in a line",
    "[a](javascript:f%28%29)",
    "[a](<JavaScript:f()>)",
    "[a][b]\n\n[b]: javascript:f()",
    "<javascript:f()>",
    "![a](data:text/html,a)",
    "![a](https://example.org/a.png)",
    "```{raw} html\n<b>\n```",
    "```{iframe} x\n```",
    "```{include} x.html\n```",
    ":::{raw} html\n<b>\n:::",
    "```{note}\n<script>f()</script>\n```",
    "````{note}\n```{tip} <img src=x.png alt=a onerror=f()>\na\n```\n````",
    ":::{note}\n:class: a\n\n<script>f()</script>\n:::",
    "```{figure} https://example.org/a.png\na\n```",
    "{raw-html}`<b>`",
]

HARMLESS = [
    '<details><summary>a</summary>b</details><div class="d2l-predict" role="group">c</div>',
    '<table class="d2l-table"><tr><th scope="row">a</th><td style="text-align: right">1</td></tr>',
    '<a href="https://d2l.ai" rel="license">a</a><a href="b.html#c">d</a>',
    '<svg viewBox="0 0 1 1"><g clip-path="url(#a)"><use xlink:href="#b"/></g></svg>',
    '<img src="a.png" alt="b"><img alt="b" src="data:image/png;base64,aGk=">',
    f'<script type="application/json">{{"a": 1}}</script><script>\n{SCRIPT}</script>',
    "a &lt;script&gt; &lt;b &amp; c < d",
    "<!-- a remark -->",
]

HARMLESS_MARKDOWN = [
    "`<script>` and $a<b$ and $$c <d$$ and {cite}`e`",
    "```html\n<script>f()</script>\n```",
    "```{note}\n**a** [b](c.md)\n```",
    "- [ ] to do\n- [x] done",
    "[a](https://d2l.ai)",
    "| a | b |\n| - | -: |\n| c | d |",
]


@pytest.mark.parametrize("html", ACTIVE)
def test_active_html_is_found(html: str) -> None:
    assert list(active_problems(f"<p>before</p>{html}"))


def test_slashes_part_attributes() -> None:
    assert list(active_problems('<img/src="x.png"/onerror=f()>'))  # in Markdown it is only text


@pytest.mark.parametrize("html", HARMLESS)
def test_harmless_html_is_left_alone(html: str) -> None:
    assert list(active_problems(html)) == []


@pytest.mark.parametrize("source", IN_MARKDOWN)
def test_active_html_is_found_in_markdown(source: str) -> None:
    assert list(markdown_problems(source))


@pytest.mark.parametrize("source", HARMLESS_MARKDOWN)
def test_harmless_markdown_is_left_alone(source: str) -> None:
    assert list(markdown_problems(source)) == []


@pytest.mark.parametrize("page", PAGES)
def test_pages_without_code_are_harmless(page: str) -> None:
    assert list(markdown_problems((ROOT / page).read_text(encoding="utf-8"))) == []


def test_markdown_is_read_as_the_book_reads_it() -> None:
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert set(config["parse"]["myst_enable_extensions"]) == set(EXTENSIONS)
