import gc
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import nn
from torch._C import _autograd, _profiler
from torch._C._profiler import _ExperimentalConfig
from torch.utils.checkpoint import checkpoint

from d2l_utils import curvature, memory
from d2l_utils.backprop.functional_mlp import init_mlp, loss_of, mlp, objective
from d2l_utils.curvature import HVP_MODES as MODES

pytestmark = pytest.mark.exercise(3)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def changes(measurement: memory.Measurement) -> list[int]:
    return [event.bytes for event in measurement.timeline]


def tracker_peak(program: memory.Program) -> int:
    """The peak according to torch's own MemTracker, a second and independent count."""
    from torch.distributed._tools.mem_tracker import MemTracker

    tracker = MemTracker()
    external = [x for x in (program.model, program.optimizer, *program.data) if x is not None]
    tracker.track_external(*external)
    with tracker:
        program.run()
    return int(tracker.get_tracker_snapshot("peak")[torch.device("cpu")]["Total"])


def test_blocks_are_counted_in_bytes_requested_and_in_order() -> None:
    def run() -> None:
        x = torch.zeros(3, 5)  # 60 bytes
        y = torch.zeros(7, dtype=torch.float64)  # 56 bytes
        del x, y

    measurement = memory.measure(run)
    assert changes(measurement) == [60, 56, -60, -56]
    assert measurement.peak == measurement.transient == 116
    assert [event.alive for event in measurement.timeline] == [60, 116, 56, 0]


def test_temporaries_inside_an_operation_are_counted() -> None:
    x = torch.zeros(11, dtype=torch.float32)
    # A Python number becomes a float64 scalar and is cast to float32; only y has a name.
    assert changes(memory.measure(lambda: x * 2.0)) == [8, 4, 44, -4, -8]


def test_without_resident_objects_the_peak_is_the_increase() -> None:
    X = torch.zeros(9, 5)
    measurement = memory.measure(lambda: X + X)
    assert (measurement.before, measurement.resident, measurement.peak) == (0, 0, 9 * 5 * 4)


def test_resident_storages_are_counted_once_and_whole() -> None:
    net = nn.Linear(5, 3)
    X = torch.zeros(12, 5)
    measurement = memory.measure(lambda: None, model=net, data=[X[:2], X[4:]])
    assert (measurement.parameters, measurement.data) == (4 * (15 + 3), 4 * 60)
    assert (measurement.peak, measurement.phase) == (measurement.before, "resident")


def test_timeline_ends_where_the_resident_memory_does() -> None:
    measurement = memory.program(13, (7, 19), 5, 11, "adam").measure()
    assert measurement.timeline[-1].alive == measurement.resident
    assert measurement.peak == max(event.alive for event in measurement.timeline)


def test_gradients_freed_by_zero_grad_are_missed_and_nothing_is_said(
    capfd: pytest.CaptureFixture[str],
) -> None:
    measurement = memory.program(13, (7,), 5, 11).measure()
    freed = [event for event in measurement.timeline if event.phase == "zero_grad"]
    assert [event.bytes for event in freed] == [-4 * 91, -4 * 7, -4 * 35, -4 * 5]
    assert capfd.readouterr().err == ""


def test_phases_come_in_the_order_of_a_training_step() -> None:
    measurement = memory.program(13, (7,), 5, 11, "adam").measure()
    phases = list(dict.fromkeys(event.phase for event in measurement.timeline))
    assert phases == ["zero_grad", "forward", "backward", "step"]


def test_the_ones_that_backward_starts_from_belong_to_backward() -> None:
    w = torch.ones(6, requires_grad=True)
    measurement = memory.measure(lambda: torch.autograd.grad((w * w).sum(), w))
    first = next(event for event in measurement.timeline if event.phase == "backward")
    assert (first.operation, first.bytes) == ("ones_like", 4)


def test_ones_made_in_a_forward_pass_stay_there() -> None:
    x = torch.ones(6)
    measurement = memory.measure(lambda: torch.ones_like(x) + x)
    assert {event.phase for event in measurement.timeline} == {"forward"}


