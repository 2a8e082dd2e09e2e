"""Training with noise at once: the same as modules trained one by one, and pairs of runs."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from d2l_utils.data import Examples, Roles
from d2l_utils.dropout.noise import Kind, multiplicative_noise
from d2l_utils.dropout.training import (
    IMAGES,
    NOISE_SEED,
    Recipe,
    generators_of,
    mean_of_masks,
    measure,
    noisy_logits,
    train_seeds,
    training_rows,
)
from d2l_utils.experiments import start_many

NOISES: tuple[Kind, ...] = ("dropout", "gaussian", "uniform", "log-normal", "two-point")
SMALL = Recipe((0.3, 0.6), hidden=(7, 5), batch_size=16, epochs=3)


def _roles() -> Roles:
    generator = torch.Generator().manual_seed(5)

    def examples(n: int) -> Examples:
        X = torch.rand(n, 3, 4, generator=generator, dtype=torch.float64)
        return Examples(X, torch.randint(4, (n,), generator=generator))

    return Roles(examples(50), examples(20), examples(30), "noise", ("a", "b", "c", "d"))


class Alone(nn.Module):
    """One network with noise, written as a book would."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        super().__init__()
        start = start_many([12, *recipe.hidden, 4], [seed], "torch")
        self.layers = nn.ModuleList()
        for W, b in zip(start.W, start.b, strict=True):
            layer = nn.Linear(*W.shape[1:], dtype=torch.float64)
            layer.weight.data, layer.bias.data = W[0].T.clone(), b[0].clone()
            self.layers.append(layer)
        self.recipe = recipe
        self.generator = torch.Generator().manual_seed(NOISE_SEED + seed)

    def noise(self, shape: tuple[int, ...], p: float) -> Tensor:
        return multiplicative_noise(shape, self.recipe.noise, p / (1 - p), self.generator)

    def forward(self, H: Tensor) -> Tensor:
        rows = 1 if self.recipe.shared else len(H)
        H = self.layers[0](H)
        for layer, p in zip(self.layers[1:], self.recipe.p, strict=True):
            H = H.relu()
            if self.training and self.recipe.on == "units":
                H = layer(H * self.noise((rows, H.shape[1]), p))
            elif self.training:
                masked = layer.weight.T * self.noise((rows, *layer.weight.T.shape), p)
                H = torch.einsum("ni,nio->no", H, masked.expand(len(H), -1, -1)) + layer.bias
            else:
                H = layer(H)
        return H


def _train_alone(recipe: Recipe, seed: int, roles: Roles) -> Alone:
    net = Alone(recipe, seed)
    weights, biases = ([getattr(each, k) for each in net.layers] for k in ("weight", "bias"))
    groups = [{"params": weights, "weight_decay": recipe.lambd}, {"params": biases}]
    optimizer = torch.optim.SGD(groups, recipe.lr, momentum=recipe.momentum)
    [own] = training_rows([seed], len(roles.train))
    X, y = roles.train.X.flatten(1)[own], roles.train.y[own]
    order = torch.Generator().manual_seed(seed)
    for _ in range(recipe.epochs):
        for batch in torch.randperm(len(X), generator=order).split(recipe.batch_size):
            optimizer.zero_grad()
            smoothing = recipe.smoothing
            functional.cross_entropy(net(X[batch]), y[batch], label_smoothing=smoothing).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return net.eval()


@pytest.mark.parametrize(
    "recipe",
    [
        *(replace(SMALL, noise=noise) for noise in NOISES),
        replace(SMALL, lambd=0.05, smoothing=0.2),
        replace(SMALL, shared=True),
        replace(SMALL, on="weights"),
        replace(SMALL, on="weights", shared=True),
    ],
)
def test_training_at_once_equals_modules_one_by_one(recipe: Recipe) -> None:
    roles, seeds = _roles(), (4, 9)
    runs = train_seeds(recipe, seeds, roles)
    for index, seed in enumerate(seeds):
        net = _train_alone(recipe, seed, roles)
        for W, b, layer in zip(runs.networks.W, runs.networks.b, net.layers, strict=True):
            torch.testing.assert_close(W[index], layer.weight.T, rtol=1e-10, atol=1e-13)  # type: ignore[operator]
            torch.testing.assert_close(b[index], layer.bias, rtol=1e-10, atol=1e-13)  # type: ignore[arg-type]
        o = net(roles.test.X.flatten(1))
        assert runs.misses["test"][0, index] == (o.argmax(1) != roles.test.y).sum()
        expected = functional.cross_entropy(o, roles.test.y).item()
        assert runs.loss["test"][0, index].item() == pytest.approx(expected, rel=1e-10)


def test_every_setting_of_a_recipe_changes_what_is_trained() -> None:
    plain = train_seeds(SMALL, [4], _roles()).networks.W[1]
    for change in (
        {"noise": "gaussian"},
        {"on": "weights"},
        {"shared": True},
        {"lambd": 0.05},
        {"smoothing": 0.2},
        {"p": (0.3, 0.5)},
    ):
        other = train_seeds(replace(SMALL, **change), [4], _roles()).networks.W[1]  # type: ignore[arg-type]
        assert (other - plain).abs().max() > 1e-3


def test_a_run_does_not_depend_on_the_others() -> None:
    both, alone = (train_seeds(SMALL, seeds, _roles()) for seeds in ((4, 9), (9,)))
    torch.testing.assert_close(both.networks.W[2][1], alone.networks.W[2][0], rtol=1e-10, atol=0)


