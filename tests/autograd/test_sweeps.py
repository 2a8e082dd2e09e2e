import pytest

from d2l_utils.autograd import Value, sweep_steps, sweep_table
from d2l_utils.autograd.sweeps import EDGES, RIGHT


def test_drawn_program_is_the_engines() -> None:
    x = Value(1.0)
    y = x + x
    z = x + y
    w = y + z
    w.backward()
    assert {"w": w.grad, "z": z.grad, "y": y.grad, "x": x.grad} == RIGHT
    names = {id(v): n for n, v in {"w": w, "z": z, "y": y, "x": x}.items()}
    for name, node in {"w": w, "z": z, "y": y, "x": x}.items():
        assert tuple(names[id(s)] for s, _ in node.edges) == EDGES[name]


@pytest.mark.parametrize(
    ("order", "gets", "early"),
    [
        ("topological", 5, set()),
        ("pre-order", 3, {"y"}),
        ("recursive", 7, {"y"}),
        ("skip seen", 1, {"y"}),
    ],
)
def test_each_order_ends_where_it_does(order: str, gets: int, early: set[str]) -> None:
    last = sweep_steps(order)[-1]
    assert (last.gradients["x"], set(last.early)) == (gets, early)
    assert f"{gets}" in next(row for row in sweep_table().rows if row[0] == order)


def test_unknown_order_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of"):
        sweep_steps("random")
