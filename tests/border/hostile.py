"""Values that do not belong where they are passed, and a good call of every public function."""

from __future__ import annotations

import atexit
import math
import shutil
import tempfile
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

import d2l_utils as d2l
from d2l_utils import (
    autograd,
    backprop,
    curvature,
    dropout,
    experiments,
    generalization,
    memory,
    searches,
)
from d2l_utils.data import Examples, Roles


class Mute:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise LookupError("no words")


def unready(*args: object) -> None:
    """A function that needs no argument and gives nothing."""


def _nested() -> torch.Tensor:
    with warnings.catch_warnings():
        # Making one is not what is tested.
        warnings.filterwarnings("ignore", message=".*nested tensor", category=UserWarning)
        return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)


VALUES: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "ellipsis": lambda: ...,
    "true": lambda: True,
    "minus one": lambda: -1,
    "zero": lambda: 0,
    "half": lambda: 1.5,
    "nan": lambda: math.nan,
    "infinity": lambda: math.inf,
    "minus infinity": lambda: -math.inf,
    "2**70": lambda: 2**70,
    "10**400": lambda: 10**400,
    "tiny": lambda: 5e-324,
    "complex": lambda: 1 + 5j,
    "fraction": lambda: Fraction(1, 3),
    "decimal": lambda: Decimal("NaN"),
    "numpy nan": lambda: np.float64("nan"),
    "numpy integer": lambda: np.int64(3),
    "numpy boolean": lambda: np.bool_(True),
    "word": lambda: "no",
    "number in words": lambda: "1.0",
    "blank": lambda: " ",
    "long word": lambda: "x" * 10_000,
    "nul": lambda: "\0",
    "bytes": lambda: b"x",
    "object": lambda: object(),
    "mute": lambda: Mute(),
    "type": lambda: int,
    "module": lambda: math,
    "error": lambda: ValueError("not raised"),
    "function": lambda: unready,
    "two arguments": lambda: lambda a, b: a,
    "generator": lambda: (word for word in "ab"),
    "empty list": lambda: [],
    "empty dictionary": lambda: {},
    "list of words": lambda: ["a", "b"],
    "list of nan": lambda: [math.nan],
    "list of booleans": lambda: [True, False],
    "list of nothing": lambda: [None],
    "nested list": lambda: [[1], [2, 3]],
    "set": lambda: {1, "a"},
    "range": lambda: range(3),
    "dictionary of bytes": lambda: {"x": b"x"},
    "dictionary of numbers": lambda: {1: 2},
    "dictionary of tensors by number": lambda: {1: torch.ones(2)},
    "dictionary of a tensor": lambda: {"W1": torch.ones(2)},
    "dictionary of a sparse tensor": lambda: {"W1": torch.eye(3).to_sparse()},
    "numpy array": lambda: np.ones((2, 3)),
    "numpy words": lambda: np.array(["a"]),
    "numpy objects": lambda: np.array([None]),
    "empty tensor": lambda: torch.zeros(0),
    "tensor without rows": lambda: torch.zeros(0, 3),
    "scalar": lambda: torch.tensor(2.0),
    "one": lambda: torch.ones(1, 1, 1, 1),
    "nan tensor": lambda: torch.full((3, 4), math.nan),
    "boolean tensor": lambda: torch.ones(3, 4, dtype=torch.bool),
    "integer tensor": lambda: torch.ones(3, 4, dtype=torch.int64),
    "uint64": lambda: torch.ones(3, dtype=torch.uint64),
    "float8": lambda: torch.ones(3, 4).to(torch.float8_e4m3fn),
    "complex tensor": lambda: torch.ones(3, 4, dtype=torch.complex64),
    "sparse": lambda: torch.eye(3).to_sparse(),
    "meta": lambda: torch.ones(3, 4, device="meta"),
    "nested tensor": _nested,
    "dtype": lambda: torch.int64,
    "device": lambda: torch.device("meta"),
    "module of torch": lambda: nn.Linear(3, 2),
}
"""About sixty values, made anew for each call: a function may change them."""


