"""What a page's code could hide is found in every spelling, and plain code is left alone."""

import pytest

from d2l_book.notebooks.code import code_problems, constant_texts

HIDES, UNSEEN = "hides warnings", "would go unseen"
SHOWS, FORGES = "makes outputs by hand", "makes a check by hand"
RUNS, NOT_PYTHON = "runs code that nobody can read", "is not plain Python"
ITSELF, BY_ITS_FORM = "compares a value with itself", "true by its form"


def attempt(handler: str) -> str:
    return f"try:\n    d2l.check_true('a', wrong)\n{handler}"


BAD = {
    "warnings.simplefilter('ignore')": HIDES,
    "w.simplefilter(action='ignore')": HIDES,
    "filterwarnings('ignore', category=UserWarning)": HIDES,
    "import warnings as w": HIDES,
    "from warnings import simplefilter as quiet": HIDES,
    "with w.catch_warnings(action='ignore'):\n    f()": HIDES,
    "getattr(w, 'simplefilter')('ignore')": HIDES,
    "os.environ['PYTHONWARNINGS'] = 'ignore'": HIDES,
    "os.environ.update(PYTHONWARNINGS='ignore')": HIDES,
    "run(['env', 'PYTHONWARNINGS=ignore', 'python'])": HIDES,
    "with redirect_stderr(None):\n    f()": HIDES,
    "from contextlib import redirect_stderr as r": HIDES,
    "sys.stderr = open('x')": HIDES,
    "logging.disable()": HIDES,
    "from logging import disable": HIDES,
    "np.seterr(all='ignore')": HIDES,
    "with np.errstate(all='ignore'):\n    f()": HIDES,
    "with contextlib.suppress(BaseException):\n    f()": UNSEEN,
    "from contextlib import suppress as s": UNSEEN,
    "import unittest": UNSEEN,
    attempt("except:\n    pass"): UNSEEN,
    attempt("except BaseException:\n    pass"): UNSEEN,
    attempt("except Exception as e:\n    print(e)"): UNSEEN,
    attempt("except AssertionError:\n    pass"): UNSEEN,
    attempt("except d2l.CheckError:\n    pass"): UNSEEN,
    attempt("except (ValueError, d2l.CheckError):\n    pass"): UNSEEN,
    attempt("except (ValueError, (Exception, KeyError)):\n    pass"): UNSEEN,
    attempt("except* Exception:\n    pass"): UNSEEN,
    attempt("except Alias:\n    pass"): UNSEEN,
    attempt("except type(e):\n    pass"): UNSEEN,
    "await asyncio.gather(f(), return_exceptions=True)": UNSEEN,
    "ValueError = Exception": UNSEEN,
    "from d2l_utils import CheckError as ValueError": UNSEEN,
    "def f():\n    try:\n        g()\n    finally:\n        return 1": UNSEEN,
    "class C:\n    def __exit__(self, *a): return True": UNSEEN,
    "%%capture\nf()": NOT_PYTHON,
    "%matplotlib inline": NOT_PYTHON,
    "!ls": NOT_PYTHON,
    "x = !ls": NOT_PYTHON,
    "f?": NOT_PYTHON,
    "get_ipython().run_line_magic('xmode', 'Minimal')": SHOWS,
    "from IPython.display import display as show": SHOWS,
    "import IPython": SHOWS,
    "display({})": SHOWS,
    "class C:\n    def _repr_mimebundle_(self): return {}": SHOWS,
    "sys.stdout.write('a')": SHOWS,
    "exec('1')": RUNS,
    "eval('1')": RUNS,
    "__import__('warnings')": RUNS,
    "import importlib": RUNS,
    "compile('1', '', 'exec')": RUNS,
    "globals()['f']()": RUNS,
    "print('✓ a: 1 number')": FORGES,
    "print('\\u2713 a')": FORGES,
    "print(f'✓ {a}')": FORGES,
    "print('\\N{CHECK MARK} a')": FORGES,
    "data = {'application/vnd.d2l.check+json': {}}": FORGES,
    "from d2l_utils.checks.record import publish": FORGES,
    "import d2l_utils.checks.claims": FORGES,
    "d2l.checks.publish({})": FORGES,
    "d2l.check_close = f": FORGES,
    "setattr(d2l, 'check_close', f)": FORGES,
    "def check_true(what, condition): pass": FORGES,
    "check_equal = print": FORGES,
    "d2l.check_close('a', G, G)": ITSELF,
    "d2l.check_close('a', got=G, expected=G)": ITSELF,
    "d2l.check_close('a', G, expected=G)": ITSELF,
    "d2l.check_close('a', f(x)  + 1, f( x) + (1))": ITSELF,
    "check_equal('a', len(x), len(x))": ITSELF,
    "d2l.check_close('a', G.clone(), G)": ITSELF,
    "d2l.check_close('a', G.detach().double(), +G)": ITSELF,
    "d2l.check_at_most('a', x, x)": ITSELF,
    "d2l.check_true('a', True)": BY_ITS_FORM,
    "d2l.check_true('a', condition=True)": BY_ITS_FORM,
    "d2l.check_true('a', G == G)": BY_ITS_FORM,
    "d2l.check_true('a', torch.equal(G, G))": BY_ITS_FORM,
    "d2l.check_true('a', G.equal(G))": BY_ITS_FORM,
}

GOOD = [
    "try:\n    f()\nexcept ValueError as error:\n    print(error)",
    "try:\n    f()\nexcept (RuntimeError, KeyError) as error:\n    print(error)",
    "try:\n    f()\nexcept partition.RankError as error:\n    f()\nelse:\n    raise AssertionError",
    "with torch.no_grad():\n    f()",
    "d2l.check_close('H is symmetric', H, H.T)",
    "d2l.check_true('a', a == b)",
    "d2l.check_true('refused', refused(lambda: setattr(X, 'grad', G)))",
    "d2l.check_at_most('a', x, 1e-3)",
    "net.eval()",
    "pattern = re.compile('a')",
    "x = a % b\nprint(f'{x:,} !')",
    "",
]


@pytest.mark.parametrize("source", BAD)
def test_what_could_hide_something_is_found(source: str) -> None:
    assert any(BAD[source] in problem for problem in code_problems(source))


@pytest.mark.parametrize("source", GOOD)
def test_plain_code_is_left_alone(source: str) -> None:
    assert list(code_problems(source)) == []


def test_texts_of_code_are_those_of_its_parts() -> None:
    assert constant_texts("a = 'one'\nf(f'two {a}', 3, b'four')  # five") == ["one", "two "]
    assert constant_texts("!ls 'a'") == []
