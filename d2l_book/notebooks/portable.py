"""What shows in a text that it was made on one machine at one time: paths, times, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PATH = re.compile(
    r"""(?<![\w.~/-])/(?:home|root|work|workspace|tmp|Users|private|mnt|media|opt|var|data|srv
            |content|usr|etc|kaggle|notebooks|scratch)/
    | (?<![\w.:/\\])[A-Za-z]:\\{1,2}(?=[\w.]) | (?<![\w.:/\\])[A-Z]:/(?=\w)
    | (?<![\w.~/-])~\w*/(?=[\w.]) | \\\\\w+\\\w | \bfile:/
    """,
    re.X,
)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_TIME = re.compile(
    r"""\b\d+(?:[.,]\d+)?(?:e[-+]?\d+)?\s?(?:ns|[µμu]s|ms|msecs?|seconds?|secs?|min|mins|minutes?
            |hours?|hrs?|days?|s\s+per\s+loop)\b
    | \b\d+(?:\.\d+)?(?:e[-+]?\d+)?s\b | \b\d+\.\d+\s+[sh]\b
    | \b\d+(?:m|\smin)\s?\d+(?:\.\d+)?\s?s\b
    | \b\d{1,2}:\d\d:\d\d\b | \b(?:[01]?\d|2[0-3]):[0-5]\d\s?(?:[ap]\.?m\b|UTC|GMT|Uhr) | %%?timeit
    | \b(?:[Ww]all|CPU)\s+times?\b
    """,
    re.X,
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE = re.compile(
    rf"""\b(?:19|20)\d\d-[01]\d-[0-3]\d\b | \b[0-3]?\d[./][0-3]?\d[./](?:19|20)\d\d\b
    | \b{_MONTH}\s+[0-3]?\d(?:st|nd|rd|th)?,?\s+(?:(?:19|20)\d\d|[0-2]?\d:)
    | \b[0-3]?\d\s+{_MONTH}\s+(?:19|20)\d\d\b | \b[Pp]id[ =:]+\d+
    """,
    re.X,
)


def has_path(text: str) -> bool:
    """Whether a text names a place on one machine.

    Args:
        text: The text, decoded.
    """
    return _PATH.search(text) is not None


def machine_traces(text: str) -> Iterator[str]:
    """Say what in an output will be different on another machine.

    Args:
        text: The output, decoded.

    Yields:
        A sentence for each kind of trace.
    """
    if has_path(text):
        yield "an absolute path in the output"
    if _ADDRESS.search(text):
        yield "a memory address in the output: it differs on every run"


def passing_times(text: str) -> Iterator[str]:
    """Say what in an output that readers see will be different at another time.

    Args:
        text: The output, decoded.

    Yields:
        A sentence for each kind of trace.
    """
    for pattern, kind in ((_TIME, "a time"), (_DATE, "a date or a process")):
        if found := pattern.search(text):
            yield f"{kind} in the output ({found[0]!r}): it differs on every run"
