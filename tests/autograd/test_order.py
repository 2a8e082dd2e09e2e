from graphlib import TopologicalSorter

from d2l_utils.autograd import Value, topological_order


def test_inputs_come_before_what_is_made_of_them() -> None:
    x = Value(3.0)
    y = x + x
    z = x * y
    w = (y + z).relu() * z
    order = topological_order(w)
    assert len(set(order)) == len(order)
    assert order[-1] is w
    sorter = TopologicalSorter({n: [s for s, _ in n.edges] for n in order})
    assert set(sorter.static_order()) == set(order)
    place = {node: i for i, node in enumerate(order)}
    assert all(place[s] < place[n] for n in order for s, _ in n.edges)


def test_depth_of_100_000_needs_no_recursion() -> None:
    x = node = Value(1.0)
    for _ in range(100_000):
        node = node + x
    node.backward()
    assert x.grad == 100_001


def test_work_on_a_wide_node_is_linear() -> None:
    leaves = [Value(1.0) for _ in range(50_000)]
    wide = Value(0.0, *[(leaf, 2.0) for leaf in leaves])
    wide.backward()
    assert {leaf.grad for leaf in leaves} == {2.0}