def test_noise_leaves_start_images_and_order_paired() -> None:
    tiny = replace(SMALL, p=(1e-15, 1e-15))
    noisy, plain = (train_seeds(r, [4, 9], _roles()) for r in (tiny, replace(SMALL, p=(0.0, 0.0))))
    torch.testing.assert_close(noisy.networks.W[0], plain.networks.W[0], rtol=1e-9, atol=1e-12)


def test_measured_every_so_many_epochs_and_at_the_end() -> None:
    recipe = replace(SMALL, epochs=5)
    runs = train_seeds(recipe, [4, 9], _roles(), every=2)
    assert runs.epochs == (2, 4, 5)
    for role in ("train", "validation", "test"):
        assert runs.misses[role].shape == runs.loss[role].shape == (3, 2)  # type: ignore[index]
    early = train_seeds(replace(recipe, epochs=2), [4, 9], _roles())
    assert torch.equal(runs.loss["validation"][0], early.loss["validation"][0])


def test_training_loss_is_of_the_run_own_images_without_noise() -> None:
    roles = _roles()
    runs = train_seeds(SMALL, [4], roles)
    o = runs.networks.logits(roles.train.X)[0]
    expected = functional.cross_entropy(o, roles.train.y)
    torch.testing.assert_close(runs.loss["train"][0, 0], expected)


def test_images_are_chosen_without_repetition_and_by_seed() -> None:
    rows = training_rows([0, 1], 3 * IMAGES)
    assert rows.shape == (2, IMAGES)
    assert all(len(set(row.tolist())) == IMAGES for row in rows)
    assert not torch.equal(rows[0], rows[1])
    assert torch.equal(rows[1], training_rows([1], 3 * IMAGES)[0])


def test_shared_noise_has_one_row() -> None:
    nets = start_many([12, 7, 5, 4], [0, 1], "torch")
    shapes: list[tuple[int, ...]] = []

    def draw(shape: tuple[int, ...], p: float) -> Tensor:
        shapes.append(shape)
        return torch.ones(shape, dtype=torch.float64)

    X = torch.rand(2, 6, 12, dtype=torch.float64)
    for recipe in (SMALL, replace(SMALL, shared=True), replace(SMALL, on="weights", shared=True)):
        torch.testing.assert_close(noisy_logits(nets, X, recipe, draw), nets.logits(X))
    assert shapes == [(2, 6, 7), (2, 6, 5), (2, 1, 7), (2, 1, 5), (2, 1, 7, 5), (2, 1, 5, 4)]


def test_noise_of_a_seed_is_its_own() -> None:
    one, both = (generators_of(seeds, "uniform")((len(seeds), 3), 0.5) for seeds in ((9,), (4, 9)))
    assert torch.equal(one[0], both[1])
    assert not torch.equal(both[0], both[1])


def test_measure_counts_misses() -> None:
    nets = start_many([2, 2], [0], 0)
    y = torch.tensor([0, 1, 1])
    misses, loss = measure(nets, torch.ones(3, 2, dtype=torch.float64), y)
    assert misses.tolist() == [2]
    assert loss.item() == pytest.approx(math.log(2))


def test_mean_of_masks_is_that_of_probabilities_and_without_noise_that_of_the_network() -> None:
    nets, X = start_many([12, 7, 5, 4], [0, 1], "he"), _roles().test.X
    full = nets.logits(X).softmax(2)
    still = replace(SMALL, p=(0.0, 0.0))
    torch.testing.assert_close(mean_of_masks(nets, still, [0, 1], X, 3), full)
    draw, own = generators_of([0, 1], "dropout"), X.flatten(1).expand(2, -1, -1)
    each = [noisy_logits(nets, own, SMALL, draw).softmax(2) for _ in range(5)]
    found = mean_of_masks(nets, SMALL, [0, 1], X, 5)
    torch.testing.assert_close(found, torch.stack(each).mean(0))
    assert (found - full).abs().max() > 1e-3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seeds": [0]}, "seeds: expected 2, one per network, got 1"),
        ({"recipe": Recipe((0.5,), hidden=(5,))}, "recipe: expected 2 numbers p"),
        ({"X": torch.ones(3, 5, dtype=torch.float64)}, "X: expected .* 12 entries"),
        ({"X": torch.ones(3, 12)}, "X: expected .* torch.float64, got .* torch.float32"),
    ],
)
def test_masks_that_do_not_fit_are_refused(changes: dict[str, object], words: str) -> None:
    good = {
        "networks": start_many([12, 7, 5, 4], [0, 1]),
        "recipe": SMALL,
        "seeds": [0, 1],
        "X": torch.ones(3, 12, dtype=torch.float64),
        "draws": 2,
    }
    with pytest.raises(ValueError, match=words):
        mean_of_masks(**{**good, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (replace(SMALL, p=(0.5,)), "p: expected 2 numbers, one per hidden layer"),
        (replace(SMALL, p=(0.5, 1.0)), "p: expected numbers from 0 to less than 1"),
        (replace(SMALL, p=(-0.1, 0.5)), "p: expected numbers from 0 to less than 1"),
        (replace(SMALL, smoothing=1.0), "smoothing: expected a number from 0"),
    ],
)
def test_recipes_out_of_range_are_refused(recipe: Recipe, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        train_seeds(recipe, [0], _roles())


def test_networks_can_be_watched_from_before_the_first_epoch() -> None:
    seen: dict[int, Tensor] = {}
    runs = train_seeds(
        SMALL, [0, 1], _roles(), watch=lambda epoch, networks: seen.update({epoch: networks.W[0]})
    )
    assert list(seen) == [0, 1, 2, 3]
    assert torch.equal(seen[3], runs.networks.W[0])
    assert torch.equal(seen[0], start_many((12, 7, 5, 4), [0, 1], "torch").W[0])
    assert not torch.equal(seen[0], seen[1])
