import contextlib
import io

import pytest
import torch
from torch import Tensor, nn

import d2l_utils as d2l
from d2l_utils.experiments import Networks, fit_many, start_many
from d2l_utils.experiments.many import cross_entropies
from d2l_utils.training import Module

SIZES = (12, 7, 5, 3)
SEEDS, LRS, ORDERS = [3, 3, 4, 5], [0.1, 0.5, 0.5, 0.02], [0, 1, 0, 2]


def _examples(n: int = 70) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(n, SIZES[0], generator=generator, dtype=torch.float64)
    return X, torch.randint(SIZES[-1], (n,), generator=generator)


class Alone(d2l.Classifier):
    """One of the networks, as a module of its own."""

    def __init__(self, networks: Networks, index: int, lr: float, act: nn.Module) -> None:
        super().__init__(lr)
        layers: list[nn.Module] = [nn.Flatten()]
        for W, b in zip(networks.W, networks.b, strict=True):
            layer = nn.Linear(*W.shape[1:], dtype=torch.float64)
            layer.weight.data = W[index].T.clone()
            layer.bias.data = b[index].clone()
            layers += [layer, act]
        self.net = nn.Sequential(*layers[:-1])


class Decaying(d2l.SGD):
    """Descent whose rate falls linearly to 0 over a number of steps."""

    def __init__(self, params: list[nn.Parameter], lr: float, steps: int) -> None:
        super().__init__(params, lr)
        self._first, self._steps, self._done = lr, steps, 0

    def step(self) -> None:
        self.lr = self._first * (1 - self._done / self._steps)
        super().step()
        self._done += 1


def _one_by_one(start: Networks, act: nn.Module, decay: bool) -> list[tuple[Module, list[float]]]:
    X, y = _examples()
    found: list[tuple[Module, list[float]]] = []
    for index, (lr, order) in enumerate(zip(LRS, ORDERS, strict=True)):
        model = Alone(start, index, lr, act)
        if decay:
            optimizer = Decaying(list(model.parameters()), lr, 3 * 5)
            model.configure_optimizers = lambda each=optimizer: each  # type: ignore[method-assign]
        data = d2l.TensorData(X, y, batch_size=16, seed=order)
        history = d2l.Trainer(3, progress=False).fit(model, data)
        found.append((model, history.train_loss))
    return found


@pytest.mark.parametrize("decay", [False, True])
@pytest.mark.parametrize(("function", "act"), [(torch.relu, nn.ReLU()), (torch.tanh, nn.Tanh())])
def test_training_at_once_equals_trainer_one_by_one(
    decay: bool, function: object, act: nn.Module
) -> None:
    start = start_many(SIZES, SEEDS, "he", activation=function)  # type: ignore[arg-type]
    X, y = _examples()
    fit = fit_many(start, X, y, LRS, ORDERS, epochs=3, batch_size=16, decay=decay)
    for index, (model, losses) in enumerate(_one_by_one(start, act, decay)):
        expected = torch.tensor(losses, dtype=torch.float64)
        torch.testing.assert_close(fit.train_loss[:, index], expected, rtol=1e-12, atol=0)
        linear = [layer for layer in model.net or [] if isinstance(layer, nn.Linear)]
        for W, b, layer in zip(fit.networks.W, fit.networks.b, linear, strict=True):
            torch.testing.assert_close(W[index], layer.weight.T, rtol=1e-11, atol=1e-13)
            torch.testing.assert_close(b[index], layer.bias, rtol=1e-11, atol=1e-13)
        hits = model(X).argmax(1) == y
        assert fit.networks.hits(X, y)[index].tolist() == hits.tolist()


def test_the_comparison_notices_another_order_and_another_rate() -> None:
    start = start_many(SIZES, SEEDS, "he")
    X, y = _examples()
    fit = fit_many(start, X, y, LRS, ORDERS, epochs=3, batch_size=16)
    for lrs, orders in ((LRS, [9, *ORDERS[1:]]), ([0.101, *LRS[1:]], ORDERS)):
        other = fit_many(start, X, y, lrs, orders, epochs=3, batch_size=16)
        same = (fit.train_loss - other.train_loss).abs().amax(0) < 1e-9
        assert same.tolist() == [False, True, True, True]


def test_starts_are_those_of_the_scratch_network() -> None:
    start = start_many([6, 4, 3], [0, 8], 0.3)
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        for index, seed in enumerate((0, 8)):
            generator = torch.Generator().manual_seed(seed)
            alone = d2l.MulMLPScratch(6, 3, [4], 0.1, 0.3, generator=generator)
            assert all(torch.equal(W[index], V) for W, V in zip(start.W, alone.W, strict=True))
    finally:
        torch.set_default_dtype(default)


