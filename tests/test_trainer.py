import pytest
import torch

import d2l_utils as d2l
from d2l_utils import trainer as trainer_module


def data(num_train: int = 96, batch_size: int = 32) -> d2l.SyntheticClassification:
    return d2l.SyntheticClassification(7, 3, num_train, 20, batch_size=batch_size, separation=2.0)


def model(lr: float = 0.1) -> d2l.MulMLPScratch:
    generator = torch.Generator().manual_seed(0)
    return d2l.MulMLPScratch(7, 3, [5], lr, sigma=0.3, generator=generator)


def test_fit_equals_a_loop_written_by_hand() -> None:
    ours, theirs = model(), model()
    d2l.Trainer(2).fit(ours, data())
    loader = data().train_dataloader()
    for _ in range(2):
        for X, y in loader:
            params = list(theirs.parameters())
            grads = torch.autograd.grad(theirs.loss(theirs(X), y), params)
            with torch.no_grad():
                for param, grad in zip(params, grads, strict=True):
                    param -= 0.1 * grad
    for got, expected in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(got, expected)


def test_history_has_one_number_per_epoch_and_the_loss_falls() -> None:
    history = d2l.Trainer(4).fit(model(0.5), data())
    assert len(history.train_loss) == 4
    assert {name: len(values) for name, values in history.validation.items()} == {
        "loss": 4,
        "accuracy": 4,
    }
    assert history.train_loss[-1] < history.train_loss[0]
    assert history.validation["accuracy"][-1] > 0.9


def test_validation_weights_batches_by_their_size() -> None:
    net, module = model(), data(batch_size=13)  # 20 validation examples: batches of 13 and 7
    history = d2l.Trainer(1).fit(net, module)
    val = module.val_dataloader()
    assert val is not None
    X, y = val.tensors
    expected = net.accuracy(net(X), y).item()
    assert history.validation["accuracy"][0] == pytest.approx(expected)


def test_lazy_layers_are_sized_before_the_optimizer_is_built() -> None:
    net = d2l.MulMLP(3, [5], 0.1)
    d2l.Trainer(1).fit(net, data())
    assert sum(p.numel() for p in net.parameters()) == 7 * 5 + 5 + 5 * 3 + 3


def test_any_torch_optimizer_can_be_configured() -> None:
    class WithAdam(d2l.MulMLPScratch):
        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), self.lr)

    net = WithAdam(7, 3, [5], 0.05, sigma=0.3)
    history = d2l.Trainer(3).fit(net, data())
    assert history.train_loss[-1] < history.train_loss[0]


def test_gradient_is_clipped_to_the_norm_asked_for() -> None:
    net = model(lr=1.0)
    before = [p.detach().clone() for p in net.parameters()]
    d2l.Trainer(1, gradient_clip_val=1e-3).fit(net, data(num_train=32))
    moved = torch.cat([(p - q).flatten() for p, q in zip(net.parameters(), before, strict=True)])
    assert moved.norm().item() == pytest.approx(1e-3, rel=1e-3)


def test_mode_is_training_while_fitting_and_evaluation_while_validating() -> None:
    modes: dict[str, set[bool]] = {"train": set(), "val": set()}

    class Spy(d2l.MulMLPScratch):
        def training_step(self, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
            modes["train"].add(self.training)
            return super().training_step(batch)

        def validation_step(self, batch: tuple[torch.Tensor, ...]) -> dict[str, torch.Tensor]:
            modes["val"].add(self.training)
            return super().validation_step(batch)

    d2l.Trainer(2).fit(Spy(7, 3, [5], 0.1), data())
    assert modes == {"train": {True}, "val": {False}}


def test_divergence_is_reported_with_the_epoch() -> None:
    with pytest.raises(FloatingPointError, match="epoch 1: expected a finite training loss"):
        d2l.Trainer(3).fit(model(lr=1e30), data())


def test_no_step_reads_a_tensor(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    item = torch.Tensor.item

    def counting(self: torch.Tensor) -> object:
        reads.append(1)
        return item(self)

    counts = []
    for num_train in (64, 640):
        monkeypatch.setattr(torch.Tensor, "item", counting)
        reads.clear()
        d2l.Trainer(1).fit(model(), data(num_train=num_train))
        counts.append(len(reads))
    assert counts[0] == counts[1]  # ten times the steps, not one more read


def test_plotting_off_draws_nothing_and_on_fills_the_board() -> None:
    off = d2l.Trainer(1)
    off.fit(model(), data())
    assert off.board.lines() == {}
    on = d2l.Trainer(2, plot=True)
    on.board.live = False
    history = on.fit(model(), data())
    lines = on.board.lines()
    assert set(lines) == {"train_loss", "val_loss", "val_accuracy"}
    assert [y for _, y in lines["val_loss"]] == pytest.approx(history.validation["loss"])


def test_a_plotted_training_loss_is_the_mean_over_a_fifth_of_an_epoch() -> None:
    trainer = d2l.Trainer(2, plot=True)
    trainer.board.live = False
    trainer.fit(model(), data(num_train=320))  # ten steps: two for each point
    where = [x for x, _ in trainer.board.lines()["train_loss"]]
    assert where == pytest.approx([0.05 + 0.2 * point for point in range(10)])


def test_long_fits_show_a_bar_and_short_ones_do_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trainer_module, "DELAY_SECONDS", float("inf"))
    d2l.Trainer(1, progress=True).fit(model(), data())
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(trainer_module, "DELAY_SECONDS", 0.0)
    d2l.Trainer(1, progress=True).fit(model(), data())
    assert "step" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"max_epochs": 0}, ValueError, "max_epochs: expected at least 1, got 0"),
        ({"max_epochs": 1.5}, TypeError, "max_epochs: expected an integer"),
        ({"max_epochs": 1, "gradient_clip_val": -1.0}, ValueError, "gradient_clip_val"),
        ({"max_epochs": 1, "device": "abacus"}, ValueError, "device: expected one that exists"),
    ],
)
def test_bad_settings_are_refused(
    arguments: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        d2l.Trainer(**arguments)  # type: ignore[arg-type]


def test_wrong_objects_are_named() -> None:
    with pytest.raises(TypeError, match="model: expected a Module, got Linear"):
        d2l.Trainer(1).fit(torch.nn.Linear(2, 2), data())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="data: expected a DataModule, got list"):
        d2l.Trainer(1).fit(model(), [])  # type: ignore[arg-type]
