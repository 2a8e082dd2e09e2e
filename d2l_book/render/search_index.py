"""The search index: which section contains which word, small enough to be loaded as one script.

It holds what the library MiniSearch needs to know, but written compactly: the places of a word are
distances to the place before, in an alphabet of 64 letters. `static/search.js` unpacks it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from d2l_book.render.prose import Section

FIELDS = ("label", "heading", "page", "text")
"""What is looked through; the order is that of the packed numbers."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for from had has have if in into is it its no not of on or "
        "so such than that the their then there these they this to was were which will with",
    )
)

_TOKEN = re.compile(r"\d+(?:\.\d+)+|[^\W_]+")
_ACCENT = re.compile(r"[\u0300-\u036f]+")
_DECIMAL = re.compile(r"\d{3,}\.|\.\d{3,}|^0\.|\d{5,}")


@dataclass
class Page:
    """A page to be found.

    Attributes:
        name: Its name, which is its address without the suffix.
        label: The exercise's label, such as ``5.3.2``, or the section's; may be empty.
        exercise: The number of the exercise in its section; may be empty.
        deeper: Whether it goes deeper into a page with the same label, which alone is found by it.
        above: The titles of the pages it lies below, from the top.
        sections: Its sections; the first one holds its title.
    """

    name: str
    sections: list[Section]
    label: str = ""
    exercise: str = ""
    deeper: bool = False
    above: list[str] = field(default_factory=list)


def tokens(text: str) -> list[str]:
    """Return the words of a text as they are looked up, without the most common ones.

    Case, accents and a plural's s do not count; a label such as 5.3.2 is one word.

    Args:
        text: Any text.
    """
    plain = _ACCENT.sub("", unicodedata.normalize("NFKD", text.lower()))
    return [_stem(word) for word in _TOKEN.findall(plain) if word not in STOP_WORDS]


def _stem(word: str) -> str:
    """Drop a plural's s; `static/search.js` does the same with what a reader types."""
    plural = len(word) > 3 and word.endswith("s") and word[-2] not in "su"
    return word[:-1] if plural else word


def index_of(pages: Sequence[Page]) -> dict[str, Any]:
    """Return the index of a book, to be stored as JSON.

    Args:
        pages: The pages, in reading order.

    Returns:
        ``pages`` with ``[name, title, label, titles above]``; ``headings``, each once, with its
        anchor; ``sections``, per page the numbers of its headings; ``terms`` and ``places``, word
        by word; and what a query must be treated with: ``stop`` and ``fields``.
    """
    headings: dict[str, int] = {}
    places: defaultdict[str, list[list[tuple[int, int]]]] = defaultdict(
        lambda: [[] for _ in FIELDS]
    )
    listed, count = [], 0
    for page in pages:
        numbers = []
        for section in page.sections:
            key = f"{section.anchor} {section.heading}"
            numbers.append(headings.setdefault(key, len(headings)))
            for place, words in enumerate(_fields(page, section)):
                for word, times in Counter(words).items():
                    places[word][place].append((count, times))
            count += 1
        listed.append(numbers)
    terms = sorted(places)
    return {
        "fields": FIELDS,
        "stop": sorted(STOP_WORDS),
        "pages": [[page.name, page.sections[0].heading, page.label, page.above] for page in pages],
        "headings": list(headings),
        "sections": listed,
        "terms": " ".join(terms),
        "places": " ".join(_packed(places[term]) for term in terms),
    }


def _fields(page: Page, section: Section) -> tuple[list[str], ...]:
    """Return the words of a section by field; only a page's top has its label."""
    title = tokens(page.sections[0].heading)
    found_by_label = page.label and not page.deeper
    labels = [page.label, page.label.rpartition(".")[0]] if found_by_label else []
    top = section is page.sections[0]
    number = ["exercise", page.exercise] if page.exercise else []
    text = [word for word in tokens(section.text) if not _DECIMAL.search(word)]
    return (
        [each for each in [*labels, *number] if each] if top else [],
        tokens(section.heading),
        [] if top else [*title, *labels[:1]],
        text,
    )


def _packed(fields: Iterable[Sequence[tuple[int, int]]]) -> str:
    """Pack one word's places: a mask of the fields, then of each how many places, and the places.

    A place is twice its distance from the one before, plus one if a number of times follows.
    """
    fields = list(fields)
    numbers = [sum(1 << place for place, found in enumerate(fields) if found)]
    for found in filter(None, fields):
        numbers.append(len(found))
        before = 0
        for section, times in found:
            numbers.append((section - before) * 2 + (times > 1))
            numbers += [times] if times > 1 else []
            before = section
    return "".join(map(_letters, numbers))


def _letters(number: int) -> str:
    """Write a number with five bits a letter, the lowest first; the sixth says that more follow."""
    text = ""
    while number > 31:
        text += ALPHABET[32 + number % 32]
        number //= 32
    return text + ALPHABET[number]
