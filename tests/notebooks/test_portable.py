"""Traces of a machine or a time are found in every spelling; ordinary text is left alone."""

import pytest

from d2l_book.notebooks.portable import has_path, machine_traces, passing_times


@pytest.mark.parametrize(
    "text",
    [
        "/home/me/x.py",
        "'/tmp/x'",
        "/Users/me",
        r"C:\Users\me",
        r"C:\\Users\\me",
        "C:/Users/me",
        "/data/mnist",
        "/srv/x",
        "/content/drive",
        "/workspace/x",
        "~/x",
        "~me/x",
        "file:///x",
        r"\\server\share",
        "/usr/lib/python3",
    ],
)
def test_path_is_found(text: str) -> None:
    for written in (text, f"read from {text}", f"({text})"):
        assert list(machine_traces(written)) == ["an absolute path in the output"]


@pytest.mark.parametrize(
    "text",
    [
        "3.2s",
        "12s",
        "3.2 s",
        "1.2 min",
        "4 μs",  # Greek
        "4 µs",  # the sign
        "4us",
        "12.3 ms",
        "1e-3 seconds",
        "1m 3s",
        "2 hours",
        "0:00:03.21",
        "12:30:01",
        "9:15 am",
        "12:30 UTC",
        "Wall time",
        "CPU times",
        "2026-11-25",
        "25.11.2026",
        "11/25/2026",
        "25 Nov 2026",
        "November 25, 2026",
        "Wed Nov 25 12:29",
        "pid 4711",
    ],
)
def test_time_is_found(text: str) -> None:
    for written in (text, f"took {text},", f"({text})"):
        assert list(passing_times(written)), written


@pytest.mark.parametrize("text", ["<object at 0x7f2b1c0a9d90>", "0x7F2B1C0A9D90", "id=0x7f2b1c"])
def test_address_is_found(text: str) -> None:
    assert list(machine_traces(text)) == ["a memory address in the output: it differs on every run"]


@pytest.mark.parametrize(
    "text",
    [
        "dJ/ds",
        "W1/data/",
        "bytes/home/x",
        "C: 3",
        "a/b and c/d",
        "7 times",
        "784-256-10",
        "203,530 parameters",
        "n = 1..8",
        "1,024 B/s",
        "ratio 3:2",
        "[0:3]",
        "12 samples",
        "5 more",
        "0xff",
        "step 2^-20",
        "min(a, b)",
        "at most 1e-12",
        "https://d2l.ai/data/x",
        "3/4/5",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert not has_path(text)
    assert list(machine_traces(text)) == []
    assert list(passing_times(text)) == []
