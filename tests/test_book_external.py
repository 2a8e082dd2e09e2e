"""A page that would ask another host is noticed; links and shown code are not mistaken for it."""

import pytest

from d2l_book.notebooks.external import external_requests


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://example.org/a.js"></script>',
        "<img alt='x' src='//example.org/a.png'>",
        '<link rel="stylesheet" href="http://example.org/a.css">',
        "<style>@import 'https://example.org/a.css';</style>",
        '<div style="background: url(https://example.org/a.png)"></div>',
        '<svg><image href="https://example.org/a.png"/></svg>',
        "<iframe title=x src=https://example.org/></iframe>",
    ],
)
def test_a_request_to_another_host_is_found(html: str) -> None:
    [address] = external_requests(f"<p>before</p>{html}")
    assert "example.org" in address


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://d2l.ai">a link</a>',
        '<script src="_static/a.js"></script><img src="a.png" alt="x">',
        '<pre>&lt;img src="https://example.org"&gt; url(https://example.org)</pre>',
        '<script type="application/json">{"$schema": "url(https://example.org)"}</script>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    ],
)
def test_links_and_shown_code_are_not_requests(html: str) -> None:
    assert external_requests(html) == []
