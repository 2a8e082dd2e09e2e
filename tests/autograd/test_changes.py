"""Files run with changes in their text."""

import pytest

from d2l_utils.autograd import engine_with
from d2l_utils.autograd.changes import _changed, changed_module


def test_unknown_names_and_lost_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="expected one of"):
        engine_with("slow")
    with pytest.raises(ValueError, match="expected to find this once, got 0"):
        engine_with("overwrites", "skips seen")
    with pytest.raises(ValueError, match="expected to find this once, got 2"):
        _changed("abab", [("b", "c")])


def test_without_changes_the_module_is_ours() -> None:
    value = changed_module("scalar.py", [], []).Value(3.0)
    (value * value).backward()
    assert value.grad == 6