def test_forward_pass_after_a_backward_pass_is_forward_again() -> None:
    w = torch.ones(6, requires_grad=True)

    def run() -> torch.Tensor:
        torch.autograd.grad((w * w).sum(), w)
        return w.detach().sqrt()

    assert memory.measure(run).timeline[-1].phase == "forward"


def test_labels_set_by_the_user_do_not_hide_operations() -> None:
    x = torch.ones(6)

    def run() -> None:
        with torch.profiler.record_function("my label"):
            x.sqrt()

    assert [event.operation for event in memory.measure(run).timeline] == ["sqrt", "sqrt"]


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
@pytest.mark.parametrize("n", [1, 37])
def test_peak_equals_that_of_torchs_memory_tracker(optimizer: str, n: int) -> None:
    program = memory.program(29, (17, 11), 5, n, optimizer)
    assert program.measure().peak == tracker_peak(program)


def test_peak_of_a_prediction_equals_that_of_torchs_memory_tracker() -> None:
    program = memory.program(29, (17, 11), 5, 8, mode="prediction")
    assert program.measure().peak == tracker_peak(program)


def test_tracker_misses_only_the_scalars_inside_adams_step() -> None:
    program = memory.program(29, (17, 11), 5, 2, "adam")
    measurement = program.measure()
    assert measurement.phase == "step"
    assert measurement.peak - tracker_peak(program) == 8 + 4


def test_events_equal_those_of_torchs_older_profiler() -> None:
    x = torch.randn(7, 5, requires_grad=True)

    def run() -> None:
        torch.autograd.grad((x.exp() @ x.T).sum(), x)

    config = _profiler.ProfilerConfig(
        _profiler.ProfilerState.CPU, False, True, False, False, False, _ExperimentalConfig()
    )
    _autograd._enable_profiler_legacy(config)
    run()
    (events,) = _autograd._disable_profiler_legacy()
    blocks = [event.cpu_memory_usage() for event in events if event.kind() == "memory_alloc"]
    assert changes(memory.measure(run)) == blocks


def test_an_earlier_measurement_has_no_influence() -> None:
    kept = {"x": torch.zeros(1)}

    def halve() -> None:
        kept["x"] = torch.zeros(125_000)

    def make() -> None:
        kept["x"] = torch.zeros(250_000)

    make()
    alone = memory.measure(halve)
    memory.measure(make)
    after = memory.measure(halve)
    assert alone.peak == after.peak == 500_000
    assert changes(alone) == changes(after) == [500_000]


def test_an_address_used_again_has_its_own_size() -> None:
    kept: list[torch.Tensor] = []
    memory.measure(lambda: kept.append(torch.zeros(25_000)))
    for size in (24_750, 20_000):
        kept.clear()
        kept.append(torch.zeros(size))  # often where the block of the recording was
        assert changes(memory.measure(kept.clear)) == []


def test_saved_activations_exclude_what_is_resident() -> None:
    net, X = nn.Linear(5, 3), torch.randn(4, 5, requires_grad=True)
    # The product keeps X and the weights, the square its input z.
    assert memory.measure(lambda: net(X).square().sum()).saved_activations == 4 * (20 + 15 + 12)
    measurement = memory.measure(lambda: net(X).square().sum(), model=net, data=X)
    assert measurement.saved_activations == 4 * 12


def test_checkpointing_saves_less_and_lowers_the_peak() -> None:
    net = nn.Sequential(*[layer for _ in range(8) for layer in (nn.Linear(6, 6), nn.ReLU())])
    X = torch.randn(200, 6)

    def in_pairs() -> torch.Tensor:
        h = X
        for i in range(0, len(net), 4):
            h = checkpoint(net[i : i + 4], h, use_reentrant=False, preserve_rng_state=False)
        return h

    def measure(forward: Callable[[], torch.Tensor]) -> memory.Measurement:
        return memory.measure(lambda: forward().sum().backward(), model=net, data=X)

    measure(lambda: net(X))  # the gradients exist from here on
    plain, pairs = measure(lambda: net(X)), measure(in_pairs)
    assert pairs.saved_activations < plain.saved_activations
    assert pairs.peak < plain.peak


