import contextlib
import io
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_example_prints_what_the_readme_says() -> None:
    match = re.search(r"```python\n(.*?)```\s*```\n(.*?)```", README, re.DOTALL)
    assert match is not None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(match.group(1), {})
    assert printed.getvalue() == match.group(2)


def test_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"book", "test", "lab", "live", "run", "bench", "clean", "help"} <= targets
    assert set(re.findall(r"`?make ([a-z]+)", README)) - {"lists"} <= targets


def test_every_notebook_is_in_the_table() -> None:
    for notebook in (ROOT / "chapters").rglob("*.ipynb"):
        if ".ipynb_checkpoints" not in notebook.parts:
            assert f"({notebook.relative_to(ROOT)})" in README
