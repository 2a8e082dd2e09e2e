import pytest
import torch

import d2l_utils as d2l
from d2l_utils.training import board as board_module


def test_points_are_averaged_in_groups() -> None:
    board = d2l.ProgressBoard()
    for x in range(5):
        board.draw(x, torch.tensor(2.0 * x), "loss", every_n=2)
    assert board.lines() == {"loss": [(0.5, 1.0), (2.5, 5.0)]}  # the fifth waits for a sixth


def test_tensors_are_kept_without_their_graph() -> None:
    board = d2l.ProgressBoard()
    weight = torch.ones(1, requires_grad=True)
    board.draw(0, (weight * 3).sum(), "loss")
    assert board.lines() == {"loss": [(0.0, 3.0)]}


def test_figure_has_one_line_per_label_and_the_same_bytes_each_time() -> None:
    board = d2l.ProgressBoard()
    for x in range(4):
        board.draw(x, x**2, "train")
        board.draw(x, x**3, "test")
    picture = board.figure("two curves")
    assert picture.svg == board.figure("two curves").svg
    assert picture.svg.count("stroke-dasharray") >= 1  # the second line differs in more than colour
    assert "train" in picture.svg
    assert "test" in picture.svg


def test_live_redraws_keep_to_their_budget_and_leave_one_line_per_label(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]
    monkeypatch.setattr(board_module.time, "perf_counter", lambda: clock[0])

    def display(bundle: object, *, raw: bool, display_id: bool) -> None:
        return None

    monkeypatch.setattr("IPython.display.display", display)
    board = d2l.ProgressBoard(live=True, budget=0.1)
    update = board_module._Canvas.update

    def costly(self: board_module._Canvas, lines: dict[str, list[tuple[float, float]]]) -> None:
        update(self, lines)
        clock[0] += 0.05

    monkeypatch.setattr(board_module._Canvas, "update", costly)
    for step in range(1000):
        clock[0] += 0.01
        board.draw(step, float(step), "a" if step % 2 else "b")
    assert 2 <= board.redraws <= 1000 * 0.01 * 0.1 / 0.05 + 3
    assert board._canvas is not None
    assert len(board._canvas.axes.lines) == 2
    board.draw(2000, 7.0, "a")
    board.finish()
    assert {line.get_xdata()[-1] for line in board._canvas.axes.lines} == {2000, 998}


def test_empty_board_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="at least one point"):
        d2l.ProgressBoard().figure("nothing")


def test_bad_points_are_refused() -> None:
    with pytest.raises(ValueError, match=r"y: expected one number, got shape \(2,\)"):
        d2l.ProgressBoard().draw(0, torch.zeros(2), "loss")
    with pytest.raises(ValueError, match="every_n: expected at least 1"):
        d2l.ProgressBoard().draw(0, 1.0, "loss", every_n=0)
    with pytest.raises(ValueError, match="budget: expected"):
        d2l.ProgressBoard(budget=0.0)
