import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from d2l_utils.autograd import Tensor, grad, no_grad
from d2l_utils.checks import central_difference

Program = Callable[..., Any]
PROGRAMS: list[tuple[str, Program, tuple[tuple[int, ...], ...]]] = [
    ("bias", lambda a, b: a + b, ((4, 3), (1, 3))),
    ("fewer axes", lambda a, b: a * b, ((4, 3), (3,))),
    ("both broadcast", lambda a, b: a / (b * b + 1.0), ((4, 3), (2, 1, 3))),
    ("minus", lambda a, b: 2.0 - a - b, ((4, 3), (4, 1))),
    ("power", lambda a: a**3 + a**2 + a**1 + a**0, ((4,),)),
    ("one over", lambda a: 1.0 / (a * a + 1.0), ((3,),)),
    ("matrices", lambda a, b: a @ b, ((4, 3), (3, 2))),
    ("vector, matrix", lambda a, b: a @ b, ((3,), (3, 2))),
    ("matrix, vector", lambda a, b: a @ b, ((4, 3), (3,))),
    ("two vectors", lambda a, b: a @ b, ((3,), (3,))),
    ("stretched batches", lambda a, b: a @ b, ((5, 1, 4, 3), (2, 3, 6))),
    ("vector, batch", lambda a, b: a @ b, ((3,), (2, 3, 6))),
    ("batch, vector", lambda a, b: a @ b, ((2, 4, 3), (3,))),
    ("used twice", lambda a, b: a @ b + a @ b, ((4, 3), (3, 2))),
    ("sum of an axis", lambda a: a.sum(1) * torch_or_numpy(a, [1.0, 10.0]), ((2, 3),)),
    ("sum kept", lambda a: a.sum(0, True) * a, ((2, 3),)),
    ("mean of axes", lambda a: a.mean((0, 2)), ((2, 3, 4),)),
    ("transposed", lambda a: a.T @ a, ((4, 3),)),
    ("permuted", lambda a: a.permute(2, 0, 1) ** 2, ((2, 3, 4),)),
    ("reshaped", lambda a: a.reshape(3, 2) ** 2, ((2, 3),)),
    ("repeated index", lambda a: a[[0, 0, 1]] ** 2, ((2, 3),)),
    ("slice", lambda a: a[:, 1:] ** 2, ((2, 3),)),
    ("exp", lambda a: a.exp(), ((3, 2),)),
    ("log", lambda a: (a * a + 0.5).log(), ((3, 2),)),
    ("tanh", lambda a: a.tanh(), ((3, 2),)),
    ("sigmoid", lambda a: a.sigmoid(), ((3, 2),)),
    ("relu", lambda a: a.relu() * a, ((3, 2),)),
    ("logsumexp", lambda a: a.logsumexp(1), ((3, 4),)),
]


def torch_or_numpy(like: Any, numbers: list[float]) -> Any:
    return torch.tensor(numbers).to(like.dtype) if isinstance(like, torch.Tensor) else numbers


def _close(ours: list[Tensor], theirs: Any, like: list[torch.Tensor]) -> None:
    for a, b, x in zip(ours, theirs, like, strict=True):
        right = torch.zeros_like(x) if b is None else b
        assert a.shape == tuple(right.shape)
        np.testing.assert_allclose(a.data, right.detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("name", "program", "shapes"), PROGRAMS)
def test_first_second_and_third_derivatives_are_torchs(
    name: str, program: Program, shapes: tuple[tuple[int, ...], ...]
) -> None:
    rng = np.random.default_rng(len(name))
    arrays = [rng.normal(size=shape) for shape in shapes]
    ours = [Tensor(array, requires_grad=True) for array in arrays]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    y, z = program(*ours), program(*theirs)
    _close([y], [z], [z])
    for _ in range(3):
        seed = rng.normal(size=y.shape)
        found = grad(y, ours, seed, create_graph=True)
        right = torch.autograd.grad(
            z, theirs, torch.tensor(seed), create_graph=True, allow_unused=True
        )
        _close(found, right, theirs)
        y = sum(((g * g * g).sum() for g in found), Tensor(0.0))
        z = sum(((g * g * g).sum() for g in right if g is not None), torch.tensor(0.0))
        if not (y.requires_grad and z.requires_grad):
            assert y.requires_grad == z.requires_grad
            break


