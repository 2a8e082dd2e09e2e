import pytest
import torch

from d2l_utils.partition_config import PartitionConfig
from d2l_utils.partition_problem import (
    Place,
    cuts,
    make_data,
    make_network,
    make_weight,
    stage_problem,
    whole_problem,
)

pytestmark = pytest.mark.exercise(5)
CONFIG = PartitionConfig(sizes=(6, 8, 5, 4, 3), batch=12, microbatches=3, nproc=2)


def test_weights_and_data_have_the_shapes_of_the_text() -> None:
    assert [make_weight(CONFIG, layer).shape for layer in range(4)] == [
        (8, 6),
        (5, 8),
        (4, 5),
        (3, 4),
    ]
    X, y = make_data(CONFIG)
    assert (X.shape, y.shape) == ((12, 6), (12,))


def test_drawing_is_the_same_everywhere_and_differs_by_seed_and_layer() -> None:
    assert torch.equal(make_weight(CONFIG, 1), make_weight(CONFIG, 1))
    other = PartitionConfig(sizes=CONFIG.sizes, batch=12, seed=1)
    assert not torch.equal(make_weight(CONFIG, 1), make_weight(other, 1))
    assert not torch.equal(make_data(CONFIG)[0], make_data(other)[0])


@pytest.mark.parametrize("layer", [-1, 4])
def test_a_layer_that_does_not_exist_is_refused(layer: int) -> None:
    with pytest.raises(ValueError, match=f"layer: expected 0 to 3, got {layer}"):
        make_weight(CONFIG, layer)


def test_a_stage_is_a_part_of_the_network() -> None:
    X, _ = make_data(CONFIG)
    whole = make_network(CONFIG, range(4))
    parts = make_network(CONFIG, (2, 3))(make_network(CONFIG, (0, 1))(X))
    assert torch.equal(whole(X), parts)


def test_cuts_are_the_widths_between_stages() -> None:
    assert cuts(CONFIG) == [5]
    assert cuts(PartitionConfig(sizes=CONFIG.sizes, batch=12, nproc=4)) == [8, 5, 4]


def test_only_the_ends_of_a_pipeline_hold_data() -> None:
    config = PartitionConfig(sizes=CONFIG.sizes, batch=12, nproc=3)
    X, y = make_data(config)
    held = [stage_problem(config, Place(rank, 3, torch.device("cpu"))) for rank in range(3)]
    assert [[part.shape for part in data] for _, data, _ in held] == [[X.shape], [], [y.shape]]
    assert [sorted(weights) for _, _, weights in held] == [[0, 1], [2], [3]]


def test_shares_of_the_batch_add_up_to_it() -> None:
    places = [Place(rank, 3, torch.device("cpu")) for rank in range(3)]
    parts = [whole_problem(CONFIG, place, share=True)[1][0] for place in places]
    assert torch.equal(torch.cat(parts), make_data(CONFIG)[0])