def test_torch_starts_are_those_of_a_linear_layer() -> None:
    start = start_many([300, 200, 3], [1, 2], "torch")
    layer = nn.Linear(300, 200, dtype=torch.float64)
    reach = 300**-0.5
    for ours, theirs in ((start.W[0], layer.weight), (start.b[0], layer.bias)):
        for values in (*ours, theirs.detach()):
            assert 0.98 * reach < values.abs().max().item() <= reach
            assert values.var().item() == pytest.approx(reach**2 / 3, rel=0.2)
    assert not torch.equal(start.b[0][0], start.b[0][1])


@pytest.mark.parametrize(
    ("scale", "variance"),
    [(0.5, 0.25), ("he", 2 / 200), ("xavier", 2 / 500), ("torch", 1 / 600), (0, 0)],
)
def test_weights_have_the_variance_that_was_asked_for(scale: object, variance: float) -> None:
    [W] = start_many([200, 300], [1, 2], scale).W  # type: ignore[arg-type]
    assert W.var().item() == pytest.approx(variance, rel=0.03)


def test_network_that_diverges_leaves_the_others_alone() -> None:
    start = start_many(SIZES, [0, 0], 1)
    X, y = _examples()
    fit = fit_many(start, X, y, [0.05, 1e200], [0, 0], epochs=3, batch_size=16)
    alone = fit_many(start_many(SIZES, [0], 1), X, y, [0.05], [0], epochs=3, batch_size=16)
    assert fit.diverged.tolist() == [False, True]
    torch.testing.assert_close(fit.train_loss[:, 0], alone.train_loss[:, 0], rtol=1e-12, atol=0)
    assert fit.networks.hits(X, y)[1].sum() == 0


def test_starts_are_not_changed_and_results_carry_no_graph() -> None:
    start = start_many(SIZES, SEEDS, "he")
    before = [W.clone() for W in start.W]
    fit = fit_many(start, *_examples(), LRS, ORDERS)
    assert all(torch.equal(W, old) for W, old in zip(start.W, before, strict=True))
    assert not any(t.requires_grad for t in (*fit.networks.W, fit.train_loss))
    assert repr(fit.networks) == "4 networks 12-7-5-3"


def test_each_network_trains_on_its_own_rows() -> None:
    X, y = _examples()
    start = start_many(SIZES, [3, 3], "he")
    rows = torch.stack([torch.arange(40), torch.arange(30, 70)])
    fit = fit_many(start, X, y, [0.1, 0.1], [0, 0], batch_size=16, rows=rows)
    for index, own in enumerate(rows):
        one = start_many(SIZES, [3], "he")
        alone = fit_many(one, X[own], y[own], [0.1], [0], batch_size=16)
        torch.testing.assert_close(fit.train_loss[:, index], alone.train_loss[:, 0])
    assert abs(fit.train_loss[0, 0] - fit.train_loss[0, 1]) > 1e-3


def test_watch_sees_the_networks_after_each_epoch() -> None:
    X, y = _examples()
    start, seen = start_many(SIZES, SEEDS, "he"), []

    def watch(epoch: int, networks: Networks) -> None:
        assert not networks.W[0].requires_grad
        seen.append((epoch, networks.W[0].clone()))

    fit = fit_many(start, X, y, LRS, ORDERS, epochs=2, watch=watch)
    once = fit_many(start, X, y, LRS, ORDERS, epochs=1)
    assert [epoch for epoch, _ in seen] == [1, 2]
    assert torch.equal(seen[0][1], once.networks.W[0])
    assert torch.equal(seen[1][1], fit.networks.W[0])


def test_another_loss_is_minimised() -> None:
    X, y = _examples()
    start = start_many(SIZES, SEEDS, "he")

    def twice(networks: Networks, X: Tensor, y: Tensor) -> Tensor:
        return 2 * cross_entropies(networks, X, y)

    doubled = fit_many(start, X, y, LRS, ORDERS, loss=twice)
    plain = fit_many(start, X, y, [2 * lr for lr in LRS], ORDERS)
    torch.testing.assert_close(doubled.networks.W[0], plain.networks.W[0])
    torch.testing.assert_close(doubled.train_loss, 2 * plain.train_loss)


