import pytest
import torch

from d2l_utils.graphs.torchviz_lines import Label, Link, read_lines, torchviz_graph


def test_line_of_an_unknown_form_is_an_error_not_a_gap() -> None:
    with pytest.raises(RuntimeError, match=r"unexpected line in torchviz's output: '\\tsomething"):
        read_lines(["\t1 [label=a]", "\tsomething new"])


def test_labels_colours_and_links_are_read() -> None:
    labels, links = read_lines(
        [
            '\t10 [label="W\n (2, 3)" fillcolor=lightblue]',
            "\t11 [label=MmBackward0]",
            "\t10 -> 11",
            "\t11 -> 12 [dir=none]",
            "\t13 -> 14 [style=dotted]",
        ]
    )
    assert labels == {10: ("W\n (2, 3)", "lightblue"), 11: ("MmBackward0", "")}
    assert links == [(10, 11, ""), (11, 12, "dir=none"), (13, 14, "style=dotted")]


def test_label_knows_its_parts() -> None:
    weight = Label("W (old)\n (2, 3)", "orange")
    assert (weight.role, weight.title, weight.shape) == ("saved", "W (old)", (2, 3))
    assert Label("\n ()", "darkolivegreen1").shape == ()
    assert Label("MmBackward0", "").role == "operation"


def test_graph_of_a_product_is_what_autograd_holds() -> None:
    W, x = torch.ones(2, 3, requires_grad=True), torch.ones(3)
    z = W @ x
    labels, links = torchviz_graph((z,), saved=False)
    assert labels[id(z)] == Label("(2)", "darkolivegreen1")
    assert labels[id(z.grad_fn)].title == "MvBackward0"
    assert labels[id(W)].shape == (2, 3)
    assert Link(id(z.grad_fn), id(z), "") in links
    saved, lines = torchviz_graph((z,), saved=True)
    kept = [link for link in lines if link.style == "dir=none"]
    assert {saved[link.second].title for link in kept} == {"vec"}
    assert {link.first for link in kept} == {id(z.grad_fn)}
