"""What a page's code may not do, because a failed check or a warning would then go unseen.

The code is read as Python reads it, so that no spelling escapes: names imported under another name,
handlers in a tuple, keywords in place of positions. What is looked for is a way to hide something,
not a program that means to: a page is reviewed, and this says where to look.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Any

from d2l_utils.checks.record import MIME, TICK

_HIDES = "hides warnings: fix their cause"
_UNSEEN = "catches so much that a failed check would go unseen: name the error expected"
_SHOWS = "makes outputs by hand: use d2l.show and d2l.check_..."
_RUNS = "runs code that nobody can read here: write it out"
_FORGES = "makes a check by hand: use d2l.check_..."
_ITSELF = "compares a value with itself: use a second route"

_MODULES = {
    "warnings": _HIDES,
    "logging": _HIDES,
    "IPython": _SHOWS,
    "ipykernel": _SHOWS,
    "importlib": _RUNS,
    "builtins": _RUNS,
    "runpy": _RUNS,
    "unittest": _UNSEEN,
    "pytest": _UNSEEN,
    "d2l_utils.checks.claims": _FORGES,
    "d2l_utils.checks.record": _FORGES,
}
"""Module -> why a page does not import it."""

_NAMES = {
    **dict.fromkeys(("simplefilter", "filterwarnings", "catch_warnings", "showwarning"), _HIDES),
    **dict.fromkeys(("warnings", "logging", "resetwarnings", "seterr", "errstate"), _HIDES),
    **dict.fromkeys(("redirect_stderr", "stderr", "set_warn_always", "seterrcall"), _HIDES),
    **dict.fromkeys(("suppress", "excepthook", "ExceptionGroup", "BaseExceptionGroup"), _UNSEEN),
    **dict.fromkeys(("__exit__", "__aexit__"), _UNSEEN),
    **dict.fromkeys(("get_ipython", "display", "publish", "clear_output"), _SHOWS),
    **dict.fromkeys(("_repr_mimebundle_", "_ipython_display_", "_repr_html_"), _SHOWS),
    **dict.fromkeys(("exec", "__import__", "import_module", "run_cell"), _RUNS),
    **dict.fromkeys(("redirect_stdout", "stdout", "__stdout__", "__stderr__"), _SHOWS),
    "check_record": _FORGES,
}
"""Name, of whatever object -> why a page does not use it."""

_BARE_NAMES = {
    "eval": _RUNS,  # not the method of a model
    "compile": _RUNS,
    "globals": _RUNS,
}
"""Name that stands alone -> why a page does not use it."""

_KEYWORDS = {"return_exceptions": _UNSEEN, "PYTHONWARNINGS": _HIDES}
"""Name of an argument -> why a page does not give it."""

_WORDS = {"PYTHONWARNINGS": _HIDES, TICK: _FORGES, MIME.partition("+")[0]: _FORGES}
"""Part of a text -> why it stands in no code."""

_COPIES = frozenset({"clone", "detach", "double", "contiguous", "cpu", "float", "copy", "tolist"})
"""Methods and functions that leave the numbers as they are."""

_NUM_COMPARED = 2


def code_problems(source: str) -> Iterator[str]:
    """Say what a cell's code could hide.

    Args:
        source: The code of one cell.

    Yields:
        A sentence for each problem.
    """
    try:
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree: Any = compile(source, "<cell>", "exec", flags=flags)
    except (SyntaxError, ValueError):
        yield "is not plain Python: no magics, no lines for the shell"
        return
    for node in ast.walk(tree):
        yield from _named(node)
        yield from _worded(node)
        yield from _caught(node)
        yield from _redefined(node)
        if isinstance(node, ast.Call):
            yield from _proves_nothing(node)


def constant_texts(source: str) -> list[str]:
    """Return the texts that stand in a cell's code, none if it is not Python.

    Args:
        source: The code of one cell.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


