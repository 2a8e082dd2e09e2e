"""What a stepper puts into a page: the steps of one worked example, or of several variants."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from d2l_utils.display.tables import Table

Variant = dict[str, Any]
Choice = tuple[str, tuple[str, ...]]
"""What can be chosen, and between what."""


def html(payload: Mapping[str, Any], overview: Table) -> str:
    """Return the page's part: a table for readers without scripts, the numbers and the script.

    Args:
        payload: As `packed` returns it.
        overview: The table.
    """
    data = json.dumps(payload, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    key = hashlib.sha256(data.encode()).hexdigest()[:12]
    script = files(__package__).joinpath("stepper.js").read_text(encoding="utf-8")
    return (
        f'<div data-d2l-stepper="{key}" data-lm-suppress-shortcuts="true">\n'
        f"{overview._repr_html_()}\n"
        "<p>These are the final numbers. Run this cell to step through them.</p>\n"
        f'<script type="application/json">{data}</script>\n</div>\n'
        f"<script>\n{script}</script>\n"
    )


def packed(
    variants: Mapping[tuple[int, ...], Variant], choices: Sequence[Choice] = ()
) -> dict[str, Any]:
    """Return what the script needs; numbers and words that several variants share stand in it once.

    Args:
        variants: Number of the option chosen in each choice -> the steps of that example, its
            ``title``, ``boxes``, ``edges`` and ``steps``, each of the last three a list of lists.
        choices: The choices.

    Raises:
        ValueError: If there is not one variant for each combination of options.
    """
    number = 1
    for _, options in choices:
        number *= len(options)
    if len(variants) != number:
        raise ValueError(f"variants: expected {number}, got {len(variants)}")
    parts: dict[str, int] = {}

    def place(part: object) -> int:
        return parts.setdefault(json.dumps(part, ensure_ascii=False), len(parts))

    placed = {
        " ".join(map(str, key)): {
            "title": place(variant["title"]),
            **{
                name: [[place(field) for field in row] for row in variant[name]]
                for name in ("boxes", "edges", "steps")
            },
        }
        for key, variant in variants.items()
    }
    return {
        "choices": [{"label": label, "options": options} for label, options in choices],
        "parts": [json.loads(part) for part in parts],
        "variants": placed,
    }


def unpacked(payload: Mapping[str, Any], key: tuple[int, ...] = ()) -> Variant:
    """Return one variant of what `packed` returned."""
    variant, parts = payload["variants"][" ".join(map(str, key))], payload["parts"]
    lists = {
        name: [[parts[place] for place in row] for row in variant[name]]
        for name in ("boxes", "edges", "steps")
    }
    return {"title": parts[variant["title"]], **lists}