def test_difference_quotient_agrees() -> None:
    array = np.linspace(-1.0, 1.0, 6).reshape(2, 3)
    x = Tensor(array, requires_grad=True)
    ((x.tanh() @ x.T).logsumexp(1).sum()).backward()
    f = lambda t: (t.tanh() @ t.T).logsumexp(1).sum()  # noqa: E731
    slope = central_difference(f, torch.tensor(array))
    np.testing.assert_allclose(x.grad.data, slope.numpy(), rtol=1e-8)  # type: ignore[union-attr]


lines = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=8
)


@settings(derandomize=True, max_examples=60, deadline=None, database=None)
@given(lines, st.integers(0, 1000))
def test_random_graphs_and_their_second_derivatives_are_torchs(
    program: list[tuple[int, int, int]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=shape) for shape in ((3, 3), (1, 3), (3, 1))]

    def run(known: list[Any]) -> Any:
        for name, i, j in program:
            a, b = known[i % len(known)], known[j % len(known)]
            made = (
                lambda a=a, b=b: a + b,
                lambda a=a, b=b: (a * b).tanh(),
                lambda a=a, b=b: (a - b).sigmoid(),
                lambda a=a, b=b: a * 1.0 if a.shape[1] == 1 else a @ (known[0].T + 0.5),
                lambda a=a, b=b: a.T * 1.0 if a.shape == (3, 3) else a * a,
                lambda a=a, b=b: a[[0, 0]].sum(0, True).tanh(),
            )[name]()
            known.append(made)
        return sum(((k * k).sum() for k in known[-2:]), known[-1].sum() * 0.0)

    ours = [Tensor(array, requires_grad=True) for array in arrays]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    found = grad(run(list(ours)), ours, create_graph=True)
    right = torch.autograd.grad(run(list(theirs)), theirs, create_graph=True, allow_unused=True)
    for a, b in zip(found, right, strict=True):
        if b is not None:
            np.testing.assert_allclose(a.data, b.detach().numpy(), rtol=1e-9, atol=1e-9)
    s = sum((g * g).sum() for g in found)
    t = sum((g * g).sum() for g in right if g is not None)
    for a, b in zip(grad(s, ours), torch.autograd.grad(t, theirs, allow_unused=True), strict=True):
        np.testing.assert_allclose(a.data, 0.0 if b is None else b.numpy(), rtol=1e-8, atol=1e-8)


def test_float32_stays_float32() -> None:
    x = Tensor(np.float32([1.0, 2.0]), requires_grad=True)
    y = ((np.float64(2.0) * x + 1) / 3.0).sigmoid().logsumexp() ** 2 - 1.0
    y.backward()
    assert x.grad is not None
    assert (y.data.dtype, x.grad.data.dtype) == (np.float32, np.float32)


def test_lists_and_arrays_on_the_left_are_entries() -> None:
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    for left in ([4, 5, 6], np.array([4, 5, 6]), np.array([4.0, 5.0, 6.0])):
        assert (left * x).data.tolist() == [4.0, 10.0, 18.0]
    assert (np.ones((2, 3)) @ x).data.tolist() == [6.0, 6.0]


def test_leaves_accumulate_and_inner_nodes_hold_nothing() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * 2.0
    z = (y * y).sum()
    z.backward()
    z.backward()
    assert x.grad is not None
    assert (x.grad.data.tolist(), y.grad) == ([16.0, 32.0], None)


def test_data_cannot_be_written_to_and_are_copies() -> None:
    array = np.array([1.0, 2.0])
    x = Tensor(array, requires_grad=True)
    array[0] = 100.0
    assert x.data.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        x.data[0] = 3.0
    with pytest.raises(AttributeError):
        x.data = np.ones(2)  # type: ignore[misc]
    key = np.array([0, 0])
    y = x[key].sum()
    key[:] = 1
    y.backward()
    assert x.grad is not None
    assert x.grad.data.tolist() == [2.0, 0.0]
    with pytest.raises(ValueError, match="read-only"):
        x.grad.data[0] = 1.0


