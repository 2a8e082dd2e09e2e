"""No public function fails in Python's or torch's words, and none takes nonsense for an answer.

Every parameter of every public function gets every hostile value, the others being good. The
functions are found by program, so that a new one is tried too, or is missed here by name.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import io
import math
import re
import subprocess
from collections.abc import Callable, Iterator
from importlib import import_module
from numbers import Real
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import d2l_utils as d2l
from d2l_utils import partition
from d2l_utils.checks.claims import CheckError
from tests.border.hostile import GOOD, VALUES

TOPICS = sorted(path.parent.name for path in Path(d2l.__file__).parent.glob("*/__init__.py"))
PACKAGES = [d2l, *(import_module(f"d2l_utils.{topic}") for topic in TOPICS if topic != "border")]
OWN_EXCEPTIONS = ("type", "module of torch")
"""Functions whose own exceptions pass through, as those of any function that is passed."""


DRAWN = {"DerivativeGraph", "Graph", "Source", "Stepper", "StepperVariants", "TextbookGraph"}
"""Results that are no dataclasses: functions make them."""


class StartedError(Exception):
    """A process would have been started: the arguments were accepted."""


class NoProcess(subprocess.Popen[bytes]):
    """What is called instead of starting one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        raise StartedError

    def __del__(self) -> None:
        pass


def run_configured(**settings: Any) -> object:
    """Run with these settings; they are checked before a process is started."""
    return partition.run(["single"], partition.Config(**settings))


def public_functions() -> dict[str, Callable[..., Any]]:
    """Functions, and classes that a user makes: neither results nor exceptions nor abstract."""
    found = {}
    for name, thing in ((n, getattr(p, n)) for p in PACKAGES for n in p.__all__):
        makes = inspect.isclass(thing) and not dataclasses.is_dataclass(thing)
        makes = makes and not issubclass(thing, Exception) and not inspect.isabstract(thing)
        if inspect.isfunction(thing) or (makes and name not in DRAWN):
            found[name] = thing
    return found


PUBLIC = public_functions()


def parameters(function: Callable[..., Any]) -> dict[str, str]:
    """Parameter -> its annotation as it is written."""
    if function is run_configured:
        return {field.name: str(field.type) for field in dataclasses.fields(partition.Config)}
    signature = inspect.signature(function).parameters.values()
    return {"left" if p.kind is p.VAR_KEYWORD else p.name: str(p.annotation) for p in signature}


def is_nonsense(annotation: str, value: object) -> bool:
    """Whether a value cannot be meant by what the annotation's first words say."""
    if value is None:
        return "None" not in annotation
    if "|" in annotation.replace("| None", "") or annotation.startswith("object"):
        return False
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if re.match(r"int|Count|Annotated\[int", annotation):
        return not is_whole
    if re.match(r"float|Positive|AtLeastZero|Annotated\[float", annotation):
        is_real = isinstance(value, Real) and not isinstance(value, bool)
        return not (is_real and -math.inf < value < math.inf)
    if annotation.startswith("bool"):
        return not isinstance(value, bool)
    if re.match(r"str|Words", annotation):
        return not isinstance(value, str)
    if re.match(r"Sequence\[(int|Count)|tuple\[int", annotation):
        items = value if isinstance(value, list | tuple | range) else [None]
        return any(is_nonsense("int", item) for item in items)
    if re.match(r"Tensor|Dense|Held", annotation):
        return not isinstance(value, torch.Tensor)
    if re.match(r"Params|Mapping", annotation):
        return not isinstance(value, dict)
    return annotation.startswith("Callable") and not callable(value)


def is_many(function: Callable[..., Any], parameter: str) -> bool:
    """Whether a parameter takes any number of arguments, one after the other."""
    known = inspect.signature(function).parameters
    return parameter in known and known[parameter].kind is inspect.Parameter.VAR_POSITIONAL


def call(function: Callable[..., Any], arguments: dict[str, Any]) -> object:
    """Call a function; what a parameter of many takes is given as a list."""
    many = [name for name in arguments if is_many(function, name)]
    return function(
        *(value for name in many for value in arguments[name]),
        **{name: value for name, value in arguments.items() if name not in many},
    )