def _named(node: ast.AST) -> Iterator[str]:
    """Find what is used by name: imported, called, looked up by its name or set."""
    modules: list[str] = []
    names: list[str] = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        modules = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.Attribute):
        names = [node.attr]
        if node.attr == "checks":  # d2l.checks and all that is in it
            yield _FORGES
    elif isinstance(node, ast.Name):
        names = [node.id]
        if node.id in _BARE_NAMES:
            yield _BARE_NAMES[node.id]
    elif isinstance(node, ast.keyword) and node.arg in _KEYWORDS:
        yield _KEYWORDS[node.arg]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names = [node.name]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        names = [node.value]  # for getattr, vars(...)[...] and the like
    for module in modules:
        yield from (
            why for name, why in _MODULES.items() if module == name or module.startswith(f"{name}.")
        )
    yield from (_NAMES[name] for name in names if name in _NAMES)


def _worded(node: ast.AST) -> Iterator[str]:
    text = node.value if isinstance(node, ast.Constant) else ""
    if isinstance(text, str):
        yield from (why for word, why in _WORDS.items() if word in text)


def _caught(node: ast.AST) -> Iterator[str]:
    """Find handlers that a failed check would reach, and exits that let no error pass."""
    if isinstance(node, ast.ExceptHandler):
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if not all(_is_narrow(each) for each in caught):
            yield _UNSEEN
    elif isinstance(node, ast.Try | ast.TryStar):
        leaving = ast.Return | ast.Break | ast.Continue
        if any(isinstance(each, leaving) for line in node.finalbody for each in ast.walk(line)):
            yield _UNSEEN


def _is_narrow(caught: ast.expr | None) -> bool:
    """Whether a handler names an error that no check raises."""
    if isinstance(caught, ast.Name):
        kind = _built_in_error(caught.id)
        return kind is not None and not issubclass(AssertionError, kind)
    if isinstance(caught, ast.Attribute):  # such as partition.RankError
        return caught.attr.endswith("Error") and caught.attr not in ("CheckError", "AssertionError")
    return False


def _built_in_error(name: str) -> type[BaseException] | None:
    kind = getattr(builtins, name, None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseException) else None


def _redefined(node: ast.AST) -> Iterator[str]:
    """Find new meanings for the names of checks and of Python's errors."""
    names: list[str] = []
    if isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        names = [node.id if isinstance(node, ast.Name) else node.attr]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names = [node.name]
    elif isinstance(node, ast.alias):
        names = [node.asname] if node.asname else []
    elif isinstance(node, ast.arg):
        names = [node.arg]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        names = [node.value] if node.value.isidentifier() and "_" in node.value else []
    for name in names:
        if _built_in_error(name) is not None:
            yield _UNSEEN
        if name.startswith("check_"):
            yield _FORGES


def _proves_nothing(call: ast.Call) -> Iterator[str]:
    """Find checks whose two sides are one expression, or whose condition holds by its form."""
    name = _name_of(call.func)
    if not name.startswith("check_"):
        return
    named = {each.arg: each.value for each in call.keywords}
    values = [
        *call.args[1:],
        *(named[key] for key in ("got", "value", "expected", "bound", "condition") if key in named),
    ]
    if name == "check_true":
        if any(_always_true(value) for value in values[:1]):
            yield "checks what is true by its form: check what could be false"
    elif name in ("check_close", "check_equal", "check_at_most") and _same(values[:_NUM_COMPARED]):
        yield _ITSELF


def _always_true(condition: ast.expr) -> bool:
    if isinstance(condition, ast.Compare):
        return _same([condition.left, *condition.comparators])
    if isinstance(condition, ast.Call) and _name_of(condition.func) in ("equal", "allclose"):
        parts = [condition.func.value] if isinstance(condition.func, ast.Attribute) else []
        two = [*parts, *condition.args][-_NUM_COMPARED:]
        return _same(two)
    return isinstance(condition, ast.Constant)


def _same(values: list[ast.expr]) -> bool:
    forms = {ast.dump(_uncopied(value)) for value in values}
    return len(values) == _NUM_COMPARED and len(forms) == 1


def _uncopied(value: ast.expr) -> ast.expr:
    """Take away what copies the numbers: they are still those that they are compared with."""
    while True:
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.UAdd):
            value = value.operand
        elif not isinstance(value, ast.Call) or _name_of(value.func) not in _COPIES:
            return value
        elif isinstance(value.func, ast.Attribute) and not value.args:
            value = value.func.value
        elif isinstance(value.func, ast.Name) and len(value.args) == 1:
            value = value.args[0]
        else:
            return value


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
