import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import d2l_utils as d2l

HEAVY = [
    "torchvision",
    "torch._dynamo",
    "sympy",
    "matplotlib",
    "IPython",
    "altair",
    "pandas",
    "scipy",
]


def test_import_loads_nothing_heavy_beside_torch() -> None:
    code = f"import sys, d2l_utils; print([m for m in {HEAVY} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("[]\n", "")


TOPICS = sorted(path.parent.name for path in Path(d2l.__file__).parent.glob("*/__init__.py"))
PACKAGES = {"": d2l, **{topic: import_module(f"d2l_utils.{topic}") for topic in TOPICS}}
PUBLIC = [
    pytest.param(getattr(package, name), id=f"{topic}.{name}".lstrip("."))
    for topic, package in PACKAGES.items()
    for name in package.__all__
    if callable(getattr(package, name)) and topic != "border"  # mostly names for annotations
]


@pytest.mark.parametrize("topic", PACKAGES)
def test_names_are_listed_once_and_exist(topic: str) -> None:
    package = PACKAGES[topic]
    assert len(set(package.__all__)) == len(package.__all__)
    assert all(hasattr(package, name) for name in package.__all__)


def test_few_names_stand_at_the_top() -> None:
    assert len(d2l.__all__) <= 40


@pytest.mark.parametrize("topic", TOPICS)
def test_no_name_repeats_its_topic(topic: str) -> None:
    assert [name for name in PACKAGES[topic].__all__ if topic in name.lower()] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_front_door_names_everything_that_it_offers(topic: str) -> None:
    package = PACKAGES[topic]
    told = set(re.findall(r"`(?:d2l_utils\.)?(?:\w+\.)*(\w+)`", package.__doc__ or ""))
    functions = {name for name in package.__all__ if inspect.isfunction(getattr(package, name))}
    # Their results and variants are reached through them.
    untold = functions - told
    assert len(untold) <= len(functions) / 3, f"{topic}: {sorted(untold)}"


@pytest.mark.parametrize("thing", PUBLIC)
def test_public_callables_are_documented_and_annotated(thing: Any) -> None:
    documentation = inspect.getdoc(thing)
    assert documentation
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        assert signature.return_annotation is not inspect.Signature.empty
        for parameter in signature.parameters.values():
            assert parameter.annotation is not inspect.Parameter.empty, parameter
        if signature.parameters:
            assert "Args:" in documentation
        if "raise " in inspect.getsource(thing):
            assert "Raises:" in documentation
