import pytest

from d2l_utils.display import count_lines, show_source


def _example(a: int) -> int:
    """Not shown.

    Nor this.
    """
    # A reason is shown, and not counted.
    text = """kept"""

    return a + len(text)


class _Documented:
    """Not shown."""

    @property
    def name(self) -> str:
        """Not shown either."""
        return "x"


def test_source_is_shown_without_documentation() -> None:
    shown = show_source(_example, _Documented.name)
    assert shown.code == (
        "def _example(a: int) -> int:\n"
        "    # A reason is shown, and not counted.\n"
        '    text = """kept"""\n\n'
        "    return a + len(text)\n\n"
        "@property\ndef name(self) -> str:\n"
        '    return "x"'
    )
    assert shown._repr_markdown_() == f"```python\n{shown!r}\n```"


def test_lines_of_code_are_counted() -> None:
    assert count_lines(_example) == 3
    assert count_lines(_Documented) == 4


def test_what_has_no_source_is_refused() -> None:
    with pytest.raises(TypeError, match="written in Python"):
        show_source(len)
    with pytest.raises(ValueError, match="at least one"):
        show_source()
