import re
from dataclasses import FrozenInstanceError

import pytest

from d2l_utils.backward_report import Report, Row

pytestmark = pytest.mark.exercise(2)


def row(name: str, error: float | None = 1e-12, **changes: object) -> Row:
    values = {
        "name": name,
        "expected_shape": (4, 3),
        "got_shape": (4, 3),
        "error": error,
        "tol": 1e-6,
        "mistakes": (),
        "diagnosis": "",
    }
    return Row(**(values | changes))  # type: ignore[arg-type]


RIGHT = (row("W1"), row("b1", expected_shape=(4,), got_shape=(4,)), row("W2"))


@pytest.mark.parametrize("part", [RIGHT[0], Report(RIGHT, failure="", problems=4)])
def test_a_verdict_cannot_be_changed(part: Row | Report) -> None:
    with pytest.raises(FrozenInstanceError):
        part.problems = 5  # type: ignore[misc, union-attr]


def test_all_right_passes() -> None:
    report = Report(RIGHT, failure="", problems=4)
    assert report.passed
    assert report.summary == "Passed: all three gradients are right on 4 random problems."
    assert report.findings == ()
    assert str(report).count("≤ 1e-06") == 3


@pytest.mark.parametrize(
    "wrong",
    [
        row("W1", error=2e-6),
        row("W1", error=None),
        row("W1", error=float("nan")),
        row("W1", diagnosis="wrong."),
    ],
)
def test_one_row_that_is_not_right_fails_the_report(wrong: Row) -> None:
    assert not wrong.passed
    assert not Report((wrong, *RIGHT[1:]), failure="", problems=4).passed


def test_no_rows_or_a_failure_never_pass() -> None:
    assert not Report((), failure="", problems=4).passed
    assert not Report(RIGHT, failure="raised", problems=4).passed


def test_a_shared_mistake_is_one_finding_and_unknown_ones_follow() -> None:
    shared = {"error": 0.5, "mistakes": ("penalty forgotten",), "diagnosis": "known."}
    rows = (row("W1", **shared), row("b1", error=2.0, diagnosis="unknown."), row("W2", **shared))
    report = Report(rows, failure="", problems=4)
    assert report.mistakes == {"penalty forgotten": ("W1", "W2")}
    assert report.findings == (
        "W1 and W2: λW, the gradient of the penalty, is missing.",
        "b1: unknown.",
    )
    assert report.summary == "Not passed: W1, b1 and W2 are wrong."


def test_html_is_escaped_and_says_the_same_as_the_text() -> None:
    report = Report((), failure="raised <lambda> & more", problems=4)
    html = report._repr_html_()
    assert "raised &lt;lambda&gt; &amp; more" in html
    assert "<script" not in html
    wrong = row("W1", error=0.123, diagnosis="is < expected.")
    report = Report((wrong, *RIGHT[1:]), failure="", problems=4)
    words = re.sub(r"<[^>]+>", " ", report._repr_html_())
    for part in ("0.12", "wrong", "right", "(4, 3)", "Not passed: W1 is wrong."):
        assert part in words
        assert part in str(report)
