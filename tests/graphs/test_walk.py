import torch
from torch import Tensor

from d2l_utils.graphs.walk import Walk, walk


def roles(found: Walk) -> list[str]:
    return [item.role for item in found.items.values()]


def test_a_product_is_listed_from_its_result_back() -> None:
    W, x = torch.ones(2, 3, requires_grad=True), torch.ones(3)
    z = W @ x
    found = walk([z])
    assert roles(found) == ["output", "operation", "parameter", "operation"]
    accumulate = z.grad_fn.next_functions[0][0]  # type: ignore[union-attr]
    assert found.links == [
        (id(accumulate), id(z.grad_fn), "flow"),
        (id(W), id(accumulate), "flow"),
        (id(z.grad_fn), id(z), "flow"),
    ]


def test_saved_tensors_are_listed_if_asked_for() -> None:
    W, x = torch.ones(2, 3, requires_grad=True), torch.ones(3)
    z = W @ x
    (kept,) = [item for item in walk([z], saved=True).items.values() if item.role == "saved"]
    assert (kept.argument, kept.keeper) == ("vec", z.grad_fn)
    assert torch.equal(kept.thing, x)


def test_a_saved_leaf_is_a_parameter_however_it_is_met_first() -> None:
    a = torch.ones(3, requires_grad=True)
    found = walk([a * a], saved=True)
    assert roles(found).count("parameter") == 1
    assert "saved" not in roles(found)
    assert [kind for source, _, kind in found.links if source == id(a)].count("saved") == 2


def test_a_deep_graph_needs_no_recursion() -> None:
    y: Tensor = torch.ones(2, requires_grad=True)
    for _ in range(5000):
        y = y.sin()
    assert len(walk([y]).items) == 5000 + 3


def test_the_base_of_a_view_is_a_result_with_a_line_to_it() -> None:
    base = torch.ones(2, 3, requires_grad=True).exp()
    view = base[0]
    found = walk([view])
    assert (id(base), id(view), "view") in found.links
    assert roles(found).count("output") == 2
