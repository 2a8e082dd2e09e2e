import pytest

from d2l_utils.autograd import (
    Value,
    bottlenecks,
    count_edges,
    count_sweep,
    path_products,
    path_totals,
)


@pytest.mark.parametrize("stages", [1, 2, 5])
def test_stages_of_parallel_edges_have_powers_of_paths(stages: int) -> None:
    leaf, root = bottlenecks(stages)
    assert (
        path_totals(root, lambda slope: 1)[leaf] == 3**stages == len([*path_products(root, leaf)])
    )
    assert count_edges(root) == 3 * stages


def test_sum_over_paths_is_the_sweeps_gradient() -> None:
    x = Value(3.0)
    y = x * x
    z = y * x + y + x
    z.backward()
    assert sum(path_products(z, x)) == path_totals(z, lambda slope: slope)[x] == x.grad == 34.0


def test_sweep_makes_one_product_and_one_sum_per_edge_and_a_seed() -> None:
    x = Value(3.0)
    y = x * x
    z = y * x + y + 1
    tally = count_sweep(z)
    assert (tally.multiplications, tally.additions) == (count_edges(z), count_edges(z))
    assert x.grad == 33.0
    assert type(x.grad) is type(z.edges[0][1]) is float


@pytest.mark.parametrize("size", [(10**9, 3), (10**4, 10**4), (1, 10**9)])
def test_graphs_that_would_fill_the_memory_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="expected at"):
        bottlenecks(*size)
