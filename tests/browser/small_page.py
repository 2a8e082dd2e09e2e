"""Pages of a few lines with the book's own scripts, for what one script does: no build needed."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT

STATIC = ROOT / "d2l_book" / "render" / "static"
PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{name}</title>{head}
<style>.tall {{ height: 3000px }}</style></head>
<body><nav class="bd-links">{links}</nav>
<article class="bd-article">{article}</article>
<div class="prev-next-area">{neighbours}</div>
{scripts}</body></html>"""


def write_pages(
    folder: Path,
    articles: dict[str, str],
    scripts: tuple[str, ...],
    styles: tuple[str, ...] = (),
    neighbours: str = "",
) -> str:
    """Write pages that lie beside each other, each with a side bar of all; returns their address.

    Args:
        folder: Where to write them.
        articles: Page -> what its article holds.
        scripts: The book's scripts that the pages load, in order.
        styles: The book's style sheets that they load.
        neighbours: What stands below the article.
    """
    (folder / "_static").symlink_to(STATIC)
    for name, article in articles.items():
        links = "".join(
            f'<a class="reference internal{" current" if other == name else ""}" '
            f'href="{"#" if other == name else other + ".html"}">{other}</a>'
            for other in articles
        )
        html = PAGE.format(
            name=name,
            article=article,
            links=links,
            neighbours=neighbours,
            head="".join(f'<link rel="stylesheet" href="_static/{each}">' for each in styles),
            scripts="".join(f'<script src="_static/{each}"></script>' for each in scripts),
        )
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder.as_uri() + "/"
