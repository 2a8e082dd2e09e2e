import pytest
import torch
from torch import Tensor

from d2l_utils.graphs.storages import allocated_bytes, dense_parts, storages


def sizes(tensor: Tensor) -> dict[str, int]:
    return {name: part.untyped_storage().nbytes() for name, part in dense_parts(tensor)}


def test_a_dense_tensor_is_its_own_only_part() -> None:
    x = torch.ones(3, 5)
    assert [(name, part is x) for name, part in dense_parts(x)] == [("", True)]
    assert sizes(x[1]) == {"": 60}


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta:UserWarning")
def test_a_sparse_tensor_has_indices_and_values() -> None:
    x = torch.eye(4)
    assert sizes(x.to_sparse()) == {"indices": 64, "values": 16}
    assert sizes(x.to_sparse().requires_grad_()) == {"indices": 64, "values": 16}
    needed = {
        layout: sum(part.nbytes for _, part in dense_parts(tensor))
        for layout, tensor in compressed(x).items()
    }
    assert needed == {
        "csr": 5 * 8 + 4 * 8 + 4 * 4,
        "csc": 5 * 8 + 4 * 8 + 4 * 4,
        "bsr": 3 * 8 + 2 * 8 + 2 * 16,
        "bsc": 3 * 8 + 2 * 8 + 2 * 16,
    }


def compressed(x: Tensor) -> dict[str, Tensor]:
    return {
        "csr": x.to_sparse_csr(),
        "csc": x.to_sparse_csc(),
        "bsr": x.to_sparse_bsr((2, 2)),
        "bsc": x.to_sparse_bsc((2, 2)),
    }


def test_a_tensor_of_tensors_is_taken_apart() -> None:
    jagged = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)
    assert sizes(jagged)["_values"] == 20


def test_what_torch_func_wraps_is_unwrapped() -> None:
    found: list[int] = []

    def loss(x: Tensor) -> Tensor:
        found.extend(storage.nbytes() for storage in storages(x))
        return x.sum()

    torch.func.grad(torch.func.grad(loss))(torch.tensor(3.0))
    assert found == [4]


def test_a_library_that_keeps_the_entries_is_told() -> None:
    with pytest.raises(ValueError, match=r"X: expected a tensor whose memory .* layout _mkldnn"):
        list(storages(torch.eye(3).to_mkldnn(), "X"))


def test_without_memory_there_are_no_bytes() -> None:
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        fake = torch.empty(1000)
    for tensor, expected in ((torch.ones(5), 20), (torch.empty(5, device="meta"), 0), (fake, 0)):
        assert [allocated_bytes(storage) for storage in storages(tensor)] == [expected]
