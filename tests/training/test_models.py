import pytest
import torch
from torch.nn import functional

import d2l_utils as d2l

SIZES = [(7, 3, [5]), (7, 3, [5, 4]), (7, 3, [])]


def build(sizes: tuple[int, int, list[int]], lambd: float, seed: int) -> d2l.WeightDecayMLPScratch:
    generator = torch.Generator().manual_seed(seed)
    num_inputs, num_outputs, num_hiddens = sizes
    net = d2l.WeightDecayMLPScratch(
        num_inputs, num_outputs, num_hiddens, 0.1, lambd, sigma=0.5, generator=generator
    )
    return net.double()


def batch(seed: int, rows: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(rows, 7, generator=generator, dtype=torch.float64)
    return X, torch.randint(3, (rows,), generator=generator)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("seed", range(5))
def test_objective_is_cross_entropy_plus_half_lambda_squared_norms(
    sizes: tuple[int, int, list[int]], seed: int
) -> None:
    net = build(sizes, 0.3, seed)
    X, y = batch(seed)
    got = net.loss(net(X), y)
    squares = sum(float((W.detach().numpy() ** 2).sum()) for W in net.W)
    expected = functional.cross_entropy(net(X), y).item() + 0.5 * 0.3 * squares
    assert got.item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("seed", range(5))
def test_penalty_adds_lambda_times_the_weights_to_the_gradient(
    sizes: tuple[int, int, list[int]], seed: int
) -> None:
    net = build(sizes, 0.3, seed)
    X, y = batch(seed)
    params = [*net.W, *net.b]
    with_penalty = torch.autograd.grad(net.loss(net(X), y), params)
    without = torch.autograd.grad(functional.cross_entropy(net(X), y), params)
    for param, got, plain in zip(params, with_penalty, without, strict=True):
        is_weight = any(param is W for W in net.W)
        expected = plain + 0.3 * param.detach() if is_weight else plain
        torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-14)


def test_per_example_objectives_average_to_the_objective() -> None:
    net = build((7, 3, [5]), 0.3, 0)
    X, y = batch(0)
    each = net.loss(net(X), y, averaged=False)
    assert each.shape == (6,)
    torch.testing.assert_close(each.mean(), net.loss(net(X), y), rtol=1e-14, atol=0)
    torch.testing.assert_close(each[2], net.loss(net(X[2:3]), y[2:3]), rtol=1e-14, atol=0)


def test_without_lambda_the_objective_is_exactly_cross_entropy() -> None:
    net = build((7, 3, [5]), 0.0, 1)
    X, y = batch(1)
    assert torch.equal(net.loss(net(X), y), functional.cross_entropy(net(X), y))


def test_shapes_follow_the_fan_in_fan_out_convention() -> None:
    net = d2l.MulMLPScratch(784, 10, [256, 128], 0.1)
    assert [tuple(W.shape) for W in net.W] == [(784, 256), (256, 128), (128, 10)]
    assert [tuple(b.shape) for b in net.b] == [(256,), (128,), (10,)]
    assert sum(p.numel() for p in net.parameters()) == 235_146
    assert set(net.state_dict()) == {"W.0", "W.1", "W.2", "b.0", "b.1", "b.2"}


def test_weights_have_the_spread_that_was_asked_for() -> None:
    generator = torch.Generator().manual_seed(0)
    net = d2l.MulMLPScratch(784, 10, [256], 0.1, sigma=0.3, generator=generator)
    assert net.W[0].std().item() == pytest.approx(0.3, rel=0.01)
    assert all(bool((b == 0).all()) for b in net.b)


def test_same_generator_seed_gives_the_same_weights() -> None:
    first, second = build((7, 3, [5]), 0.1, 3), build((7, 3, [5]), 0.1, 3)
    assert all(torch.equal(a, b) for a, b in zip(first.W, second.W, strict=True))
    assert not torch.equal(first.W[0], build((7, 3, [5]), 0.1, 4).W[0])


def test_scratch_and_lazy_networks_compute_the_same_function() -> None:
    scratch = d2l.MulMLPScratch(7, 3, [5, 4], 0.1, sigma=0.5)
    layers = d2l.MulMLP(3, [5, 4], 0.1)
    X = torch.randn(6, 7)
    layers(X)  # sizes the lazy layers
    linears = [m for m in layers.modules() if isinstance(m, torch.nn.Linear)]
    for linear, W, b in zip(linears, scratch.W, scratch.b, strict=True):
        linear.weight.data, linear.bias.data = W.detach().T.clone(), b.detach().clone()
    torch.testing.assert_close(layers(X), scratch(X))


def test_images_are_flattened() -> None:
    net = d2l.MulMLPScratch(12, 3, [5], 0.1)
    assert net(torch.zeros(2, 3, 4)).shape == (2, 3)


def test_linear_model_has_no_hidden_layer() -> None:
    net = d2l.MulMLPScratch(7, 3, [], 0.1, sigma=1.0)
    X = torch.randn(6, 7)
    torch.testing.assert_close(net(X), X @ net.W[0] + net.b[0])


def test_wrong_input_size_is_named() -> None:
    with pytest.raises(ValueError, match=r"with 7 entries per example, got \(6, 8\)"):
        d2l.MulMLPScratch(7, 3, [5], 0.1)(torch.zeros(6, 8))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"num_inputs": 0}, ValueError),
        ({"num_outputs": -1}, ValueError),
        ({"num_hiddens": [5, 0]}, ValueError),
        ({"num_hiddens": 5}, TypeError),
        ({"lr": 0}, ValueError),
        ({"lambd": -0.1}, ValueError),
        ({"sigma": -0.1}, ValueError),
        ({"num_inputs": 7.0}, TypeError),
    ],
)
def test_bad_arguments_are_refused(changed: dict[str, object], error: type[Exception]) -> None:
    good = {"num_inputs": 7, "num_outputs": 3, "num_hiddens": [5], "lr": 0.1, "lambd": 0.1}
    (name,) = changed
    with pytest.raises(error, match=rf"{name}.*: expected .*, got"):
        d2l.WeightDecayMLPScratch(**{**good, **changed})  # type: ignore[arg-type]
