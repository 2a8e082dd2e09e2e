"""The words of a verdict."""

from d2l_utils.autograd.reports import EngineReport, sentence, unknown


def test_a_passed_report_says_what_was_tried() -> None:
    report = EngineReport((), (), 9, ("tanh",))
    assert report.passed
    assert repr(report).startswith("Passed: right on 9 programs")
    assert report.summary.endswith("Not tried, for want of the operation: 1.")
    assert "<ul>" not in report._repr_html_()


def test_findings_are_listed_and_escaped() -> None:
    report = EngineReport(("name",), ("a < b.",), 9, ())
    assert repr(report) == "Not passed.\n- a < b."
    assert "<li>a &lt; b.</li>" in report._repr_html_()


def test_words_begin_with_a_capital_and_formulas_do_not() -> None:
    assert sentence("a gradient is set") == "A gradient is set."
    for formula in ("a - b gives", "x ** 0 has", "relu has", "sum() of", "1 / x is", "@ refuses"):
        assert sentence(formula) == f"{formula}."


def test_only_four_unknown_programs_are_listed() -> None:
    assert unknown([]) == []
    assert unknown(["p"]) == ["Wrong, and not by mistakes I know (p)."]
    assert unknown(list("pqrstu"))[0].endswith("(p; q; r; s and 2 more).")
