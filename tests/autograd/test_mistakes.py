import gc

import pytest

from d2l_utils.autograd import MISTAKES, RESOURCES, Value, engine_with, first_failure


def test_engine_without_mistakes_is_ours() -> None:
    engine = engine_with()
    x = engine(3.0)
    (x * x).backward()
    assert (engine is not Value, x.grad) == (True, 6.0)


@pytest.mark.parametrize("name", [*MISTAKES, *RESOURCES])
def test_each_mistake_is_a_sentence_and_a_class_of_its_own(name: str) -> None:
    mistake = (MISTAKES | RESOURCES)[name]
    assert not mistake.text.endswith(".")
    assert all(before != after for before, after in mistake.changes)
    assert engine_with(name) is engine_with(name)
    assert engine_with(name) is not engine_with()


def test_published_failures_are_reproduced() -> None:
    x = engine_with("overwrites")(3.0)
    (x * x).backward()
    assert x.grad == 3.0
    x = engine_with("passes totals on")(3.0)
    y = x * x
    (y + y).backward()
    assert x.grad == 24.0
    x = engine_with("counts unused uses")(2.0)
    y = x * 3
    y * 100  # made, and not used
    (y * y).backward()
    assert x.grad == 0.0
    a, b = engine_with("reads data late")(2.0), engine_with("reads data late")(3.0)
    c = a * b
    b.data = 10.0
    c.backward()
    assert a.grad == 10.0


def test_order_of_names_does_not_matter() -> None:
    one = engine_with("overwrites", "relu slope at 0")
    assert one is engine_with("relu slope at 0", "overwrites")


@pytest.mark.parametrize("name", RESOURCES)
def test_no_small_program_shows_what_is_wasted(name: str) -> None:
    assert first_failure(engine_with(name), 2) is None


def test_a_cached_order_keeps_its_graph_and_a_fresh_one_does_not() -> None:
    def living() -> int:
        gc.collect()
        return sum(type(each) is engine for each in gc.get_objects())

    kept = []
    for name in ("keeps graphs for good", "keeps graphs alive"):
        engine = engine_with(name)
        before = living()
        (engine(2.0) * 3.0).backward()
        kept.append(living() - before)
    assert kept == [2, 0]