def _params() -> dict[str, torch.Tensor]:
    return backprop.init_mlp((3, 4, 2), torch.Generator().manual_seed(0), dtype=torch.float64)


_X = torch.randn(5, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
_Y = torch.tensor([0, 1, 1, 0, 1])


def _data() -> tuple[torch.Tensor, torch.Tensor]:
    return _X, _Y


def _loss(params: Any) -> torch.Tensor:
    return backprop.objective(params, *_data(), 0.1)


def _section() -> dict[str, Any]:
    X, y = _data()
    params = _params()
    return {
        "X": X,
        "y": y,
        "W1": params["W1"],
        "b1": params["b1"],
        "W2": params["W2"],
        "lambd": 0.5,
    }


def _leaf() -> torch.Tensor:
    return torch.ones(2, 3, dtype=torch.float64, requires_grad=True)


def _squared() -> torch.Tensor:
    W = torch.ones(2, 3, requires_grad=True)
    return (W * W).sum()


def _measured() -> memory.Measurement:
    return memory.measure(lambda: _squared().backward())


def _product(v: Any) -> Any:
    return {name: 2 * value for name, value in v.items()}


def _graph() -> dict[str, Any]:
    W = _leaf()
    return {"tensor": (W * W).sum(), "params": {"W": W}, "alt": "A graph."}


def _swept() -> dict[str, Any]:
    x = autograd.Tensor([1.0, 2.0], requires_grad=True)
    return {"y": (x * x).sum(), "xs": [x]}


def _layers(num_inputs: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return [
        (torch.ones(m, n, dtype=torch.float64), torch.ones(n, dtype=torch.float64))
        for m, n in ((num_inputs, 4), (4, 2))
    ]


def _roles() -> Roles:
    examples = Examples(torch.ones(4, 2, 2, dtype=torch.float64), torch.tensor([0, 1, 2, 3]))
    return Roles(examples, examples, examples, "four images")


_FOLDER = Path(tempfile.mkdtemp(prefix="d2l-submission-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


def _submitted() -> Path:
    file = _FOLDER / "submission.csv"
    file.write_text("Id,SalePrice\n1,90000\n2,80000\n", encoding="utf-8")
    return file


def _sales() -> pd.DataFrame:
    return pd.DataFrame({"Lot_Area": [1.0, 2.0, 4.0], "Street": ["Pave", "Grvl", "Pave"]})


def _normed() -> dict[str, Any]:
    model = nn.Linear(3, 2)
    return {"model": model, "loss": model(torch.ones(4, 3)).sum()}


_MLP = {"num_inputs": 3, "num_hiddens": [4], "num_outputs": 2}
_MEASURES = ("error in %", "cross-entropy")
_FOUR = {**_MLP, "batch_size": 5}


def _stopped() -> dict[str, Any]:
    return {
        "runs": generalization.read_noisy_runs(),
        "rule": generalization.StoppingRule(20),
    }


GOOD: dict[str, Callable[[], dict[str, Any]]] = {
    "activation_cells": lambda: {
        "layers": _layers(2),
        "box": ((-1.0, 1.0), (0.0, 1.0)),
        "alpha": 0.0,
    },
    "activation_pieces": lambda: {"layers": _layers(1), "alpha": 0.0, "merge": True},
    "layer_gradient_norms": lambda: _normed(),
    "layers_of": lambda: {"model": nn.Linear(3, 2)},
    "run_layers": lambda: {"layers": _layers(3), "X": _X, "activation": torch.tanh},
    "sigmoid_to_tanh": lambda: {"layers": _layers(3)},
    "tanh_to_sigmoid": lambda: {"layers": _layers(3)},
    "Lars": lambda: {"params": [_leaf()], "lr": 0.1},
    "loss_invariance": lambda: {
        "loss": _loss,
        "params": _params(),
        "action": lambda params: dict(params),
    },
    "all_masks": lambda: {"n": 3},
    "drop_connect": lambda: {"W": torch.ones(2, 3), "p": 0.5},
    "drop_units": lambda: {"h": torch.ones(2, 3), "p": 0.5},
    "mask_probabilities": lambda: {"masks": torch.tensor([[1.0, 0.0]]), "p": 0.5},
    "monte_carlo": lambda: {
        "net": lambda X, generator: X,
        "X": torch.ones(2, 3),
        "T": 4,
        "generator": torch.Generator().manual_seed(0),
    },
    "multiplicative_noise": lambda: {"shape": (2, 3), "kind": "gaussian", "variance": 0.5},
    "explore_pairs": dict,
    "unit_correlations": lambda: {"similarity": 0.5},
    "explore_thinned": dict,
    "thinned_means": lambda: {"p": 0.5},
    "thinned_outputs": lambda: {"net": lambda h: h, "x": torch.ones(3), "p": 0.5},
    "lyapunov_exponents": lambda: {"n": 3, "sigma": 1.0},
    "measured_exponents": lambda: {"factors": [torch.ones(2, 2, dtype=torch.float64).tril()] * 3},
    "singular_bounds": lambda: {
        "A": torch.ones(2, 3, dtype=torch.float64),
        "B": torch.ones(3, 2, dtype=torch.float64),
    },
    "condition_numbers": dict,
    "dead_probability": lambda: {"cosines": torch.eye(3, dtype=torch.float64)},
    "explore_products": dict,
    "explore_chain": dict,
    "corrupt_labels": lambda: {
        "y": torch.tensor([0, 2, 1]),
        "rate": 0.5,
        "num_classes": 3,
        "generator": torch.Generator(),
    },
    "explore_noise": lambda: _stopped(),
    "explore_price": dict,
    "explore_stopping": lambda: {"runs": generalization.read_noisy_runs()},
    "rule_in_words": lambda: {
        "runs": generalization.read_noisy_runs(),
        "run": "all labels right",
        "patience": 3,
        "delta": 0,
    },
    "stop_epochs": lambda: _stopped(),
    "stopped": lambda: _stopped() | {"curve": generalization.read_noisy_runs().test_error},
    "noisy_digits": lambda: {"rate": 0.1, "seed": 0},
    "read_noisy_runs": dict,
    "train_noisy_runs": lambda: {"rates": [0.1], "seeds": [0], "epochs": 1},
    "explore_features": dict,
    "explore_paths": dict,
    "feature_errors": lambda: {"noise": 0.5},
    "path_factors": lambda: {"t": 3},
    "interpolating_network": lambda: {"X": _X, "y": _X[:, 0], "direction": _X[0]},
    "min_norm_risk": lambda: {"n": 5, "p": 3, "signal": 1.0, "noise": 0.5},
    "uniform_bound": lambda: {"num_parameters": 10, "n": 100, "delta": 0.05},
    "gd_filter": lambda: {"s": torch.ones(3, dtype=torch.float64), "eta": 0.5, "t": 2},
    "ridge_filter": lambda: {"s": torch.ones(3, dtype=torch.float64), "lam": 0.5},
    "init_variance": lambda: {"scheme": "he", "fan_in": 3, "fan_out": 4},
    "explore_envelope": lambda: {
        "slopes": [0.0, 1.0],
        "intercepts": [0.0, -1.0],
        "inputs": [0.5, 2.0, -1.0],
        "labels": [0, 1, 0],
        "names": ["a", "b"],
        "reach": 4.0,
    },
    "explore_cells": lambda: {
        "layers": [*_layers(2)[:1], (torch.ones(4, 1), torch.ones(1))],
    },
    "explore_prelu": dict,
    "explore_rank": dict,
    "explore_swish": dict,
    "explore_training": lambda: {
        "rows": [{"steps": k, "x": 0.5, "tanh": 0.5, "plain": 0.5, "mapped": 0.5} for k in (0, 5)]
    },
    "upper_envelope": lambda: {"slopes": [0.0, 1.0], "intercepts": [0.0, -1.0]},
    "swish_points": lambda: {"beta": 1.0},
    "Chart": lambda: {"spec": {"mark": "bar"}, "alt": "A chart."},
    "Picture": lambda: {"svg": "<svg/>", "alt": "A picture."},
    "SideBySide": lambda: {
        "pictures": (d2l.Picture("<svg/>", "A."), d2l.Picture("<svg/>", "B.")),
        "captions": ("a", "b"),
    },
    "Table": lambda: {"columns": ["a", "b"], "rows": [["x", 1]], "caption": "A table."},
    "new_figure": dict,
    "render_dot": lambda: {"dot": "digraph { a -> b }", "alt": "A graph."},
    "set_up_notebook": dict,
    "show": lambda: {"figure": d2l.new_figure()[0], "alt": "A picture."},
    "side_by_side": lambda: {
        "left": d2l.Picture("<svg/>", "A."),
        "right": d2l.Picture("<svg/>", "B."),
    },
    "central_difference": lambda: {"f": lambda X: X.sum(), "X": _leaf().detach()},
    "check_at_most": lambda: {"what": "a claim", "value": 1.0, "bound": 2.0},
    "check_close": lambda: {"what": "a claim", "got": 1.0, "expected": 1.0 + 1e-15},
    "check_equal": lambda: {"what": "a claim", "got": 1, "expected": 1},
    "check_true": lambda: {"what": "a claim", "condition": True},
    "default_step": lambda: {"dtype": torch.float64},
    "relative_error": lambda: {"got": torch.ones(2), "expected": torch.ones(2)},
    "check_backward": lambda: {"fn": unready},
    "SGD": lambda: {"params": [_leaf()], "lr": 0.1},
    "Classifier": lambda: {"lr": 0.1},
    "MulMLP": lambda: {"num_outputs": 2, "num_hiddens": [4], "lr": 0.1},
    "MulMLPScratch": lambda: {**_MLP, "lr": 0.1},
    "WeightDecayMLPScratch": lambda: {**_MLP, "lr": 0.1, "lambd": 0.1},
    "ProgressBoard": dict,
    "SyntheticClassification": lambda: {
        "num_inputs": 3,
        "num_outputs": 2,
        "num_train": 8,
        "num_val": 4,
    },
    "TensorData": lambda: {"X": torch.ones(4, 3), "y": torch.tensor([0, 1, 0, 1])},
    "Trainer": lambda: {"max_epochs": 1},
    "draw": _graph,
    "draw_derivatives": lambda: {
        "outputs": {"J": _graph()["tensor"]},
        "params": {},
        "function": "J",
        "alt": "A graph.",
    },
    "draw_textbook": dict,
    "count_nodes": lambda: {"tensors": _squared()},
    "fashion_mnist": dict,
    "ames": dict,
    "house_split": dict,
    "design": lambda: {"train": _sales(), "test": _sales()},
    "predict_ridge": lambda: {"train": _sales(), "y": [1.0, 2.0, 3.0], "test": _sales()},
    "predict_trees": lambda: {"train": _sales(), "y": [1.0, 2.0, 3.0], "test": _sales()},
    "explore_folds": lambda: {"rows": [{"partition": 0, "lambd": 1.0, "score": 0.1}]},
    "explore_recipe": lambda: {
        "rows": [{"epochs": k, "zero": 12.0, "mean": 0.4} for k in (0, 1)],
        "constant": 0.4,
    },
    "rmsle": lambda: {"y_hat": [1.0, 2.0], "y": [2.0, 2.0]},
    "constant_baseline": lambda: {"y": [1.0, 2.0]},
    "kfold_scores": lambda: {
        "fit_predict": lambda X, y, X_new: X_new[:, 0],
        "X": _X,
        "y": [1.0, 2.0, 3.0, 4.0, 5.0],
        "k": 2,
    },
    "paired_bootstrap": lambda: {"a": [0.1, 0.2], "b": [0.2, 0.1], "draws": 100},
    "check_submission": lambda: {"file": _submitted(), "ids": [1, 2]},
    "write_submission": lambda: {"file": _submitted(), "ids": [1, 2], "y_hat": [9e4, 8e4]},
    "step_limit": lambda: {"Z": _X},
    "rate_outcome": lambda: {"scale": 3.0, "share": 0.9},
    "explore_rate": dict,
    "filled_law": lambda: {"share": 0.3, "gone": "x", "correlation": 0.5},
    "filled_sample": lambda: {
        "x": torch.arange(4.0),
        "y": torch.arange(4.0) ** 2,
        "missing": torch.tensor([True, False, False, False]),
    },
    "filled_points": lambda: {"share": 0.3, "way": "by chance"},
    "explore_missing": dict,
    "start_many": lambda: {"sizes": [3, 4, 2], "seeds": [0, 1]},
    "fit_many": lambda: {
        "networks": experiments.start_many([3, 4, 2], [0, 1]),
        "X": _X,
        "y": _Y,
        "lrs": [0.1, 0.2],
        "orders": [0, 1],
    },
    "explore_signal": lambda: {"num_inputs": 6, "mean_square": 0.5},
    "mean_interval": lambda: {"values": [1.0, 2.0]},
    "share_interval": lambda: {"hits": 3, "count": 5},
    "paired_difference": lambda: {"a": [1.0, 2.0], "b": [2.0, 1.5]},
    "expected_best": lambda: {"scores": [0.1, 0.5], "k": 2},
    "table_of_means": lambda: {"runs": {"a": [1.0, 2.0]}, "caption": "A table."},
    "chart_of_means": lambda: {
        "series": {"a": [[1.0, 2.0], [2.0, 3.0]]},
        "x": [1, 2],
        "x_label": "width",
        "y_label": "accuracy",
        "alt": "A chart.",
    },
    "expected_normal_best": lambda: {"k": 3},
    "expected_of_winner": lambda: {"scores": [0.1, 0.5], "values": [1.0, 2.0], "k": 2},
    "explore_trials": lambda: {"table": searches.read_joint()},
    "found_by": lambda: {
        "table": searches.read_joint(),
        "method": "random",
        "seed": 1,
        "units": 2,
    },
    "grid_search": lambda: {"table": searches.read_joint(), "levels": (2, 2, 1), "seed": 0},
    "halving_cost": lambda: {"settings": 4, "shortest": 1, "longest": 4},
    "halving_rounds": lambda: {"settings": 4, "shortest": 1, "longest": 4},
    "halving_search": lambda: {"table": searches.read_joint(), "budget": 64, "seed": 0},
    "hyperband_brackets": lambda: {"longest": 9},
    "one_at_a_time": lambda: {"table": searches.read_joint(), "runs": 3, "seed": 0},
    "random_search": lambda: {"table": searches.read_joint(), "runs": 3, "seed": 0},
    "read_joint": dict,
    "search_together": lambda: {"file": Path("study.log"), "seeds": [0], "trials": 1},
    "tpe_search": lambda: {"table": searches.read_joint(), "runs": 3, "seed": 0},
    "train": lambda: {
        "table": searches.read_joint(),
        "place": (0, 0, 0),
        "run": 0,
        "stage": 1,
    },
    "train_row": lambda: {
        "lr": 0.1,
        "width": 2,
        "depth": 1,
        "runs": [0],
        "roles": _roles(),
        "epochs": [1],
    },
    "variance_shares": lambda: {
        "scores": torch.tensor([[1.0, 2.0], [3.0, 5.0]]),
        "names": ["a", "b"],
    },
    "winner": lambda: {"trials": searches.random_search(searches.read_joint(), 2, 0)},
    "flops": lambda: {"fn": unready},
    "mlp_flops": lambda: {"sizes": (3, 4, 2), "n": 5},
    "node_law": lambda: {"num_hidden_layers": 2},
    "row_alignment": lambda: {"n": 3},
    "column_lines": lambda: {"n": 3},
    "column_sets": lambda: {"n": 3},
    "cache_misses": lambda: {"lines": [0, 1, 0]},
    "product_intensity": lambda: {"m": 2, "k": 3, "n": 4},
    "roofline": dict,
    "explore_roofline": dict,
    "time_ratio": lambda: {"run": unready, "unit": unready, "rounds": 1},
    "backward": lambda: {"result": backprop.forward(**_section())},
    "explore_gradient": lambda: {
        "f": lambda X: X.sum(),
        "X": torch.ones(2, 3, dtype=torch.float64),
    },
    "forward": _section,
    "init_mlp": lambda: {"sizes": (3, 4, 2)},
    "loss_of": lambda: {"o": torch.ones(5, 2, dtype=torch.float64), "y": _data()[1]},
    "matrix_functions": lambda: {"num_rows": 2, "num_cols": 3},
    "mlp": lambda: {"params": _params(), "X": _data()[0]},
    "objective": lambda: {"params": _params(), "X": _data()[0], "y": _data()[1]},
    "penalty": lambda: {"params": _params(), "lambd": 0.1},
    "step_through": lambda: backprop.tiny_example(),
    "step_through_variants": lambda: {
        **backprop.tiny_example(),
        "others": [backprop.other_example()],
    },
    "other_example": dict,
    "tiny_example": dict,
    "distinct_bytes": lambda: {"saved": memory.saved_tensors(_squared)},
    "explore": dict,
    "footprint": lambda: dict(_FOUR),
    "largest_batch": lambda: {"budget": 10_000, **_MLP},
    "ledger": lambda: dict(_FOUR),
    "measure": lambda: {"fn": unready},
    "phase_table": lambda: {"measurements": {"a": _measured()}},
    "program": lambda: dict(_FOUR),
    "saved_tensors": lambda: {"fn": _squared},
    "summarize": lambda: {"model": nn.Sequential(nn.Linear(3, 2), nn.ReLU()), "input_size": (3,)},
    "timeline_chart": lambda: {"training": _measured(), "prediction": _measured()},
    "cost_table": lambda: {"widths": [4], "depths": [1], "batches": [2]},
    "explore_costs": dict,
    "Value": lambda: {"data": 2.0},
    "Tensor": lambda: {"data": [1.0, 2.0]},
    "grad": _swept,
    "no_grad": dict,
    "topological_order": lambda: {"root": autograd.Value(2.0)},
    "path_products": lambda: {"root": autograd.Value(2.0), "leaf": autograd.Value(3.0)},
    "path_totals": lambda: {"root": autograd.Value(2.0), "weigh": abs},
    "count_edges": lambda: {"root": autograd.Value(2.0)},
    "count_sweep": lambda: {"root": autograd.Value(2.0)},
    "count_operations": dict,
    "bottlenecks": lambda: {"stages": 2},
    "programs": lambda: {"operations": 2},
    "first_failure": lambda: {"engine": autograd.Value, "operations": 1},
    "engine_with": lambda: {"names": ["overwrites"]},
    "check_engine": lambda: {"engine": autograd.Value},
    "observed": lambda: {"engine": autograd.Value},
    "check_array_engine": lambda: {"engine": autograd.Tensor, "grad": autograd.grad},
    "tensor_engine_with": lambda: {"names": ["index assigned"]},
    "failing_checks": lambda: {"engine": autograd.tensor},
    "sweep_steps": lambda: {"order": "topological"},
    "sweep_table": dict,
    "draw_sweeps": dict,
    "draw_path_counts": dict,
    "show_source": lambda: {"things": [autograd.Value]},
    "count_lines": lambda: {"things": [autograd.Value]},
    "flatten": lambda: {"tensors": _params()},
    "gauss_newton": lambda: {
        "outputs": lambda params: backprop.mlp(params, _data()[0]),
        "loss": lambda o: backprop.loss_of(o, _data()[1]),
        "params": _params(),
    },
    "gauss_newton_product": lambda: {**GOOD["gauss_newton"](), "v": _params()},
    "gradient": lambda: {"loss": _loss, "params": _params()},
    "hessian": lambda: {"loss": _loss, "params": _params()},
    "hutchinson_diagonal": lambda: {"product": _product, "params": _params(), "num_samples": 2},
    "hutchinson_trace": lambda: {"product": _product, "params": _params(), "num_samples": 2},
    "hvp": lambda: {"loss": _loss, "params": _params(), "v": _params()},
    "hvp_by_hand": lambda: {
        "params": _params(),
        "v": _params(),
        "X": _data()[0],
        "y": _data()[1],
    },
    "matrix_of": lambda: {"product": _product, "params": _params()},
    "matrix_picture": lambda: {
        "matrix": curvature.hessian(_loss, _params()),
        "params": _params(),
        "alt": "A picture.",
    },
    "parameter_slices": lambda: {"params": _params()},
    "unflatten": lambda: {"vector": curvature.flatten(_params()), "like": _params()},
    "run": lambda: {"methods": ["single"]},
    "run_ranks": lambda: {"command": ["true"], "nproc": 1},
    "explore_company": dict,
    "explore_budgets": lambda: {
        "rows": [{"schedule": "a", "rate": 0.1, "epochs": 1, "accuracies": [80.0]}]
    },
    "explore_rates": lambda: {
        "rows": [
            {"activation": name, "run": 1, "rate": 0.1, "accuracy": 80.0} for name in ("a", "b")
        ]
    },
    "explore_widths": lambda: {
        "rows": [{"budget": "a", "run": 1, "width": 2, "accuracy": 80.0, "linear": 79.0}]
    },
    "read_sweep": lambda: {"name": "width"},
    "train_setting": lambda: {
        "setting": experiments.Setting((2,), 0.1, 1),
        "runs": [0],
        "roles": _roles(),
    },
    "train_seeds": lambda: {
        "recipe": dropout.Recipe((0.5,), hidden=(2,), epochs=1),
        "seeds": [0],
        "roles": _roles(),
    },
    "train_record": lambda: {
        "recipe": dropout.Recipe((0.5,), hidden=(2,), epochs=1),
        "seeds": [0],
        "roles": _roles(),
    },
    "explore_switch": lambda: {"base": 1.0, "A": 0.5, "B": 0.25, "X": 0.1},
    "explore_epochs": lambda: {
        "rows": [
            {"epoch": k, "arm": f"{arm} dropout"}
            | {f"{part} {measure}": 0.5 for part in ("test", "train") for measure in _MEASURES}
            for arm in ("without", "with")
            for k in (1, 2)
        ]
    },
    "read_runs": lambda: {"name": "switching"},
    "runs_needed": lambda: {"sd": 1.0, "difference": 0.5},
    "forest_plot": lambda: {"differences": {"a": [1.0, 2.0]}, "x_label": "points"},
    "mean_of_masks": lambda: {
        "networks": experiments.start_many([3, 4, 2], [0, 1]),
        "recipe": dropout.Recipe((0.5,), hidden=(4,)),
        "seeds": [0, 1],
        "X": _X,
        "draws": 2,
    },
    "explore_steps": dict,
    "layer_steps": lambda: {"first": 1, "second": -2},
}
"""Public function -> arguments that it accepts, without those that have a default."""
