"""Drawing with matplotlib the same way on every machine.

On a machine that never drew a figure, matplotlib may write to stderr that it builds its font cache
(if that takes over five seconds), and where the home folder cannot be written, that it uses a
temporary one. A page that is run there would store these lines, although its figures are the same.
They are not the same where the home folder holds settings of somebody's own.
"""

from __future__ import annotations

import logging
import sys

NOTES: dict[str, tuple[str, ...]] = {
    "matplotlib": (
        "mkdir -p failed for path %s",
        "%s is not a writable directory",
        "Matplotlib created a temporary cache directory at %s",
    ),
    "matplotlib.font_manager": (
        "Matplotlib is building the font cache",
        "Could not save font_manager cache %s",
    ),
}
"""Logger -> how the messages begin that concern folders of the machine; all others are kept."""


def keep_notes_off_the_page() -> None:
    """Drop `NOTES` from matplotlib's log, whoever imports it; all its other messages stay.

    It stays so: the note on the cache comes from a thread, possibly after the import.
    """
    for name in NOTES:
        logging.getLogger(name).addFilter(_is_for_readers)


def load_matplotlib() -> None:
    """Import matplotlib without its `NOTES` and without settings from the machine's folders.

    If it is there already, whoever imported it may have set it up as they like; it stays so.
    """
    keep_notes_off_the_page()
    if "matplotlib" not in sys.modules:
        import matplotlib as mpl

        mpl.rcdefaults()


def _is_for_readers(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(NOTES[record.name])
