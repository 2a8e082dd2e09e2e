"""Turn the notebooks into pages: Sphinx extensions, style sheets and scripts."""
