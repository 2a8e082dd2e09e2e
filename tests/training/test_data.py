import pytest
import torch

import d2l_utils as d2l


def test_every_example_comes_once_per_epoch_with_its_label() -> None:
    X = torch.arange(10.0).reshape(10, 1)
    loader = d2l.TensorData(X, torch.arange(10), batch_size=4).train_dataloader()
    assert len(loader) == 3
    batches = list(loader)
    assert [len(y) for _, y in batches] == [4, 4, 2]
    assert sorted(torch.cat([y for _, y in batches]).tolist()) == list(range(10))
    assert all(torch.equal(X_b[:, 0].long(), y_b) for X_b, y_b in batches)


def test_epochs_differ_in_order_and_seeds_repeat_it() -> None:
    def orders(seed: int) -> list[list[int]]:
        data = d2l.TensorData(torch.zeros(50, 1), torch.arange(50), batch_size=50, seed=seed)
        loader = data.train_dataloader()
        return [next(iter(loader))[1].tolist() for _ in range(2)]

    first, second = orders(0)
    assert first != second
    assert orders(0) == [first, second]
    assert orders(1) != [first, second]


def test_unshuffled_and_validation_batches_keep_their_order() -> None:
    X, y = torch.zeros(5, 2), torch.arange(5)
    data = d2l.TensorData(X, y, X, y, batch_size=2, shuffle=False)
    for loader in (data.train_dataloader(), data.val_dataloader()):
        assert loader is not None
        assert torch.cat([batch[1] for batch in loader]).tolist() == [0, 1, 2, 3, 4]


def test_without_validation_data_there_are_no_validation_batches() -> None:
    assert d2l.TensorData(torch.zeros(5, 2), torch.arange(5)).val_dataloader() is None


def test_synthetic_set_is_seeded_and_has_the_sizes_asked_for() -> None:
    def build(seed: int) -> d2l.SyntheticClassification:
        return d2l.SyntheticClassification(7, 3, 20, 6, batch_size=20, seed=seed)

    X, y = next(iter(build(0).train_dataloader()))
    assert X.shape == (20, 7)
    assert y.shape == (20,)
    assert set(y.tolist()) <= {0, 1, 2}
    assert torch.equal(X, next(iter(build(0).train_dataloader()))[0])
    assert not torch.equal(X, next(iter(build(1).train_dataloader()))[0])


def test_synthetic_points_lie_around_the_centre_of_their_class() -> None:
    data = d2l.SyntheticClassification(7, 3, 6000, 6, batch_size=6000, separation=2.0)
    X, y = next(iter(data.train_dataloader()))
    spread = X - data.centres[y]
    assert spread.mean(dim=0).abs().max() < 0.05
    assert spread.std().item() == pytest.approx(1.0, abs=0.02)
    assert data.centres.std().item() == pytest.approx(2.0, rel=0.5)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[1.0]], torch.zeros(1)), TypeError, "X: expected a tensor, got"),
        ((torch.zeros(4, 2), torch.zeros(3)), ValueError, "y: expected 4 labels.*got 3"),
        ((torch.zeros(0, 2), torch.zeros(0)), ValueError, "X: expected at least one example"),
        ((torch.zeros(4, 2), torch.zeros(4), torch.zeros(1, 2)), ValueError, "y_val: expected"),
    ],
)
def test_bad_tensors_are_refused(
    arguments: tuple[torch.Tensor, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        d2l.TensorData(*arguments)


def test_bad_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="batch_size: expected at least 1, got 0"):
        d2l.TensorData(torch.zeros(4, 2), torch.zeros(4), batch_size=0)
    with pytest.raises(ValueError, match="num_outputs: expected at least 1, got 0"):
        d2l.SyntheticClassification(num_outputs=0)
    with pytest.raises(ValueError, match="separation: expected"):
        d2l.SyntheticClassification(separation=-1.0)
