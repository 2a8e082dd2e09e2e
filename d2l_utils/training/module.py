"""Models in D2L's object-oriented design (sections 3.2.2 and 4.3).

A `Module` knows its loss and how it is optimized; a `Trainer` runs it on a `DataModule`. Unlike in
the D2L package nothing is read from the caller's frame, nothing is plotted from inside the model,
and a missing piece is an error with words.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from d2l_utils.border import Positive, checked
from d2l_utils.checks.arguments import logits_and_labels
from d2l_utils.training.optim import SGD

Batch = tuple[Tensor, ...]
"""The inputs followed by the labels."""


class Optimizer(Protocol):
    """What a trainer asks of an optimizer; `torch.optim` and `SGD` both fit."""

    def step(self) -> object:
        """Update the parameters from their gradients."""

    def zero_grad(self) -> None:
        """Forget the gradients."""


class Module(nn.Module, ABC):
    """Base class of models.

    A subclass sets `net` or overrides `forward`, and defines `loss`.

    Attributes:
        lr: Learning rate, above 0.
        net: The layers, or ``None`` if `forward` is overridden.
    """

    @checked
    def __init__(self, lr: Positive) -> None:
        super().__init__()
        self.lr = float(lr)
        self.net: nn.Module | None = None

    def forward(self, X: Tensor) -> Tensor:
        """Apply `net`.

        Args:
            X: Inputs, shape `(batch, ...)`.

        Returns:
            Outputs, shape `(batch, num_outputs)`.

        Raises:
            NotImplementedError: If the subclass neither set `net` nor overrode `forward`.
        """
        if self.net is None:
            name = type(self).__name__
            raise NotImplementedError(f"{name}: set self.net in __init__, or override forward")
        outputs: Tensor = self.net(X)
        return outputs

    @abstractmethod
    def loss(self, y_hat: Tensor, y: Tensor, averaged: bool = True) -> Tensor:
        """Return the objective, a scalar if `averaged`, else one value per example."""

    def training_step(self, batch: Batch) -> Tensor:
        """Return the objective of one batch, with its graph.

        Args:
            batch: Inputs and, last, labels.
        """
        return self.loss(self(*batch[:-1]), batch[-1])

    def validation_step(self, batch: Batch) -> dict[str, Tensor]:
        """Return named scalars for one batch, to be averaged over the validation set.

        Args:
            batch: Inputs and, last, labels.
        """
        return {"loss": self.loss(self(*batch[:-1]), batch[-1])}

    def configure_optimizers(self) -> Optimizer:
        """Return the optimizer; override it to use another than plain gradient descent."""
        return SGD(self.parameters(), self.lr)


class Classifier(Module):
    """Base class of classification models (D2L section 4.3)."""

    def loss(self, y_hat: Tensor, y: Tensor, averaged: bool = True) -> Tensor:
        """Cross-entropy of the softmax of the logits.

        Args:
            y_hat: Logits, shape `(batch, num_outputs)`.
            y: Labels, shape `(batch,)`, dtype int64.
            averaged: Whether to return the mean instead of one value per example.

        Returns:
            A scalar, or shape `(batch,)`.

        Raises:
            TypeError: If a dtype is wrong.
            ValueError: If a shape or a label is wrong.
        """
        logits_and_labels(y_hat, y)
        return functional.cross_entropy(y_hat, y, reduction="mean" if averaged else "none")

    def accuracy(self, y_hat: Tensor, y: Tensor, averaged: bool = True) -> Tensor:
        """Fraction of examples whose largest logit is the label's.

        Args:
            y_hat: Logits, shape `(batch, num_outputs)`.
            y: Labels, shape `(batch,)`, dtype int64.
            averaged: Whether to return the mean instead of 0 or 1 per example.

        Returns:
            A scalar, or shape `(batch,)`, in `y_hat`'s dtype.

        Raises:
            TypeError: If a dtype is wrong.
            ValueError: If a shape or a label is wrong.
        """
        logits_and_labels(y_hat, y)
        hits = (y_hat.argmax(dim=1) == y).to(y_hat.dtype)
        return hits.mean() if averaged else hits

    @torch.no_grad()
    def validation_step(self, batch: Batch) -> dict[str, Tensor]:
        """Return loss and accuracy of one batch.

        Args:
            batch: Inputs and, last, labels.
        """
        y_hat, y = self(*batch[:-1]), batch[-1]
        return {"loss": self.loss(y_hat, y), "accuracy": self.accuracy(y_hat, y)}