def test_no_grad_ends_when_an_error_leaves_it_and_nests() -> None:
    x = Tensor([1.0], requires_grad=True)
    with pytest.raises(IndexError), no_grad():
        x[7]
    assert (x * x).requires_grad
    with no_grad():
        with no_grad():
            pass
        assert not (x * x).requires_grad


def test_gradient_of_what_is_not_used_is_zero() -> None:
    x, w = Tensor([1.0], requires_grad=True), Tensor([[1.0, 2.0]], requires_grad=True)
    assert grad((x * x).sum(), [x, w])[1].data.tolist() == [[0.0, 0.0]]


def test_nothing_stays_alive_with_the_collector_off() -> None:
    gc.collect()
    gc.disable()
    try:
        before = sum(type(each) is Tensor for each in gc.get_objects())
        w = Tensor(np.ones((3, 3)), requires_grad=True)
        x = w
        for _ in range(50):
            x = (x @ w).tanh() + w[0]
        [g] = grad(x.sum(), [w], create_graph=True)
        (g * g).sum().backward()
        del w, x, g
        assert sum(type(each) is Tensor for each in gc.get_objects()) == before
    finally:
        gc.enable()


def test_depth_of_20_000_needs_no_recursion() -> None:
    x = y = Tensor(1.0, requires_grad=True)
    for _ in range(20_000):
        y = y + x
    y.backward()
    assert x.grad is not None
    assert x.grad.item() == 20_001


X = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)


@pytest.mark.parametrize(
    ("use", "error", "words"),
    [
        (lambda: Tensor("a"), TypeError, "expected real numbers, got 'a'"),
        (lambda: Tensor([[1.0, 2.0], [3.0]]), ValueError, "rows of equal length"),
        (lambda: Tensor([1, 2], True), TypeError, "expected floating-point numbers, got int64"),
        (lambda: Tensor(1 + 2j), TypeError, "expected real numbers"),
        (lambda: X.backward(), ValueError, r"expected one number to differentiate, got .*2, 3"),
        (lambda: Tensor(1.0).backward(), ValueError, "requires a gradient"),
        (lambda: X + np.ones((4, 2)), ValueError, r"got \(2, 3\) and \(4, 2\)"),
        (lambda: X @ np.ones((2, 2)), ValueError, r"expected @ of .* got \(2, 3\) and \(2, 2\)"),
        (lambda: X @ 2.0, ValueError, "expected @ of"),
        (lambda: X + "a", TypeError, "expected real numbers, got 'a'"),
        (lambda: X**X, TypeError, "expected a number above"),
        (lambda: (X - 1.0).log(), ValueError, "expected numbers above 0, got 0"),
        (lambda: X.broadcast_to((2,)), ValueError, "broadcasts to"),
        (lambda: X.sum_to((4,)), ValueError, "was broadcast from"),
        (lambda: grad(X.sum(), X), TypeError, "list or tuple of Tensors"),
        (lambda: grad(X.sum(), [Tensor(1.0)]), ValueError, "does not"),
        (lambda: grad(X.sum(), [X], [1.0, 2.0]), ValueError, r"grad_outputs of shape \(\)"),
        (lambda: X + Tensor(np.float32([1.0])), TypeError, "expected float64 on both sides"),
    ],
)
def test_bad_input_is_refused_in_words(use: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        use()


def test_relu_shows_what_is_not_a_number() -> None:
    x = np.array([np.nan, -1.0, 0.0, 2.0], dtype=np.float32)
    y = Tensor(x).relu().data
    np.testing.assert_array_equal(y, torch.tensor(x).relu().numpy())
    assert y.dtype == np.float32


def test_mean_of_no_rows_is_empty() -> None:
    assert Tensor(np.zeros((0, 3))).mean(1).shape == (0,)


def test_logsumexp_of_infinite_numbers_is_torchs_or_refused() -> None:
    for numbers in ([-np.inf, 1.0, 2.0], [np.inf, 1.0]):
        right = torch.tensor(numbers, dtype=torch.float64).logsumexp(0).item()
        assert Tensor(numbers).logsumexp().item() == pytest.approx(right, rel=1e-12)
    with pytest.raises(ValueError, match="expected numbers above 0, got 0"):
        Tensor([-np.inf, -np.inf]).logsumexp()
