"""Dictionaries of parameters as vectors and matrices."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.curvature.parameters import (
    check_fits,
    check_match,
    check_params,
    flatten,
    matrix_of,
    ordered,
    parameter_slices,
    scalar,
    unflatten,
)

PARAMS = {"W": torch.arange(6.0).reshape(2, 3), "b": torch.tensor([7.0, 8.0]), "c": torch.ones(())}


def test_unflatten_undoes_flatten() -> None:
    vector = flatten(PARAMS)
    assert vector.tolist() == [0, 1, 2, 3, 4, 5, 7, 8, 1]
    back = unflatten(vector, PARAMS)
    assert list(back) == list(PARAMS)
    assert all(torch.equal(back[name], PARAMS[name]) for name in PARAMS)
    with pytest.raises(ValueError, match=r"vector: expected shape \(9,\), got \(8,\)"):
        unflatten(vector[1:], PARAMS)


def test_slices_tell_where_each_parameter_is() -> None:
    where = parameter_slices(PARAMS)
    assert where == {"W": slice(0, 6), "b": slice(6, 8), "c": slice(8, 9)}
    assert flatten(PARAMS)[where["b"]].tolist() == [7, 8]


@pytest.mark.parametrize("chunk_size", [1, 4, 9, 10])
def test_matrix_of_a_map_holds_its_entries(chunk_size: int) -> None:
    A = torch.randn(9, 9, generator=torch.Generator().manual_seed(0))
    A = A + A.T
    built = matrix_of(lambda v: unflatten(A @ flatten(v), PARAMS), PARAMS, chunk_size=chunk_size)
    assert torch.allclose(built, A, atol=1e-6)


def test_a_matrix_of_exactly_the_limit_is_allowed_and_one_byte_more_is_not() -> None:
    check_fits(PARAMS, 9 * 9 * 4)
    with pytest.raises(ValueError, match=r"expected .* 323, got 9 x 9 with 324 bytes"):
        check_fits(PARAMS, 9 * 9 * 4 - 1)
    with pytest.raises(ValueError, match="648 bytes"):
        check_fits({name: tensor.double() for name, tensor in PARAMS.items()}, 400)


def test_ordered_follows_the_parameters() -> None:
    backwards = dict(reversed(PARAMS.items()))
    assert list(ordered(backwards, PARAMS)) == ["W", "b", "c"]


def test_mismatches_are_named() -> None:
    check_match(PARAMS, dict(reversed(PARAMS.items())))
    with pytest.raises(ValueError, match=r"v: expected the names \['W', 'b', 'c'\], got \['W'\]"):
        check_match(PARAMS, {"W": PARAMS["W"]})
    with pytest.raises(ValueError, match=r"v\['b'\]: expected shape \(2,\), got \(3,\)"):
        check_match(PARAMS, {**PARAMS, "b": torch.ones(3)})
    with pytest.raises(
        ValueError, match=r"expected torch.float32 on cpu, got torch.float32 on met"
    ):
        check_match(PARAMS, {**PARAMS, "b": torch.ones(2, device="meta")})


def test_what_is_no_dictionary_of_floats_is_refused() -> None:
    with pytest.raises(TypeError, match=r"params: expected a mapping .* got list"):
        check_params([torch.ones(1)])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"v\['n'\]: expected a floating-point tensor, got int"):
        check_params({"n": 3}, "v")  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="params: expected at least one tensor, got none"):
        check_params({})


def test_only_one_number_is_a_scalar() -> None:
    assert scalar(torch.tensor(2.0)) == 2
    with pytest.raises(ValueError, match=r"loss: expected a scalar, got shape \(1,\)"):
        scalar(torch.ones(1))
    with pytest.raises(TypeError, match="loss: expected a scalar tensor, got int"):
        scalar(3)
