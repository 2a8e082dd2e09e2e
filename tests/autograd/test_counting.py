import numpy as np
import pytest

from d2l_utils.autograd import Tensor, count_operations


def test_products_are_counted_forward_and_backward() -> None:
    a, b = (Tensor(np.ones(shape), requires_grad=True) for shape in ((2, 3), (3, 5)))
    with count_operations() as forward:
        y = (a @ b).sum()
    with count_operations() as sweep:
        y.backward()
    assert (forward.multiplications, sweep.multiplications) == (30, 60)
    assert 0 < forward.operations < sweep.operations <= 3 * forward.operations


def test_counting_ends_when_an_error_leaves_it() -> None:
    x = Tensor(1.0)
    with pytest.raises(ValueError, match="broadcast"), count_operations() as counts:
        Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])
    before = counts.operations
    x + x
    assert counts.operations == before
