import inspect
import subprocess
import sys

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


def test_names_are_listed_once_and_in_order() -> None:
    assert len(set(d2l.__all__)) == len(d2l.__all__)
    assert all(hasattr(d2l, name) for name in d2l.__all__)


@pytest.mark.parametrize("name", [n for n in d2l.__all__ if callable(getattr(d2l, n))])
def test_public_callables_are_documented_and_annotated(name: str) -> None:
    thing = getattr(d2l, name)
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
