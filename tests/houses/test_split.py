from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from d2l_utils.houses import PRICE, SealedSplit, ames, constant_baseline, house_split, rmsle
from tests.houses.competition import competition_files


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch) -> SealedSplit:
    monkeypatch.delenv("D2L_HOUSE", raising=False)
    return house_split()


def test_sizes_are_the_competitions(split: SealedSplit) -> None:
    assert len(split.train) == 1460
    assert len(split.test) == 2930 - 1460
    assert split.train.index.tolist() == list(range(1, 1461))
    assert split.test.index.tolist() == list(range(1461, 2931))
    assert "1,460 houses, test: 1,470, prices sealed, 72 features" in repr(split)


def test_every_sale_has_one_role_and_the_prices_to_predict_are_not_in_sight(
    split: SealedSplit,
) -> None:
    both = ["Longitude", "Latitude", "Gr_Liv_Area", "Year_Sold", "Mo_Sold", "Misc_Val"]
    rows = [*split.train[both].itertuples(index=False), *split.test[both].itertuples(index=False)]
    assert sorted(rows) == sorted(ames()[both].itertuples(index=False))
    assert PRICE not in split.test
    assert "_sealed" not in repr(split)


def test_order_has_nothing_to_do_with_the_year(split: SealedSplit) -> None:
    years = split.train["Year_Sold"].to_numpy()
    assert ames()["Year_Sold"].is_monotonic_decreasing
    assert abs(np.corrcoef(np.arange(1460), years)[0, 1]) < 0.08
    assert abs(years.mean() - split.test["Year_Sold"].mean()) < 0.15


def test_split_is_the_same_at_each_call(split: SealedSplit) -> None:
    assert split.train.equals(house_split().train)
    assert split.train["Gr_Liv_Area"].iloc[:3].tolist() == [987, 816, 1376]


def test_sealed_prices_give_log_errors(split: SealedSplit) -> None:
    constant = constant_baseline(split.train[PRICE]).price
    errors = split.open_sealed({"constant": [constant] * 1470, "double": [2 * constant] * 1470})
    assert errors.index.equals(split.test.index)
    assert np.allclose(errors["double"] - errors["constant"], np.log(2), atol=1e-12)
    whole = rmsle([constant] * 2930, ames()[PRICE]) ** 2 * 2930
    known = rmsle([constant] * 1460, split.train[PRICE]) ** 2 * 1460
    assert (errors["constant"] ** 2).sum() == pytest.approx(whole - known, rel=1e-9)


def test_seal_is_opened_once(split: SealedSplit) -> None:
    first = {"constant": [1e5] * 1470}
    split.open_sealed(first)
    split.open_sealed(first)
    with pytest.raises(ValueError, match="expected those that opened the seal, got others"):
        split.open_sealed({"constant": [2e5] * 1470})


def test_predictions_that_do_not_fit_leave_the_seal(split: SealedSplit) -> None:
    with pytest.raises(ValueError, match=r"predictions\['a'\]: expected 1,470 numbers, got 2"):
        split.open_sealed({"a": [1.0, 2.0]})
    with pytest.raises(ValueError, match="expected at least one model, got none"):
        split.open_sealed({})
    with pytest.raises(TypeError, match="expected a mapping, got list"):
        split.open_sealed([1.0])  # type: ignore[arg-type]
    split.open_sealed({"a": [1e5] * 1470})


def test_reader_s_own_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("D2L_HOUSE", str(competition_files(tmp_path)))
    split = house_split()
    assert split.source == "The competition's files"
    assert (len(split.train), len(split.test)) == (40, 40)
    assert "prices unknown, 79 features" in repr(split)
    assert split.folder == tmp_path
    with pytest.raises(ValueError, match="expected sealed prices, got Kaggle's files"):
        split.open_sealed({"a": [1e5] * 40})
    shipped = house_split(shipped=True)
    assert (len(shipped.train), shipped.folder) == (1460, None)


def test_a_folder_is_looked_for_at_home_and_where_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    competition_files(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path.parent)
    for named in (f"~/{tmp_path.name}", tmp_path.name):
        monkeypatch.setenv("D2L_HOUSE", named)
        assert house_split().folder == tmp_path


def test_what_is_no_folder_is_refused_with_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = competition_files(tmp_path) / "train.csv"
    for place, got in ((tmp_path / "no", "nothing"), (file, "a file")):
        monkeypatch.setenv("D2L_HOUSE", str(place))
        with pytest.raises(ValueError, match=f"D2L_HOUSE: expected a folder.*got {got} at /"):
            house_split()


def test_a_house_in_both_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = competition_files(tmp_path)
    monkeypatch.setenv("D2L_HOUSE", str(folder))
    text = (folder / "test.csv").read_text(encoding="utf-8")
    (folder / "test.csv").write_text(text.replace("\n41,", "\n7,"), encoding="utf-8")
    with pytest.raises(ValueError, match="Id: expected each in one file, got 7 in both"):
        house_split()


@pytest.mark.parametrize("rows", [1, 10, 39])
def test_a_file_that_was_cut_off_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    file = competition_files(tmp_path) / "train.csv"
    monkeypatch.setenv("D2L_HOUSE", str(tmp_path))
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: rows + 1]), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"got 1 to {rows} and 41 to 80 \(is a file cut off\?\)"):
        house_split()
    file.write_text("".join(lines[: rows + 1])[:-60], encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"train.csv: expected a value or NA in \w+, got an empty field"
    ):
        house_split()
