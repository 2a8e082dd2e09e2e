"""Which pages load the quiz; what it does is tried in `tests.browser.test_progress`."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import build, complaints, small_book

QUESTION = '<div class="d2l-predict" role="group">\n\n**Predict 1.** What?\n\n</div>\n'


def test_quiz_is_loaded_where_there_are_predictions_and_keys_everywhere(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"# A\n\n{QUESTION}", encoding="utf-8")
    (tmp_path / "b.md").write_text("# B\n\nNothing to predict.\n", encoding="utf-8")
    small_book(tmp_path, "a", ["b"], ["d2l_book.render.progress"])
    built = build(tmp_path, tmp_path)
    html = {name: (built.html / f"{name}.html").read_text(encoding="utf-8") for name in "ab"}
    assert "progress.js" in html["a"], complaints(built)
    assert html["a"].index("progress.js") < html["a"].index("quiz.js")
    assert "quiz.js" not in html["b"]
    assert all("keys.js" in page for page in html.values())
