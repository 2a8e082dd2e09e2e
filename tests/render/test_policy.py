"""Which scripts a page may run, as its content security policy says."""

from __future__ import annotations

import re

import pytest

from d2l_book.render.policy import (
    META,
    Trusted,
    policy,
    policy_of,
    project_scripts,
    protected,
    source_hash,
)

HEAD = '<html><head>\n<meta charset="utf-8" />\n<title>t</title></head><body>{}</body></html>'
SETTING = "<script>DOCUMENTATION_OPTIONS.pagename = 'chapters/a-b/c';</script>"


def guarded(body: str, trusted: Trusted | None = None) -> tuple[str, list[str]]:
    page, stopped = protected(HEAD.format(body), trusted or Trusted())
    found = policy_of(page)
    assert found is not None
    return found, stopped


def test_policy_stands_first_in_the_page_and_asks_no_other_host() -> None:
    page, stopped = protected(HEAD.format("<p>text</p>"), Trusted())
    assert stopped == []
    assert META.sub("", page) == HEAD.format("<p>text</p>")
    assert page.index("Content-Security-Policy") < page.index("<title>")
    found = policy_of(page)
    assert found == policy()
    assert "http" not in found
    assert "unsafe-eval" not in found
    [scripts] = [part for part in found.split("; ") if part.startswith("script-src")]
    assert "unsafe-inline" not in scripts


def test_policy_is_written_once_and_anew_in_each_build() -> None:
    once, _ = protected(HEAD.format(SETTING), Trusted())
    twice, _ = protected(once, Trusted())
    assert twice == once
    changed, _ = protected(once.replace(SETTING, ""), Trusted())
    assert policy_of(changed) == policy()
    assert policy_of(HEAD) is None


def test_hash_is_the_one_that_browsers_expect() -> None:
    # The example of the specification's text, CSP level 3.
    expected = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
    assert source_hash("alert('Hello, world.');") == expected


@pytest.mark.parametrize(
    "script",
    [
        "DOCUMENTATION_OPTIONS.pagename = 'chapters/a-b/c';",
        "DOCUMENTATION_OPTIONS.search_as_you_type = false;",
        "let toggleHintShow = 'Click to show';",
        *project_scripts(),
    ],
)
def test_scripts_of_the_build_run(script: str) -> None:
    found, stopped = guarded(f"<script>{script}</script>", Trusted())
    assert source_hash(script) in found
    assert stopped == []


def test_project_has_scripts_of_its_own() -> None:
    assert any("data-d2l-stepper" in script for script in project_scripts())


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "</article><script>alert(1)</script>",
        "<script>DOCUMENTATION_OPTIONS.pagename = 'a'; alert(1);</script>",
        "<script>DOCUMENTATION_OPTIONS.pagename = ''+alert(1)+'';</script>",
        "<script>let toggleHintShow = 'a\\'; alert(1)';</script>",
        '<script>window.DOCUMENTATION_OPTIONS = {"pagename": "a"}</script>',
        f"<script>{project_scripts()[0]}alert(1)</script>",
        "<script type='module'>alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT>",
        '<svg><script type="text/javascript">alert(1)</script></svg>',
        '<img src="x" onerror="alert(1)">',
        "<details ONTOGGLE=alert(1) open>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" java\nscript:alert(1)">x</a>',
        '<a href="&#106;avascript:alert(1)">x</a>',
        '<form action="javascript:alert(1)"></form>',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    ],
)
def test_what_others_wrote_is_stopped_and_said_so(body: str) -> None:
    found, stopped = guarded(SETTING + body)
    own = re.sub(r"</?script>", "", SETTING)
    assert found == policy([own])
    assert len(stopped) == 1


def test_data_and_files_are_no_inline_scripts() -> None:
    body = '<script type="application/json">{"a": 1}</script><script src="x.js"></script>'
    assert guarded(body) == (policy(), [])


def test_handlers_of_the_theme_are_taken_away() -> None:
    page, stopped = protected('<button onclick="window.print()"\n class="a">', Trusted())
    assert page == '<button\n class="a">'
    assert stopped == []
