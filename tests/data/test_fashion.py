import gzip
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from d2l_utils.data import Roles, fashion, fashion_mnist, idx, sample
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import sample_fashion_mnist as tool

ROLES = ("train", "validation", "test")


@pytest.fixture(autouse=True)
def _shipped_sample(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read what is shipped, whatever folder this machine's user has named; forget it after."""
    monkeypatch.delenv(fashion.VARIABLE, raising=False)
    yield
    fashion._sample.cache_clear()
    fashion._full.cache_clear()


@pytest.fixture(scope="module")
def data() -> Roles:
    return fashion_mnist()


def test_sample_has_three_roles_with_as_many_of_each_class(data: Roles) -> None:
    for role, per_class in (("train", 1000), ("validation", 250), ("test", 250)):
        examples = getattr(data, role)
        assert examples.X.shape == (10 * per_class, 28, 28)
        assert examples.y.bincount().tolist() == [per_class] * 10
        assert (examples.X.dtype, examples.y.dtype) == (torch.float64, torch.int64)
        assert (examples.X.min(), examples.X.max()) == (0, 1)


def test_no_image_has_two_roles(data: Roles) -> None:
    seen = [{image.numpy().tobytes() for image in getattr(data, role).X} for role in ROLES]
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]
    assert not seen[1] & seen[2]


def test_labels_belong_to_the_images(data: Roles) -> None:
    centres = torch.stack([data.train.X[data.train.y == label].mean(0) for label in range(10)])
    flat = data.test.X.flatten(1)
    nearest = torch.cdist(flat, centres.flatten(1)).argmin(1)
    assert (nearest == data.test.y).double().mean() > 0.6


def test_data_say_which_they_are(data: Roles) -> None:
    assert repr(data).splitlines() == [
        "Fashion-MNIST, a sample, as many of each class",
        "train: 10,000 images of 28 × 28",
        "validation: 2,500 images of 28 × 28",
        "test: 2,500 images of 28 × 28",
    ]
    assert "squares of 2 × 2 pixels averaged" in fashion_mnist(2).source


def test_pooling_averages_squares(data: Roles) -> None:
    pooled = fashion_mnist(4).validation.X
    by_torch = torch.nn.functional.avg_pool2d(data.validation.X[:, None], 4)[:, 0]
    torch.testing.assert_close(pooled, by_torch, rtol=0, atol=1e-15)
    assert pooled.shape == (2500, 7, 7)
    assert pooled[0, 3, 3] == data.validation.X[0, 12:16, 12:16].mean()


def test_what_a_caller_changes_does_not_change_the_next_call() -> None:
    fashion_mnist().train.X.zero_()
    assert fashion_mnist().train.X.max() == 1


@pytest.mark.parametrize(("pool", "error"), [(3, ValueError), (0, ValueError), ("2", TypeError)])
def test_other_squares_are_refused(pool: object, error: type[Exception]) -> None:
    with pytest.raises((error, TypeError), match="pool: expected"):
        fashion_mnist(pool)  # type: ignore[arg-type]


def test_no_network_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", None)
    assert len(fashion_mnist().train) == 10_000


