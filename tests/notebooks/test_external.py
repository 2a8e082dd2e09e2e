"""A page that would ask another host is noticed; links and shown code are not mistaken for it."""

import pytest

from d2l_book.notebooks.external import external_data, external_requests


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
        '<base href="https://example.org/">',
        '<svg><use xlink:href="https://example.org/a.svg#b"/></svg>',
        '<svg><feImage href="https://example.org/a.svg"/></svg>',
        '<svg><path fill="url(https://example.org/a.svg#b)"/></svg>',
        '<meta http-equiv="refresh" content="0; url=https://example.org/">',
        '<meta http-equiv="Refresh" content="3;https://example.org/">',
        '<a href="#a" ping="/b https://example.org/c">a</a>',
        '<img alt="x" srcset="a.png 1x, https://example.org/a.png 2x">',
        '<link rel="preload" as="image" imagesrcset="a.png 1x, //example.org/a.png 2x">',
        "<style>p {background: image-set('https://example.org/a.png' 1x)}</style>",
        "<p style=\"background: -webkit-image-set(url('//example.org/a.png') 1x)\">a</p>",
        '<p style="background: u\\72l(https://example.org/a.png)">a</p>',
        '<p style="background: url(&#104;ttps://example.org/a.png)">a</p>',
        "<style>@media print {p {background: url(//example.org/a.png)}}</style>",
        "<style>@font-face {src: url(https://example.org/a.woff2)}</style>",
        '<body background="https://example.org/a.png">',
        '<img alt="x" src="&#104;ttps://example.org/a.png">',
        '<img alt="x" src="\n https://example.org/a.png">',
        '<img alt="x" src="ht\ntps://example.org/a.png">',
        '<img alt="x" src="\\\\example.org/a.png">',
        '<img alt="x" src="HTTPS:example.org/a.png">',
        '<html manifest="https://example.org/a.appcache">',
        '<link rel="manifest" href="https://example.org/a.json">',
        '<link rel="preload" href="https://example.org/a.js">',
        '<link rel="license stylesheet" href="https://example.org/a.css">',
        '<video poster="https://example.org/a.png"></video>',
        '<form action="https://example.org/"></form>',
        '<button formaction="https://example.org/">a</button>',
        '<object data="https://example.org/a.svg"></object>',
        '<iframe srcdoc="&lt;img src=https://example.org/a.png&gt;"></iframe>',
        "<script>new WebSocket('wss://example.org/')</script>",
        '<script>fetch("https://example.org/")</script>',
        "<script>import('//example.org/a.js')</script>",
        '<script type="module">import "https://example.org/a.js"</script>',
        '<script type="importmap">{"imports": {"a": "https://example.org/a.js"}}</script>',
        '<script type="application/json">{"data": [{"url": "https://example.org/a"}]}</script>',
        "<p onclick=\"fetch('https://example.org/')\">a</p>",
    ],
)
def test_a_request_to_another_host_is_found(html: str) -> None:
    address = ",".join(external_requests(f"<p>before</p>{html}"))
    assert "example.org" in address


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://d2l.ai">a link</a>',
        '<script src="_static/a.js"></script><img src="a.png" alt="x">',
        '<pre>&lt;img src="https://example.org"&gt; url(https://example.org)</pre>',
        '<script type="application/json">{"$schema": "url(https://example.org)"}</script>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        '<svg><a xlink:href="https://d2l.ai"><text>a link</text></a></svg>',
        '<link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/">',
        '<meta name="description" content="https://d2l.ai">',
        "<p style='fill: url(#a)'>a</p>",
        '<script>const NS = "http://www.w3.org/2000/svg"; // see https://d2l.ai</script>',
        '<img src="a.png" srcset="a.png 1x, b.png 2x" alt="https://d2l.ai">',
    ],
)
def test_links_and_shown_code_are_not_requests(html: str) -> None:
    assert external_requests(html) == []


def test_data_of_a_chart_on_another_host_are_found() -> None:
    data = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "title": "https://d2l.ai"}
    assert external_data(data) == []
    assert external_data({"layer": [{"data": {"url": "//example.org/a"}}]}) == ["//example.org/a"]
