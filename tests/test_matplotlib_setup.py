"""A page's outputs are the same on a machine that never drew a figure."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from d2l_utils.matplotlib_setup import keep_notes_off_the_page

SLOW_FONTS = """
import threading

def slow_timer(seconds, function):
    timer = Timer(0, function)
    timer.start()
    timer.join()  # the note is written, as on a machine with a thousand fonts
    return timer

Timer, threading.Timer = threading.Timer, slow_timer
"""

FIGURE = """
import d2l_utils as d2l
figure, axes = d2l.new_figure()
axes.plot([0, 1], [0, 1])
axes.set_xlabel("x")
print(d2l.show(figure, "a line").svg)
"""

PLAIN = "import matplotlib.font_manager"


FOLDERS = ("MPLCONFIGDIR", "MATPLOTLIBRC", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")


def run(
    code: str, folder: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `code` in a new interpreter without what this machine says about matplotlib's folders."""
    kept = {name: value for name, value in os.environ.items() if name not in FOLDERS}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command,
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )


@pytest.fixture(scope="module")
def figure() -> str:
    """What a figure's cell prints on this machine."""
    return run(FIGURE).stdout


def test_first_figure_of_a_machine_says_nothing_however_long_its_fonts_take(
    figure: str, tmp_path: Path
) -> None:
    folders = [str(tmp_path / name) for name in ("plain", "first", "set-up")]
    # Without our code the note is written: the test would see it.
    assert "building the font cache" in run(SLOW_FONTS + PLAIN, MPLCONFIGDIR=folders[0]).stderr
    first = run(SLOW_FONTS + FIGURE, MPLCONFIGDIR=folders[1])
    assert list(Path(folders[1]).glob("fontlist-*.json"))  # the cache was built
    assert first.stderr == ""
    assert first.stdout == figure
    set_up = "import d2l_utils as d2l; d2l.set_up_notebook()\n" + PLAIN
    assert run(SLOW_FONTS + set_up, MPLCONFIGDIR=folders[2]).stderr == ""


@pytest.mark.parametrize("variable", ["HOME", "MPLCONFIGDIR"])
def test_folders_that_cannot_be_written_leave_no_trace_on_a_page(
    variable: str, figure: str
) -> None:
    # Below a file nobody can make a folder, root included.
    unwritable = {variable: os.path.join(os.devnull, "home")}
    assert "temporary cache directory" in run(PLAIN, **unwritable).stderr
    found = run(FIGURE, **unwritable)
    assert (found.stderr, found.stdout) == ("", figure)


@pytest.mark.parametrize("place", ["home", "here"])
def test_somebodys_own_settings_do_not_change_a_figure(
    place: str, figure: str, tmp_path: Path
) -> None:
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\n", encoding="utf-8")
    folder = tmp_path if place == "here" else None
    environment = {} if place == "here" else {"MPLCONFIGDIR": str(tmp_path)}
    width = "import matplotlib; print(matplotlib.rcParams['lines.linewidth'])"
    assert run(width, folder, **environment).stdout == "9.0\n"
    assert run(FIGURE, folder, **environment).stdout == figure


def test_what_an_author_has_set_is_kept() -> None:
    own = "import matplotlib; matplotlib.rcParams['lines.linewidth'] = 9\n"
    shown = "print(matplotlib.rcParams['lines.linewidth'])"
    assert run(own + "import d2l_utils as d2l; d2l.new_figure()\n" + shown).stdout == "9.0\n"


def test_everything_else_that_matplotlib_says_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    keep_notes_off_the_page()
    fonts = logging.getLogger("matplotlib.font_manager")
    fonts.warning("findfont: Font family %r not found.", "Comic Sans")
    fonts.warning("Matplotlib is building the font cache; this may take a moment.")
    logging.getLogger("matplotlib").warning("%s is not a writable directory", "/home")
    logging.getLogger("matplotlib").warning("Bad key %s", "svg.salt")
    assert [record.message for record in caplog.records] == [
        "findfont: Font family 'Comic Sans' not found.",
        "Bad key svg.salt",
    ]
