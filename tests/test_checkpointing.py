from typing import Any

import pytest
import torch

from d2l_utils.checkpointing import measure_segments

pytestmark = pytest.mark.exercise(5)


def test_flops_are_one_more_forward_pass() -> None:
    depth, width, batch = 5, 6, 7
    product = 2 * batch * width**2
    assert measure_segments(0, depth, width, batch).flops == (3 * depth - 1) * product
    assert measure_segments(2, depth, width, batch).flops == (4 * depth - 1) * product


@pytest.mark.parametrize("root", [4, 5, 6])
def test_square_root_of_the_depth_is_near_the_lowest_peak(root: int) -> None:
    peaks = {k: measure_segments(k, root**2, 8, 256).peak for k in range(1, 2 * root)}
    assert peaks[root] <= 1.01 * min(peaks.values())
    assert peaks[root] < 0.8 * peaks[1]


def test_one_segment_and_one_per_layer_save_nothing() -> None:
    without = measure_segments(0, 9, 8, 256).peak
    assert measure_segments(1, 9, 8, 256).peak == without
    assert measure_segments(9, 9, 8, 256).peak == without
    assert measure_segments(3, 9, 8, 256).peak < without


@pytest.mark.parametrize("segments", [-1, 6])
def test_wrong_numbers_of_segments_are_refused(segments: int) -> None:
    with pytest.raises(ValueError, match=rf"expected 0 to 5 \(the layers\), got {segments}"):
        measure_segments(segments, 5, 6, 7)


@pytest.mark.parametrize("dtype", [torch.int64, "float32", None])
def test_dtypes_without_gradients_are_refused(dtype: Any) -> None:
    with pytest.raises(TypeError, match="dtype: expected a floating-point type of torch, got "):
        measure_segments(1, 5, 6, 7, dtype)


@pytest.mark.parametrize("segments", [1.0, True, None])
def test_segments_that_are_no_integers_are_refused(segments: Any) -> None:
    with pytest.raises(TypeError, match="segments: expected an integer, got "):
        measure_segments(segments, 5, 6, 7)


def test_wrong_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="width: expected at least 1, got 0"):
        measure_segments(1, 5, 0, 7)