def complaint(
    function: Callable[..., Any], good: dict[str, Any], parameter: str, kind: str, value: object
) -> str:
    """What is wrong with how a function takes a value; empty if nothing is."""
    annotation = parameters(function)[parameter]
    given = f"{parameter}={kind}"
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            call(function, {**good, parameter: [value] if is_many(function, parameter) else value})
    except (ValueError, TypeError, CheckError) as error:
        own = kind in OWN_EXCEPTIONS
        said = "expected" in str(error) and "got" in str(error)
        return "" if said or own else f"{given}: says {error}"
    except StartedError:
        pass
    except Exception as error:
        own = kind in OWN_EXCEPTIONS and "Callable" in _resolved(annotation)
        return "" if own else f"{given}: raises {type(error).__name__}: {error}"
    return f"{given}: accepted" if is_nonsense(annotation, value) else ""


def _resolved(annotation: str) -> str:
    """Names that stand for functions, written out."""
    return re.sub(r"\b(Loss|Outputs|Product)\b", "Callable", annotation)


NOT_FOR_USERS = {("Value", "edges")}
"""Parameters that only a class's own operations pass."""


def complaints(function: Callable[..., Any], good: Callable[[], dict[str, Any]]) -> Iterator[str]:
    for parameter in parameters(function):
        if (function.__name__, parameter) in NOT_FOR_USERS:
            continue
        for kind, value in VALUES.items():
            if found := complaint(function, good(), parameter, kind, value()):
                yield found


@pytest.fixture(autouse=True)
def _state(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start no process, and put back what `set_up_notebook` sets."""
    monkeypatch.setattr(subprocess, "Popen", NoProcess)
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    yield
    torch.set_default_dtype(dtype)
    torch.set_num_threads(threads)


def test_every_public_function_has_a_good_call() -> None:
    assert PUBLIC.keys() == GOOD.keys()


@pytest.mark.parametrize("name", PUBLIC)
def test_good_calls_are_good(name: str) -> None:
    # The checker's function is not one that it would pass.
    with contextlib.suppress(StartedError), contextlib.redirect_stdout(io.StringIO()):
        call(PUBLIC[name], GOOD[name]())


@pytest.mark.parametrize("name", PUBLIC)
def test_hostile_values_are_refused_in_words(name: str) -> None:
    assert list(complaints(PUBLIC[name], GOOD[name])) == []


def test_hostile_settings_are_refused_before_a_process_starts() -> None:
    assert list(complaints(run_configured, dict)) == []


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
DEAR = {
    "show",
    "render_dot",
    "explore_gradient",
    "matrix_picture",
    "explore",
    "step_through_variants",
    "fit_many",
    "train_noisy_runs",
    "chart_of_means",
}
CHEAP = sorted(set(PUBLIC) - DEAR)


@settings(
    max_examples=400,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_generated_values_are_refused_in_words(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in CHEAP if parameters(PUBLIC[name])]))
    parameter = data.draw(st.sampled_from(list(parameters(PUBLIC[name]))))
    assume((name, parameter) not in NOT_FOR_USERS)
    value = data.draw(JUNK)
    assert complaint(PUBLIC[name], GOOD[name](), parameter, "junk", value) == ""


def raises_attribute_error(x: int) -> int:
    return x.bit_length()


def takes_everything(bias: bool, n: int, limit: float) -> None:
    """Nothing is looked at."""


def says_nothing(x: int) -> None:
    raise ValueError("wrong")


def test_careless_functions_are_complained_of() -> None:
    found = "\n".join(complaints(raises_attribute_error, lambda: {"x": 1}))
    assert "x=word: raises AttributeError" in found
    good = {"bias": True, "n": 1, "limit": 1.0}
    accepted = list(complaints(takes_everything, lambda: good))
    for expected in ("bias=word", "n=half", "n=true", "limit=nan", "limit=complex"):
        assert f"{expected}: accepted" in accepted
    for fine in ("bias=true", "n=minus one", "limit=half"):
        assert f"{fine}: accepted" not in accepted
    assert "x=none: says wrong" in list(complaints(says_nothing, lambda: {"x": 1}))
