import pytest

from d2l_utils.autograd import Dual, Program, Value, engine_with, first_failure, programs


def test_programs_are_all_there_once() -> None:
    counts = [sum(len(p.lines) == n for p in programs(4)) for n in range(1, 5)]
    assert counts == [3, 3 * 8, 3 * 8 * 15, 3 * 8 * 15 * 24]
    assert len(set(programs(4))) == sum(counts)
    assert sum(1 for _ in programs(3)) == 387


def test_engine_is_right_on_every_program() -> None:
    assert first_failure(Value) is None


@pytest.mark.parametrize(
    ("mistake", "operations", "right", "wrong"),
    [
        ("overwrites", 1, 2, 1),
        ("skips seen", 1, 2, 1),
        ("passes totals on", 2, 4, 8),
        ("pre-order", 3, 5, 3),
        ("breadth first", 3, 5, 3),
        ("counts unused uses", 3, 3, 1),
    ],
)
def test_first_failure_is_a_smallest_one(
    mistake: str, operations: int, right: float, wrong: float
) -> None:
    found = first_failure(engine_with(mistake))
    assert found is not None
    program, _, expected, got = found
    assert (len(program.lines), expected, got) == (operations, right, wrong)
    if operations > 1:
        assert first_failure(engine_with(mistake), operations - 1) is None


def test_program_runs_on_dual_numbers() -> None:
    program = Program((("+", (0, 0)), ("*", (0, 1)), ("relu", (2,))))
    assert str(program) == "a = x + x; b = x * a; c = relu(b)"
    assert program(Dual(3.0, 1.0)) == Dual(18.0, 12.0)
    assert Dual(0.0, 1.0).relu() == Dual(0.0, 0.0)


@pytest.mark.parametrize("bad", [0, 6])
def test_number_of_operations_is_checked(bad: int) -> None:
    with pytest.raises(ValueError, match="at least 1 and at most 5"):
        next(programs(bad))
