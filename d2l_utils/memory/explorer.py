"""An interactive chart of `footprint`: choose a network and see where its memory goes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch

from d2l_utils.display.figures import COLORS, SERIES, menu
from d2l_utils.memory.formula import Footprint, Optimizer, footprint, largest_batch

if TYPE_CHECKING:
    import altair

NUM_INPUTS, NUM_OUTPUTS = 784, 10
BATCH_SIZES = (1, 32, 256, 4096)
WIDTHS = (64, 256, 1024)
DEPTHS = (1, 2, 4)
OPTIMIZERS: tuple[Optimizer, ...] = ("sgd", "momentum", "adam")
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
BUDGETS_MIB = (4, 16, 64, 256)
MIB = 2**20
PARTS = ("parameters", "gradients", "optimizer state", "data", "transient")
"""The parts of a bar from left to right; their sum is the peak."""


def explorer_rows() -> list[dict[str, Any]]:
    """Compute the chart's data: one row per setting and use, bytes as integers.

    Returns:
        Rows with the setting (``use``, ``n``, ``width``, ``depth``, ``optimizer``, ``dtype``), the
        `PARTS`, the ``peak``, and for each budget of B MiB the largest batch that fits, ``fitsB``
        (0 if not even one example does). A prediction's optimizer is ``""``.
    """
    rows = []
    for width, depth, dtype in itertools.product(WIDTHS, DEPTHS, DTYPES):
        for use, optimizer in _uses():
            network = (NUM_INPUTS, (width,) * depth, NUM_OUTPUTS)
            options: tuple[Any, ...] = (optimizer or "sgd", use, DTYPES[dtype])
            fits = {
                f"fits{budget}": largest_batch(budget * MIB, *network, *options)
                for budget in BUDGETS_MIB
            }
            setting = {"width": width, "depth": depth, "optimizer": optimizer, "dtype": dtype}
            for n in BATCH_SIZES:
                parts = _parts(footprint(*network, n, *options))
                rows.append({"use": use, "n": n} | setting | parts | fits)
    return rows


def explore() -> altair.LayerChart:
    """Draw stacked bars for training and prediction, with one select box per setting.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    choices: dict[str, tuple[str, Sequence[int | str], int | str]] = {
        "batch_size": ("batch size ", BATCH_SIZES, 256),
        "hidden_width": ("hidden width ", WIDTHS, 256),
        "hidden_layers": ("hidden layers ", DEPTHS, 1),
        "chosen_optimizer": ("optimizer ", OPTIMIZERS, "sgd"),
        "number_type": ("dtype ", tuple(DTYPES), "float32"),
        "budget": ("budget in MiB ", BUDGETS_MIB, 4),
    }
    params = [menu(name, *choice) for name, choice in choices.items()]
    base = alt.Chart().transform_filter(
        "datum.n == batch_size && datum.width == hidden_width && datum.depth == hidden_layers"
        " && datum.dtype == number_type"
        " && (datum.optimizer == chosen_optimizer || datum.use == 'prediction')"
    )
    layers = alt.layer(
        _bars(base),
        _budget_marks(base),
        _captions(base),
        data=alt.InlineData(values=explorer_rows()),
    )
    return layers.add_params(*params).properties(width="container", height=160)


def _uses() -> Iterator[tuple[str, str]]:
    yield from (("training", optimizer) for optimizer in OPTIMIZERS)
    yield "prediction", ""


def _parts(footprint: Footprint) -> dict[str, int]:
    values = [
        footprint.parameters,
        footprint.gradients,
        footprint.optimizer_state,
        footprint.data,
        footprint.transient,
    ]
    return dict(zip(PARTS, values, strict=True)) | {"peak": footprint.peak}


def _bars(base: Any) -> Any:
    import altair as alt

    parts = base.transform_fold([*PARTS], as_=["part", "bytes"]).transform_calculate(
        MiB=f"datum.bytes / {MIB}", order=f"indexof({[*PARTS]}, datum.part)"
    )
    colours = alt.Scale(domain=[*PARTS], range=[*SERIES[: len(PARTS)]])
    return parts.mark_bar(size=26, yOffset=-8, stroke="white").encode(
        x=alt.X("MiB:Q", stack="zero", title="peak memory in MiB", axis=alt.Axis(tickCount=5)),
        y=alt.Y("use:N", sort=["training", "prediction"], title=None),
        color=alt.Color(
            "part:N", scale=colours, title=None, legend=alt.Legend(orient="top", columns=2)
        ),
        order="order:Q",
        tooltip=["use:N", "part:N", alt.Tooltip("bytes:Q", format=",")],
    )


def _captions(base: Any) -> Any:
    """Say below each bar what the peak is and which batches fit the budget."""
    import altair as alt

    fits = " : ".join(f"budget == {budget} ? datum.fits{budget}" for budget in BUDGETS_MIB)
    return (
        base.transform_calculate(largest=f"{fits} : 0")
        .transform_calculate(
            fitting="datum.largest == 0 ? 'not even one example fits' : datum.largest == 1"
            " ? 'one example fits' : 'up to ' + format(datum.largest, ',') + ' examples fit'"
        )
        .transform_calculate(
            caption=f"format(datum.peak / {MIB}, ',.2f') + ' MiB; ' + datum.fitting"
        )
        .mark_text(align="left", x=2, yOffset=16, fontSize=12)
        .encode(y=alt.Y("use:N", sort=["training", "prediction"]), text="caption:N")
    )


def _budget_marks(base: Any) -> Any:
    """Mark the budget across each bar, and not across the words below it."""
    import altair as alt

    return (
        base.transform_calculate(limit="budget")
        .mark_tick(orient="vertical", size=38, yOffset=-8, thickness=3, color=COLORS["ink"])
        .encode(x="limit:Q", y=alt.Y("use:N", sort=["training", "prediction"]))
    )