def test_licence_lies_beside_the_images() -> None:
    text = (ROOT / "d2l_utils/data/fashion_mnist/LICENSE.txt").read_text(encoding="utf-8")
    assert "The MIT License (MIT)" in text
    assert "Copyright (c) 2017 Zalando SE" in text


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped files that `fashion_mnist` reads."""
    shutil.copytree(ROOT / "d2l_utils/data/fashion_mnist", tmp_path / "fm")
    monkeypatch.setattr(fashion, "_SHIPPED", tmp_path / "fm")
    fashion._sample.cache_clear()
    return tmp_path / "fm"


def _missing(path: Path) -> None:
    path.unlink()


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_missing, _truncated, _empty])
@pytest.mark.parametrize("name", ["validation.png", "test.txt"])
def test_damaged_sample_is_one_clear_error(shipped: Path, damage: object, name: str) -> None:
    damage(shipped / name)  # type: ignore[operator]
    with pytest.raises(ValueError, match=rf"expected the shipped {name[:4]}.*install.*got"):
        fashion_mnist()


def test_one_changed_label_is_noticed(shipped: Path) -> None:
    path = shipped / "test.txt"
    digits = path.read_text()
    path.write_text(("1" if digits[0] == "0" else "0") + digits[1:])
    with pytest.raises(ValueError, match="SHA-256"):
        fashion_mnist()


def test_one_changed_pixel_is_noticed(shipped: Path) -> None:
    images, labels = sample.read_sample(shipped, "test")
    images[7, 3, 3] ^= 1
    tool.write(shipped, "test", images, labels)
    with pytest.raises(ValueError, match="SHA-256"):
        fashion_mnist()


def test_sheet_is_cut_as_it_was_laid_out() -> None:
    images = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
    sheet = sample.lay_out(images, 3)
    assert sheet.shape == (56, 84)
    assert (sheet[28:, 28:56] == images[4]).all()
    assert (sample.cut(sheet, 3) == images).all()


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with four small files in the published format, taken for the published ones."""
    folder = tmp_path / "full"
    folder.mkdir()
    rng = np.random.default_rng(0)
    sums = {}
    for part, count in (("train", 60), ("t10k", 20)):
        images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = (np.arange(count) * 7 % 10).astype(np.uint8)
        for name, array in (("images-idx3", images), ("labels-idx1", labels)):
            head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            content = head + array.tobytes()
            (folder / f"{part}-{name}-ubyte").write_bytes(content)
            sums[f"{part}-{name}-ubyte"] = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(idx, "FILES", sums)
    monkeypatch.setattr(fashion, "FULL_TRAIN", 50)
    monkeypatch.setenv(fashion.VARIABLE, str(folder))
    return folder


def _compressed(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()


def _as_downloaded(folder: Path) -> None:
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for path in [each for each in folder.iterdir() if each.is_file()]:
        path.rename(raw / path.name)


@pytest.mark.parametrize("arrange", [lambda folder: None, _compressed, _as_downloaded])
def test_full_set_is_read_only_from_a_named_folder(published: Path, arrange: object) -> None:
    arrange(published)  # type: ignore[operator]
    full = fashion_mnist()
    assert [len(getattr(full, role)) for role in ROLES] == [50, 10, 20]
    assert full.source == "Fashion-MNIST, the full set"
    assert full.validation.y.tolist() == [each * 7 % 10 for each in range(50, 60)]


@pytest.mark.parametrize("damage", [_missing, _truncated, _empty])
@pytest.mark.parametrize("compressed", [False, True])
def test_damaged_full_set_is_one_clear_error(
    published: Path, damage: object, compressed: bool
) -> None:
    if compressed:
        _compressed(published)
    damage(published / ("t10k-images-idx3-ubyte" + ".gz" * compressed))  # type: ignore[operator]
    with pytest.raises(ValueError, match=r"D2L_FASHION_MNIST: expected .*got .*Debian's package"):
        fashion_mnist()


def test_foreign_file_of_the_same_name_is_refused(published: Path) -> None:
    path = published / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\x09")
    with pytest.raises(ValueError, match=r"another file, such as MNIST's"):
        fashion_mnist()


def test_folder_that_is_a_file_is_refused(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fashion.VARIABLE, str(published / "t10k-labels-idx1-ubyte"))
    with pytest.raises(ValueError, match="got neither"):
        fashion_mnist()


def test_images_are_chosen_by_their_place_within_the_class() -> None:
    labels = np.array([*range(10), *range(9, -1, -1), *range(10)], dtype=np.uint8)
    assert tool.chosen(labels, 0, 1) == list(range(10))
    assert tool.chosen(labels, 1, 2) == list(range(10, 20))
    assert tool.chosen(labels, 1, 3) == list(range(10, 30))


def test_shipped_sample_is_what_the_program_makes(tmp_path: Path) -> None:
    folder = os.environ.get("D2L_TEST_FASHION_MNIST", "/usr/share/datasets/fashion-mnist")
    if not Path(folder).is_dir():
        pytest.skip("the full set is not on this machine")
    tool.main(Path(folder), tmp_path)
    for role in ROLES:
        images, labels = sample.read_sample(tmp_path, role)
        assert sample.checksum(images, labels) == sample.CHECKSUMS[role]


def test_reading_is_not_paid_for_by_an_import() -> None:
    code = (
        "import sys, d2l_utils.data; print([m for m in ('PIL', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
