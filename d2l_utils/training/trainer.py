"""The training loop (D2L section 3.2.4).

One step is: batch to the device, forward, backward, update. Nothing in it waits for the device, so
a loss is kept as a tensor and read once per epoch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from tqdm import tqdm

from d2l_utils.border import checked
from d2l_utils.checks.arguments import non_negative, positive_int
from d2l_utils.training.board import ProgressBoard
from d2l_utils.training.data import DataModule, TensorLoader
from d2l_utils.training.module import Batch, Module, Optimizer

DELAY_SECONDS = 2.0
"""A fit shorter than this shows no progress bar."""


@dataclass
class History:
    """What a fit recorded, one number per epoch.

    Attributes:
        train_loss: Mean training objective over the epoch's batches.
        validation: Name -> mean over the validation batches, after each epoch.
    """

    train_loss: list[float] = field(default_factory=list)
    validation: dict[str, list[float]] = field(default_factory=dict)


class Trainer:
    """Trains a `Module` on a `DataModule`.

    Attributes:
        max_epochs: Passes over the training data.
        device: Where the model is trained.
        gradient_clip_val: Largest norm of the whole gradient; 0 for no limit.
        board: The curves, drawn while training if `plot` was asked for.
    """

    @checked
    def __init__(
        self,
        max_epochs: int,
        *,
        device: str | torch.device = "cpu",
        gradient_clip_val: float = 0.0,
        plot: bool = False,
        progress: bool | None = None,
    ) -> None:
        """Configure a run.

        Args:
            max_epochs: Passes over the training data, at least 1.
            device: ``"cpu"``, ``"cuda"`` or any torch device.
            gradient_clip_val: Largest norm of the whole gradient; 0 for no limit.
            plot: Whether to draw curves while training; needs a notebook.
            progress: Whether a fit of more than two seconds shows a progress bar; by default only
                in a terminal, so that a notebook's stored output stays the same.

        Raises:
            TypeError: If `max_epochs` is not an integer.
            ValueError: If `max_epochs` is less than 1 or `gradient_clip_val` is negative, or the
                device does not exist here.
        """
        self.max_epochs = positive_int("max_epochs", max_epochs)
        self.gradient_clip_val = non_negative("gradient_clip_val", gradient_clip_val)
        self.device = _device(device)
        self.board = ProgressBoard(live=plot)
        self._plot = plot
        self._hide_bar = None if progress is None else not progress

    def fit(self, model: Module, data: DataModule) -> History:
        """Train `model` in place.

        Args:
            model: Moved to the device; its lazy layers are sized by the first batch.
            data: Training and, optionally, validation batches.

        Returns:
            Losses and validation figures per epoch.

        Raises:
            TypeError: If `model` or `data` is of another kind.
            FloatingPointError: If the training loss of an epoch is not finite.
        """
        for name, value, kind in (("model", model, Module), ("data", data, DataModule)):
            if not isinstance(value, kind):
                raise TypeError(f"{name}: expected a {kind.__name__}, got {type(value).__name__}")
        train, val = data.train_dataloader(), data.val_dataloader()
        model.to(self.device)
        self._size_lazy_layers(model, train)
        optimizer = model.configure_optimizers()
        history = History()
        total = self.max_epochs * len(train)
        with tqdm(
            total=total, unit="step", delay=DELAY_SECONDS, leave=False, disable=self._hide_bar
        ) as bar:
            for epoch in range(self.max_epochs):
                self._fit_epoch(model, train, optimizer, epoch, history, bar)
                if val is not None:
                    self._validate(model, val, epoch, history)
        self.board.finish()
        return history

    def _fit_epoch(
        self,
        model: Module,
        train: TensorLoader,
        optimizer: Optimizer,
        epoch: int,
        history: History,
        bar: tqdm[None],
    ) -> None:
        model.train()
        losses: list[Tensor] = []
        steps = len(train)
        params = [param for param in model.parameters() if param.requires_grad]
        for step, batch in enumerate(train):
            optimizer.zero_grad()
            loss = model.training_step(self._to_device(batch))
            loss.backward()
            if self.gradient_clip_val > 0:
                nn.utils.clip_grad_norm_(params, self.gradient_clip_val)
            optimizer.step()
            losses.append(loss.detach())
            if self._plot:
                self.board.draw(epoch + step / steps, losses[-1], "train_loss", max(1, steps // 5))
            bar.update()
        mean = torch.stack(losses).mean().item()
        if not -float("inf") < mean < float("inf"):
            raise FloatingPointError(
                f"epoch {epoch + 1}: expected a finite training loss, got {mean}; "
                f"try a learning rate below {model.lr}"
            )
        history.train_loss.append(mean)

    @torch.no_grad()
    def _validate(self, model: Module, val: TensorLoader, epoch: int, history: History) -> None:
        model.eval()
        sums: dict[str, Tensor] = {}
        count = 0
        for batch in val:
            rows = len(batch[-1])
            for name, value in model.validation_step(self._to_device(batch)).items():
                sums[name] = sums.get(name, torch.zeros_like(value)) + value * rows
            count += rows
        model.train()
        for name, total in sums.items():
            mean = (total / count).item()
            history.validation.setdefault(name, []).append(mean)
            if self._plot:
                self.board.draw(epoch + 1, mean, f"val_{name}")

    def _to_device(self, batch: Batch) -> Batch:
        if all(tensor.device == self.device for tensor in batch):
            return batch
        return tuple(tensor.to(self.device, non_blocking=True) for tensor in batch)

    @torch.no_grad()
    def _size_lazy_layers(self, model: Module, train: TensorLoader) -> None:
        """Give lazy layers their shapes before the optimizer asks for parameters."""
        if any(nn.parameter.is_lazy(param) for param in model.parameters()):
            first = tuple(tensor[:1] for tensor in train.tensors)
            model(*self._to_device(first)[:-1])


def _device(device: str | torch.device) -> torch.device:
    try:
        chosen = torch.device(device)
        # An empty tensor tells whether the device is there, and which index "cuda" means.
        return torch.empty(0, device=chosen).device
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device: expected one that exists here, got {device!r}") from error
