"""Links from each page to its source, to running it elsewhere and to reporting a mistake.

They need an address. Where the book is built by GitHub, that is the address of the repository it is
built from; anywhere else there is none, and the links are absent.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

COLAB = "https://colab.research.google.com"


def links(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the theme's options for the links.

    Args:
        environment: Variables as GitHub's runners set them.

    Returns:
        The options; empty without an address.
    """
    server, name = environment.get("GITHUB_SERVER_URL"), environment.get("GITHUB_REPOSITORY")
    if not server or not name:
        return {}
    return {
        "repository_url": f"{server}/{name}",
        "repository_branch": environment.get("GITHUB_REF_NAME", "main"),
        "use_repository_button": True,
        "use_source_button": True,
        "use_issues_button": True,
        "launch_buttons": {"colab_url": COLAB},
    }


def configure(app: Sphinx, config: Config) -> None:
    """Add the links to the theme's options."""
    config.html_theme_options = {**config.html_theme_options, **links(os.environ)}


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("config-inited", configure, priority=901)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
