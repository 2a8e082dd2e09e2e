import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
import torch

from d2l_utils import backprop, graphs
from d2l_utils.backprop.derivatives import ACTIVATIONS
from d2l_utils.backprop.stepper import GIVEN, USES, VARIABLES, Stepper, tiny_example
from d2l_utils.backprop.stepper_page import unpacked
from d2l_utils.display.tables import Table

pytestmark = pytest.mark.exercise(2)

PHI = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": torch.nn.functional.softplus,
    "gelu": torch.nn.functional.gelu,
    "identity": lambda z: z,
}


def autograd(example: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values and gradients of one example, by PyTorch's own functions."""
    leaves = {key: example[key].clone().requires_grad_() for key in ("X", "W1", "b1", "W2")}
    X, W1, b1, W2 = leaves.values()
    y, functional = example["y"], torch.nn.functional
    z = functional.linear(X, W1, b1)
    h = PHI[example["activation"]](z)
    o = functional.linear(h, W2)
    if example["loss"] == "squared":
        L = functional.mse_loss(o, y, reduction="sum") / 2
    else:
        L = functional.cross_entropy(o, y)
    s = example["lambd"] / 2 * (W1.square().sum() + W2.square().sum())
    J = L + s
    tensors = {"x": X, "W1": W1, "b1": b1, "W2": W2, "z": z, "h": h, "o": o, "L": L, "s": s, "J": J}
    for tensor in (z, h, o, L, s, J):
        tensor.retain_grad()
    J.backward()
    gradients = {name: tensor.grad for name, tensor in tensors.items()}
    return {**tensors, "y": y}, gradients


def numbers(cells: list[list[str]]) -> torch.Tensor:
    rows = [[float(cell.replace("−", "-")) for cell in row] for row in cells]
    return torch.tensor(rows, dtype=torch.float64)


def example_with(**changes: str | float) -> dict[str, Any]:
    example = {**tiny_example(), **changes}
    if example["loss"] == "cross_entropy":
        example["y"] = torch.tensor([1])
    return example


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
@pytest.mark.parametrize("lambd", [0, 0.5])
def test_shown_numbers_are_those_of_autograd_rounded(
    activation: str, loss: str, lambd: float
) -> None:
    example = example_with(activation=activation, loss=loss, lambd=lambd)
    widget = backprop.step_through(**example)
    values, gradients = autograd(example)
    for shown, expected in ((widget.values, values), (widget.gradients, gradients)):
        assert set(shown) == set(expected)
        for name, cells in shown.items():
            want = expected[name].detach().double()
            want = want if name in ("W1", "W2") else want.reshape(-1, 1)
            got = numbers(cells)
            assert got.shape == want.shape, name
            assert (got - want).abs().max() <= 0.0005 + 1e-12, name


def test_tiny_example_is_exact_in_the_numbers_shown() -> None:
    widget = backprop.step_through(**tiny_example())
    values, gradients = autograd(tiny_example())
    for name, cells in widget.gradients.items():
        assert torch.equal(numbers(cells).reshape(-1), gradients[name].reshape(-1)), name
    for name, cells in widget.values.items():
        assert torch.equal(numbers(cells).reshape(-1), values[name].detach().reshape(-1)), name


def test_tiny_example_worked_on_paper() -> None:
    widget = backprop.step_through(**tiny_example())
    results = {(step.phase, step.fills): step.result for step in widget.steps}
    assert results["forward", ("z",)] == "(2, −0.5, 1)"
    assert results["forward", ("J",)] == "4"
    assert results["backward", ("z",)] == "(−0.5, 0, 1.5)"
    assert results["backward", ("W1",)] == "[−0.25, −0.5; 0.5, −0.5; 1, 3.25]"


def test_the_hand_computed_gradient_is_not_the_one_without_the_penalty() -> None:
    with_penalty = backprop.step_through(**tiny_example()).gradients["W1"]
    without = backprop.step_through(**{**tiny_example(), "lambd": 0}).gradients["W1"]
    assert with_penalty != without


def test_every_step_uses_only_what_is_already_filled() -> None:
    filled: set[tuple[str, str]] = set()
    consumers = {name: [t for t, uses in USES.items() if name in uses] for name in VARIABLES}
    for step in backprop.step_through(**tiny_example()).steps:
        for name in step.fills:
            if step.phase == "forward":
                assert all(("value", source) in filled for source in USES[name]), name
            if step.phase == "backward":
                assert all(("gradient", after) in filled for after in consumers[name]), name
        kind = "gradient" if step.phase == "backward" else "value"
        filled |= {(kind, name) for name in step.fills}
    assert filled == {("value", n) for n in VARIABLES} | {
        ("gradient", n) for n in VARIABLES if n != "y"
    }


def test_the_boxes_are_connected_as_in_the_textbook_graph() -> None:
    graph = graphs.draw_textbook()
    by_id = {node.id: node for node in graph.nodes}

    def variables_into(id_: str) -> set[str]:
        found: set[str] = set()
        for edge in graph.edges:
            if edge.target == id_:
                node = by_id[edge.source]
                found |= {node.name} if node.kind == "variable" else variables_into(node.id)
        return found

    for name in VARIABLES:
        assert variables_into(graph.node(name).id) == set(USES.get(name, ()))
    assert set(GIVEN) == set(VARIABLES) - set(USES)


def test_details_state_the_factors_that_have_no_box() -> None:
    details = {step.equation: step.detail for step in backprop.step_through(**tiny_example()).steps}
    assert details["∂J/∂z = ∂J/∂h ⊙ φ′(z)"] == "φ′(z) = (1, 0, 1)"
    assert "‖W1‖² = 4.5, ‖W2‖² = 7.5" in details["s = λ/2 (‖W1‖² + ‖W2‖²)"]
    example = example_with(loss="cross_entropy")
    details = {step.equation: step.detail for step in backprop.step_through(**example).steps}
    p = torch.softmax(torch.tensor([1.0, 1.5], dtype=torch.float64), 0)
    expected = f"softmax(o) = ({p[0].item():.3f}, {p[1].item():.3f})"
    assert details["∂J/∂o = softmax(o) − onehot(y)"] == expected


def test_table_has_the_same_steps_as_text() -> None:
    widget = backprop.step_through(**tiny_example())
    table = widget.table()
    assert isinstance(table, Table)
    given = [row for row in table.rows if row[0] == "0 given"]
    assert [row[1] for row in given] == [widget.steps[0].equation, "x", "y", "W1", "b1", "W2"]
    assert [row[2] for row in given][3:] == [
        "= [0.5, 1; 1, −1; −1, 0.5]",
        "= (−0.5, 0.5, 1)",
        "= [1, 2, −1; 0.5, −1, 0.5]",
    ]
    rest = table.rows[len(given) :]
    for (number, step), row in zip(enumerate(widget.steps[1:], 1), rest, strict=True):
        assert row == (f"{number} {step.phase}", step.equation, f"= {step.result}")


def test_sizes_of_one_keep_matrices_and_vectors_apart() -> None:
    example = tiny_example()
    example["W1"], example["b1"] = example["W1"][:1], example["b1"][:1]
    example["W2"] = example["W2"][:, :1]
    widget = backprop.step_through(**example)
    assert widget.values["W1"] == [["0.5", "1"]]
    assert widget.values["W2"] == [["1"], ["0.5"]]
    assert widget.values["x"] == [["1"], ["2"]]


def test_minus_zero_and_tiny_numbers_are_shown_as_zero() -> None:
    example = tiny_example()
    example["X"] = torch.tensor([[-0.0, -1e-9]], dtype=torch.float64)
    assert backprop.step_through(**example).values["x"] == [["0"], ["0"]]


def test_a_small_penalty_strength_is_not_rounded_away() -> None:
    assert (
        backprop.step_through(**{**tiny_example(), "lambd": 1e-4})
        .steps[0]
        .equation.endswith("λ = 0.0001")
    )


def test_tensors_that_require_gradients_are_welcome_and_left_alone() -> None:
    example = tiny_example()
    example["W1"].requires_grad_()
    assert (
        backprop.step_through(**example).gradients
        == backprop.step_through(**tiny_example()).gradients
    )
    assert example["W1"].grad is None


def test_more_than_one_example_is_refused() -> None:
    example = tiny_example()
    example["X"], example["y"] = example["X"].repeat(2, 1), example["y"].repeat(2, 1)
    with pytest.raises(ValueError, match=r"expected one example, .* got 2 examples"):
        backprop.step_through(**example)


def test_sizes_that_do_not_fit_a_phone_are_refused() -> None:
    example = tiny_example()
    example["X"] = torch.ones(1, 4, dtype=torch.float64)
    example["W1"] = torch.ones(3, 4, dtype=torch.float64)
    with pytest.raises(ValueError, match="num_inputs: expected at most 3, got 4"):
        backprop.step_through(**example)


def test_wrong_arguments_are_reported_by_forward() -> None:
    with pytest.raises(ValueError, match="activation: expected one of"):
        backprop.step_through(**{**tiny_example(), "activation": "swish"})


class _Outside(HTMLParser):
    """What a sanitizer leaves: text outside scripts, and the attributes of the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: set[str] = set()
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script"
        self.tags.add(tag)
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data
        else:
            self.text.append(data.strip())


def parsed(widget: Stepper) -> _Outside:
    parser = _Outside()
    parser.feed(widget._repr_html_())
    return parser


def test_without_scripts_a_plain_table_holds_every_value_and_gradient() -> None:
    widget = backprop.step_through(**tiny_example())
    page = parsed(widget)
    assert not page.tags & {"svg", "style", "button", "iframe"}
    for name in VARIABLES:
        assert name in page.text
    for step in widget.steps:
        if len(step.fills) == 1:
            assert step.result in page.text, step.equation
    assert "[0.5, 1; 1, −1; −1, 0.5]" in page.text


def test_stored_output_is_deterministic_and_asks_for_nothing() -> None:
    html = backprop.step_through(**tiny_example())._repr_html_()
    assert html == backprop.step_through(**tiny_example())._repr_html_()
    urls = set(re.findall(r"https?://[^\"' ]*", html))
    assert urls == {"http://www.w3.org/2000/svg"}  # a namespace, not an address
    assert "src=" not in html
    assert len(html.encode()) < 20_000


def test_different_examples_have_different_keys() -> None:
    pattern = re.compile(r'data-d2l-stepper="(\w+)"')
    first = pattern.search(backprop.step_through(**tiny_example())._repr_html_())
    second = pattern.search(backprop.step_through(**{**tiny_example(), "lambd": 1})._repr_html_())
    assert first is not None
    assert second is not None
    assert first.group(1) != second.group(1)


def test_page_data_are_the_steps_and_numbers_of_the_object() -> None:
    widget = backprop.step_through(**tiny_example())
    data = unpacked(json.loads(parsed(widget).scripts[0]))
    assert [step[2] for step in data["steps"]] == [s.equation for s in widget.steps]
    assert {name: value for name, _, value, _ in data["boxes"]} == widget.values
    assert len(data["edges"]) == sum(map(len, USES.values()))


def test_page_data_cannot_close_its_script(monkeypatch: pytest.MonkeyPatch) -> None:
    widget = backprop.step_through(**tiny_example())
    hostile = widget.variant() | {"title": "</script><script>∂"}
    monkeypatch.setattr(type(widget), "variant", lambda self: hostile)
    stored, _ = parsed(widget).scripts
    assert "<" not in stored
    assert unpacked(json.loads(stored))["title"] == hostile["title"]
    assert "∂" in stored  # letters are stored as such, for who compares two versions


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("lambd", [0, 0.5])
def test_without_a_bias_it_is_nowhere_and_all_else_is_as_with_a_bias_of_zero(
    activation: str, lambd: float
) -> None:
    example = example_with(activation=activation, lambd=lambd)
    zero = torch.zeros_like(example["b1"])
    without = backprop.step_through(**{**example, "b1": None})
    with_zero = backprop.step_through(**{**example, "b1": zero})
    assert without.values == {k: v for k, v in with_zero.values.items() if k != "b1"}
    assert without.gradients == {k: v for k, v in with_zero.gradients.items() if k != "b1"}
    assert len(without.steps) == len(with_zero.steps) - 1
    assert "b1" not in without._repr_html_().partition("<script>\n")[0]
    assert "b1" in with_zero._repr_html_().partition("<script>\n")[0]
