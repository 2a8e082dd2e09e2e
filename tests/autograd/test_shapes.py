import numpy as np
import pytest

from d2l_utils.autograd.shapes import common_shape, reaches, wrong

SHAPES = [(), (1,), (3,), (2, 3), (1, 3), (2, 1), (4, 2, 3), (4, 1, 1), (0,), (0, 3)]


@pytest.mark.parametrize("small", SHAPES)
@pytest.mark.parametrize("large", SHAPES)
def test_shapes_reach_what_numpy_broadcasts_them_to(
    small: tuple[int, ...], large: tuple[int, ...]
) -> None:
    try:
        np.broadcast_to(np.zeros(small), large)
    except ValueError:
        assert not reaches(small, large)
    else:
        assert reaches(small, large)


def test_common_shape_is_found_or_refused() -> None:
    assert common_shape((4, 1), (2, 1, 3)) == (2, 4, 3)
    with pytest.raises(ValueError, match=r"got \(4, 3\) and \(2,\)"):
        common_shape((4, 3), (2,))


def test_error_says_both_sides() -> None:
    assert str(wrong("one number", (2, 3))) == "expected one number, got (2, 3)"