def test_images_are_flattened_and_a_linear_model_has_one_layer() -> None:
    X, y = _examples()
    start = start_many([12, 3], [0])
    flat, images = (fit_many(start, each, y, [0.1], [0]) for each in (X, X.reshape(-1, 3, 4)))
    assert torch.equal(flat.networks.W[0], images.networks.W[0])


def test_networks_train_on_examples_of_their_own() -> None:
    X, y = _examples()
    parts, start = [slice(0, 40), slice(30, 70)], start_many(SIZES, [3, 4], "he")
    owned = torch.stack([X[part] for part in parts]), torch.stack([y[part] for part in parts])
    both = fit_many(start, *owned, [0.1, 0.5], [0, 1], epochs=2, batch_size=16)
    for k, part in enumerate(parts):
        alone = fit_many(start, X[part], y[part], [0.1, 0.5], [0, 1], epochs=2, batch_size=16)
        torch.testing.assert_close(
            both.train_loss[:, k], alone.train_loss[:, k], rtol=1e-12, atol=0
        )
        other = fit_many(start, X[5:45], y[5:45], [0.1, 0.5], [0, 1], epochs=2, batch_size=16)
        assert (both.train_loss[:, k] - other.train_loss[:, k]).abs().max() > 1e-6


def test_nothing_is_printed_outside_a_terminal() -> None:
    import d2l_utils.experiments.many as many

    err, out = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stderr(err),
        contextlib.redirect_stdout(out),
    ):
        patch.setattr(many, "DELAY_SECONDS", 0)
        fit_many(start_many(SIZES, SEEDS), *_examples(), LRS, ORDERS, epochs=3)
        assert err.getvalue() + out.getvalue() == ""
        fit_many(start_many(SIZES, SEEDS), *_examples(), LRS, ORDERS, epochs=3, progress=True)
    assert "step" in err.getvalue()


X, Y = _examples()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"X": X.float()}, TypeError, "X: expected torch.float64"),
        ({"X": X[:, 1:]}, ValueError, "X: expected shape .* 12 entries"),
        ({"y": Y[1:]}, ValueError, r"y: expected shape \(70,\)"),
        ({"y": Y.expand(4, -1)}, ValueError, r"X: expected shape \(4, n, 12\), since y has two"),
        (
            {"X": X.expand(4, -1, -1), "y": Y[1:].expand(4, -1)},
            ValueError,
            r"y: expected shape \(4, 70\), got \(4, 69\)",
        ),
        ({"y": Y.reshape(7, 5, 2)}, ValueError, r"y: expected shape \(70,\)"),
        ({"y": Y + 1}, ValueError, "y: expected labels from 0 to 2, got 3"),
        ({"y": Y - 1}, ValueError, "y: expected labels from 0 to 2, got -1"),
        ({"y": Y.double()}, TypeError, "y: expected labels"),
        ({"lrs": LRS[1:]}, ValueError, "lrs: expected 4, one per network, got 3"),
        ({"lrs": [*LRS[1:], 0.0]}, ValueError, "lrs"),
        ({"orders": [*ORDERS, 1]}, ValueError, "orders: expected 4, one per network, got 5"),
        ({"epochs": 0}, ValueError, "epochs"),
        ({"momentum": 1.0}, ValueError, "momentum"),
        ({"lambd": -0.1}, ValueError, "lambd"),
        ({"rows": torch.zeros(3, 5).long()}, ValueError, r"rows: expected shape \(4, m\)"),
        ({"rows": torch.zeros(4, 5)}, TypeError, "rows: expected torch.int64"),
        ({"rows": torch.full((4, 5), 70)}, ValueError, "rows: expected .* from 0 to 69, got 70"),
        ({"loss": lambda *_: torch.zeros(3)}, TypeError, r"loss: .* \(4,\), got \(3,\)"),
        ({"loss": lambda *_: 1.0}, TypeError, r"loss: .* \(4,\), got 1.0"),
        ({"networks": start_many(SIZES, SEEDS, activation=torch.sum)}, TypeError, "activation"),
    ],
)
def test_what_does_not_fit_is_refused(
    changes: dict[str, object], error: type[Exception], words: str
) -> None:
    good = {"networks": start_many(SIZES, SEEDS), "X": X, "y": Y, "lrs": LRS, "orders": ORDERS}
    with pytest.raises(error, match=words):
        fit_many(**{**good, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("sizes", "seeds"), [([3], [0]), ([3, 2], []), ([3, 0], [0])])
def test_shapes_without_a_network_are_refused(sizes: list[int], seeds: list[int]) -> None:
    with pytest.raises(ValueError, match="expected"):
        start_many(sizes, seeds)