def chain(num_layers: int, width: int) -> nn.Sequential:
    layers = [layer for _ in range(num_layers) for layer in (nn.Linear(width, width), nn.ReLU())]
    return nn.Sequential(*layers)


def test_saved_activations_are_those_of_one_time() -> None:
    net, X = chain(4, 16), torch.randn(64, 16)

    def steps(number: int, parts: int) -> int:
        def run() -> None:
            for _ in range(number):
                for part in X.chunk(parts):
                    net(part).sum().backward()

        return memory.measure(run, model=net, data=X).saved_activations

    assert steps(1, 1) == steps(10, 1) == 4 * 64 * 16 * 4
    assert steps(1, 8) == 4 * 64 * 16 * 4 // 8


def test_a_layer_applied_a_hundred_times_keeps_its_inputs() -> None:
    layer, X = nn.Linear(64, 64), torch.randn(256, 64)

    def run() -> torch.Tensor:
        h = X
        for _ in range(100):
            h = layer(h)
        return h

    measurement = memory.measure(run, model=layer, data=X)
    assert measurement.saved_activations == 99 * X.nbytes  # all but the data and the last output
    assert measurement.parameters == 4 * 64 * 65


def test_relu_in_place_keeps_what_the_other_keeps() -> None:
    X = torch.randn(128, 64)

    def measured(inplace: bool) -> memory.Measurement:
        net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(inplace), nn.Linear(64, 64))
        net.requires_grad_()
        return memory.measure(lambda: net(X), model=net, data=X)

    new, same = measured(False), measured(True)
    assert new.saved_activations == same.saved_activations == X.nbytes
    # Without a block for its output the peak is where the next layer's output comes, either way.
    assert new.transient == same.transient == 2 * X.nbytes
    assert len(new.timeline) > len(same.timeline)


def test_a_graph_that_is_dropped_is_gone() -> None:
    net, X = chain(2, 16), torch.randn(64, 16)

    def run(times: int) -> None:
        for _ in range(times):
            net(X)

    once, often = (memory.measure(lambda times=times: run(times)) for times in (1, 5))
    assert once.timeline[-1].alive == often.timeline[-1].alive == 0
    assert once.peak == often.peak


def test_saved_activations_are_copies_where_a_hook_makes_copies() -> None:
    net, X = chain(2, 16), torch.randn(64, 16)

    def run() -> torch.Tensor:
        with torch.autograd.graph.save_on_cpu():
            return net(X).sum()

    copies = memory.measure(run, model=net, data=X)
    alive = sum(event.bytes for event in copies.timeline)
    assert copies.saved_activations == alive - 4  # all that is alive but the sum itself


@pytest.mark.exercise(4)
def test_the_peaks_of_the_three_orders_of_a_hessian_product() -> None:
    params = init_mlp((784, 256, 10))
    v = {k: torch.randn_like(p) for k, p in params.items()}
    X, y = torch.randn(256, 784), torch.randint(10, (256,))

    def loss(q: dict[str, torch.Tensor]) -> torch.Tensor:
        return objective(q, X, y)

    def peak(run: Callable[[], object]) -> int:
        run()  # the first call prepares forward mode
        return memory.measure(run).peak

    assert peak(lambda: curvature.gradient(loss, params)) == 1_076_272
    assert {mode: peak(lambda m=mode: curvature.hvp(loss, params, v, m)) for mode in MODES} == {
        "reverse-over-reverse": 1_893_416,
        "forward-over-reverse": 4_333_660,
        "reverse-over-forward": 3_007_024,
    }


@pytest.mark.exercise(4)
def test_matrices_of_second_derivatives_are_measured_without_changing_them() -> None:
    params = init_mlp((4, 5, 3))
    X, y = torch.randn(7, 4), torch.arange(7) % 3

    def whole() -> torch.Tensor:
        return curvature.hessian(lambda q: objective(q, X, y, 0.1, "tanh"), params)

    def part() -> torch.Tensor:
        return curvature.gauss_newton(lambda q: mlp(q, X), lambda o: loss_of(o, y), params)

    for run in (whole, part):
        measured = memory.measure(run)
        assert torch.equal(measured.value, run())
        assert measured.peak > measured.value.nbytes
        assert measured.saved_activations is None


