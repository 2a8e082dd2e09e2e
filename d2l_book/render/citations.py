"""Citations that a notebook shows too, and references that say where they are cited.

JupyterLab shows a role such as ``{cite}`` as source. In a notebook a citation is therefore a link
with the words that a reader is to see, to the page of references and the entry's key:
``[Pearlmutter (1994)](../../../references.md#pearlmutter1994fast)``. Here it becomes a citation,
and words that name another author or year than the entry are reported, which fails the build.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinxcontrib.bibtex.citation_target import parse_citation_targets
from sphinxcontrib.bibtex.roles import CitationRef

logger = logging.getLogger(__name__)

REFERENCES = "references"
"""The page with the bibliography."""


class LinkedCitations(SphinxTransform):
    """Makes citations of the links to entries of the bibliography."""

    default_priority = 5

    def apply(self, **kwargs: object) -> None:
        """Replace the links of the page that is read."""
        domain: Any = self.env.get_domain("cite")
        entries = domain.bibdata.data.entries
        for link in list(self.document.findall(addnodes.pending_xref)):
            key = link.get("reftargetid")
            if link.get("reftarget") != REFERENCES or not key:
                continue
            words = link.astext()
            for problem in problems(words, entries.get(key), key):
                logger.warning("%s", problem, location=link, type="d2l")
            if key in entries:
                link.replace_self(self._citation(key, domain))

    def _citation(self, key: str, domain: Any) -> addnodes.pending_xref:
        inner = nodes.inline(key, key, classes=["xref", "cite", "cite-t"])
        node = addnodes.pending_xref(
            key,
            inner,
            refdomain="cite",
            reftype="t",
            reftarget=key,
            refdoc=self.env.docname,
            refexplicit=False,
            refwarn=True,
        )
        self.document.note_explicit_target(node, node)
        targets = list(parse_citation_targets(key))
        number, line = node["ids"][0], self.document.line
        domain.citation_refs.append(CitationRef(number, self.env.docname, line, targets))
        return node


def problems(words: str, entry: Any, key: str) -> list[str]:
    """Say what is wrong with a citation's words.

    Args:
        words: What the notebook shows.
        entry: The entry of the bibliography, as pybtex has it; None if there is none.
        key: The entry's key.
    """
    if entry is None:
        return [f"citation: expected a key of the bibliography, got {key!r}"]
    first = entry.persons["author"][0]
    name, year = " ".join(first.last_names), entry.fields["year"]
    name = re.sub(r"[{}]", "", name)
    missing = [part for part in (name, year) if part not in words]
    return [f"citation {key}: expected {' and '.join(missing)} in {words!r}"] if missing else []


def say_where(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Say at the end of each reference on which pages it is cited, and drop its label.

    Citations show author and year, by which the list is ordered; the labels say nothing more.
    """
    domain: Any = app.env.get_domain("cite")
    places = {citation.citation_id: citation.key for citation in domain.citations}
    for node in doctree.findall(nodes.citation):
        for label in list(node.findall(nodes.label)):
            node.remove(label)
        key = next((places[each] for each in node["ids"] if each in places), None)
        pages = dict.fromkeys(
            ref.docname
            for ref in domain.citation_refs
            if ref.docname != name and any(target.key == key for target in ref.targets)
        )
        links = [
            f'<a href="{escape(app.builder.get_relative_uri(name, page))}">'
            f"{escape(app.env.titles[page].astext())}</a>"
            for page in pages
        ]
        if links:
            said = f'<span class="d2l-cited">Cited in {", ".join(links)}.</span>'
            node[-1] += [nodes.Text(" "), nodes.raw("", said, format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.setup_extension("sphinxcontrib.bibtex")
    app.add_transform(LinkedCitations)
    app.connect("doctree-resolved", say_where, priority=850)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
