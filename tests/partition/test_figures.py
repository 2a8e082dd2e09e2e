import json
from fractions import Fraction

import pytest
import vl_convert
from matplotlib.path import Path

import d2l_utils as d2l
from d2l_utils.partition.figures import (
    schedule_chart,
    schedule_rows,
    schedule_totals,
    who_holds_what,
)
from d2l_utils.partition.schedules import simulate

pytestmark = pytest.mark.exercise(5)


def test_every_method_has_its_panel() -> None:
    titles = [ax.get_title() for ax in who_holds_what().axes]
    assert titles == [
        "single",
        "accumulate",
        "checkpoint",
        "split, gpipe",
        "1f1b",
        "ddp",
        "fsdp",
        "tensor",
    ]


def test_every_cell_of_a_panel_says_in_text_who_holds_it() -> None:
    split = who_holds_what().axes[3]
    assert [text.get_text() for text in split.texts] == ["0", "0", "1", "1"] * 5


def test_tensor_parallelism_halves_every_weight_and_every_second_activation() -> None:
    texts = who_holds_what().axes[7].texts
    cells: dict[tuple[float, int], str] = {}
    for text in texts:
        x, y = text.get_position()
        cell = (round(y, 2), int(x))
        cells[cell] = "|".join(filter(None, (cells.get(cell, ""), text.get_text())))
    assert list(cells.values()) == ["0|1"] * 4 + ["0|1", "0+1", "0|1", "0+1"] * 4


def test_each_half_is_named_in_its_middle_and_parted_by_a_line() -> None:
    ax = who_holds_what().axes[6]
    shares = [text for text in ax.texts if text.get_position()[1] < 1]
    assert [text.get_position()[0] for text in shares] == [0.25 + k / 2 for k in range(8)]
    [lines] = ax.collections
    assert len(lines.get_segments()) == 4


def test_legend_says_whose_colour_is_whose_and_what_copies_and_halves_are() -> None:
    [legend] = who_holds_what().legends
    assert [text.get_text() for text in legend.get_texts()] == ["process 0", "process 1"]
    assert "0+1: a copy" in legend.get_title().get_text()


def test_every_box_is_closed_so_that_its_corners_are_sharp() -> None:
    for ax in who_holds_what().axes:
        for patch in ax.patches:
            codes = patch.get_path().codes.tolist()
            assert codes == [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * (len(codes) // 5)


def test_picture_is_the_same_every_time() -> None:
    first, second = (d2l.show(who_holds_what(), alt="who holds what") for _ in range(2))
    assert first.svg == second.svg


def test_chart_holds_the_simulated_times() -> None:
    rows = schedule_rows((2, 3), (1, 4))
    for schedule, title in (("gpipe", "GPipe"), ("1f1b", "1F1B")):
        chosen = [
            (row["row"], row["kind"], row["microbatch"], row["start"], row["end"])
            for row in rows
            if (row["p"], row["m"]) == (3, 4) and row["row"].startswith(title)
        ]
        assert chosen == [
            (f"{title}, stage {e.stage}", e.kind, e.microbatch, e.start, e.end)
            for e in simulate(schedule, 3, 4).events
        ]


def test_totals_hold_the_simulated_ends_waits_and_microbatches_in_flight() -> None:
    totals = {(r["row"], r["p"], r["m"]): r["total"] for r in schedule_totals((2, 3), (1, 8))}
    assert len(totals) == 8
    # (m + p - 1) passes of length 1 + 2 take turns, of which p - 1 find a stage without work.
    for name, in_flight in (("GPipe", 8), ("1F1B", 3)):
        assert (
            totals[name, 3, 8] == f"ends at {10 * 3}; {Fraction(2, 10)} idle; {in_flight} in flight"
        )
    assert totals["GPipe", 2, 1] == totals["1F1B", 2, 1] == "ends at 6; 1/2 idle; 1 in flight"


def test_lines_of_a_chart_follow_each_other_without_a_gap() -> None:
    for p in (2, 3):
        rows = schedule_rows((p,), (4,)) + schedule_totals((p,), (4,))
        lines = dict(sorted((row["line"], row["row"]) for row in rows))
        assert list(lines) == list(range(2 * (p + 1)))
        assert [lines[0], lines[1], lines[p + 1]] == ["GPipe", "GPipe, stage 0", "1F1B"]


def test_chart_draws_and_stays_small() -> None:
    chart = d2l.show(schedule_chart(), alt="schedules")
    text = json.dumps({**chart.spec, "width": 330})
    assert len(text) < 100_000
    svg = vl_convert.vegalite_to_svg(text, vl_version="5.20")
    assert "1F1B, stage 3" in svg
    assert "stages p" in text


def test_chart_starts_with_the_last_stages_and_the_last_but_one_microbatches() -> None:
    for microbatches, value in (((1, 2, 4), 2), ((5,), 5)):
        spec = d2l.show(schedule_chart((2, 3), microbatches), alt="schedules").spec
        chosen = {param["name"]: param["value"] for param in spec["params"]}
        assert chosen == {"stages": 3, "microbatches": value}


def test_chart_without_a_choice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at least one number each, got \[2\] and \[\]"):
        schedule_chart((2,), ())
    with pytest.raises(ValueError, match="num_stages: expected at least 1, got 0"):
        schedule_chart((0,), (1,))