def test_state_in_lists_belongs_to_the_optimizer() -> None:
    net, X = nn.Linear(50, 7), torch.randn(9, 50)
    optimizer = torch.optim.LBFGS(net.parameters(), max_iter=4)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = net(X).square().sum()
        loss.backward()
        return loss

    measured = memory.measure(lambda: optimizer.step(closure), model=net, optimizer=optimizer)
    (state,) = optimizer.state.values()
    vectors = len(state["old_dirs"]) + len(state["old_stps"]) + 2  # d, the gradient
    assert vectors >= 6
    bytes_of_vectors = vectors * 357 * 4
    assert 0 <= measured.optimizer_state - bytes_of_vectors < 200  # and a few numbers


def test_sparse_gradients_and_data_are_counted() -> None:
    net = nn.Embedding(100, 6, sparse=True)
    X, S = torch.tensor([3, 5, 3]), torch.eye(4).to_sparse()
    measured = memory.measure(lambda: net(X).sum().backward(), model=net, data=[X, S])
    assert measured.gradients == 3 * 8 + 3 * 6 * 4
    assert measured.data == 3 * 8 + (2 * 4 * 8 + 4 * 4)


def test_what_is_on_no_device_occupies_nothing() -> None:
    net = nn.Linear(1000, 1000, device="meta")
    X = torch.ones(1000, 1000, device="meta")
    measured = memory.measure(lambda: net(X).exp().sum().backward(), model=net, data=X)
    assert (measured.resident, measured.saved_activations) == (0, 0)
    assert measured.peak < 100  # a few scalars on the CPU


def test_a_lazy_layer_counts_from_when_it_has_a_size() -> None:
    net = nn.LazyLinear(3)
    measured = memory.measure(lambda: net(torch.ones(2, 5)), model=net)
    assert (measured.before, measured.parameters) == (0, 4 * (15 + 3))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:.*deprecated.*:UserWarning")
def test_quantized_tensors_count_and_packed_weights_are_refused() -> None:
    X = torch.quantize_per_tensor(torch.ones(6, 5), 0.1, 0, torch.qint8)
    assert memory.measure(lambda: None, data=X).data == 30
    packed = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(5, 3)), {nn.Linear})
    with pytest.raises(ValueError, match=r"expected weights in tensors, got a LinearPackedParams"):
        memory.measure(lambda: None, model=packed)


def test_memory_in_a_librarys_own_layout_is_refused() -> None:
    with pytest.raises(ValueError, match=r"data: expected a tensor whose memory .* layout _mkldnn"):
        memory.measure(lambda: None, data=torch.eye(3).to_mkldnn())


def test_value_is_returned_and_kept_alive() -> None:
    measurement = memory.measure(lambda: torch.full((3,), 2.0))
    assert measurement.value.tolist() == [2.0, 2.0, 2.0]
    assert measurement.timeline[-1].alive == 12


def test_on_the_cpu_nothing_is_said_of_cuda() -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    assert memory.measure(lambda: None).cuda is None


def test_an_error_in_the_call_stops_the_recording() -> None:
    with pytest.raises(ZeroDivisionError):
        memory.measure(lambda: 1 // 0)
    assert gc.isenabled()
    assert memory.measure(lambda: torch.zeros(2)).peak == 8


def test_a_running_profiler_is_refused() -> None:
    with (
        torch.autograd.profiler.profile(),
        pytest.raises(RuntimeError, match="expected no profiler to be running"),
    ):
        memory.measure(lambda: None)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="fn: expected a function, got"):
        memory.measure(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"model: expected a Module or None, got"):
        memory.measure(lambda: None, model=[])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="optimizer: expected an Optimizer or None, got 'sgd'"):
        memory.measure(lambda: None, optimizer="sgd")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"data\[0\]: expected a tensor, got 1"):
        memory.measure(lambda: None, data=[1])  # type: ignore[list-item]
