"""The multilayer perceptrons of the book (D2L chapter 5, older notes' class names).

The section's own model is ``num_hiddens=[256]``; the older notes used ``[256, 128]``, both on 784
inputs and 10 classes. An empty list is a linear model.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from d2l_utils.border import checked
from d2l_utils.checks.arguments import layer_sizes, non_negative, positive_int
from d2l_utils.training.module import Classifier


class MulMLP(Classifier):
    """A multilayer perceptron of torch layers, whose input size is found at the first batch.

    Attributes:
        net: ``Flatten``, then ``LazyLinear`` and ``ReLU`` per hidden layer, then ``LazyLinear``.
    """

    @checked
    def __init__(self, num_outputs: int, num_hiddens: Sequence[int], lr: float) -> None:
        """Create the layers.

        Args:
            num_outputs: Number of classes.
            num_hiddens: Widths of the hidden layers, possibly none.
            lr: Learning rate.

        Raises:
            TypeError: If a size is not an integer.
            ValueError: If a size is less than 1 or `lr` is not positive.
        """
        super().__init__(lr)
        layers: list[nn.Module] = [nn.Flatten()]
        for width in layer_sizes("num_hiddens", num_hiddens):
            layers += [nn.LazyLinear(width), nn.ReLU()]
        layers.append(nn.LazyLinear(positive_int("num_outputs", num_outputs)))
        self.net = nn.Sequential(*layers)


class MulMLPScratch(Classifier):
    """A multilayer perceptron of raw parameters.

    Attributes:
        W: Weights; ``W[i]`` has shape `(fan_in, fan_out)`, the transpose of the text's.
        b: Biases; ``b[i]`` has shape `(fan_out,)`.
        num_inputs: Size of a flattened example.
    """

    @checked
    def __init__(
        self,
        num_inputs: int,
        num_outputs: int,
        num_hiddens: Sequence[int],
        lr: float,
        sigma: float = 0.01,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        """Draw the weights; biases start at zero.

        Args:
            num_inputs: Size of a flattened example.
            num_outputs: Number of classes.
            num_hiddens: Widths of the hidden layers, possibly none.
            lr: Learning rate.
            sigma: Standard deviation of the weights.
            generator: Source of the weights; torch's global one by default.

        Raises:
            TypeError: If a size is not an integer.
            ValueError: If a size is less than 1, `lr` is not positive or `sigma` is negative.
        """
        super().__init__(lr)
        self.num_inputs = positive_int("num_inputs", num_inputs)
        hidden = layer_sizes("num_hiddens", num_hiddens)
        sizes = (num_inputs, *hidden, positive_int("num_outputs", num_outputs))
        sigma = non_negative("sigma", sigma)
        self.W = nn.ParameterList(
            nn.Parameter(torch.randn(fan_in, fan_out, generator=generator) * sigma)
            for fan_in, fan_out in pairwise(sizes)
        )
        self.b = nn.ParameterList(nn.Parameter(torch.zeros(fan_out)) for fan_out in sizes[1:])

    def forward(self, X: Tensor) -> Tensor:
        """Compute the logits.

        Args:
            X: Inputs, shape `(batch, num_inputs)` or `(batch, ...)` with as many entries per row.

        Returns:
            Logits, shape `(batch, num_outputs)`.

        Raises:
            ValueError: If an example does not have `num_inputs` entries.
        """
        if X.ndim < 2 or X[0].numel() != self.num_inputs:
            expected = f"(batch, ...) with {self.num_inputs} entries per example"
            raise ValueError(f"X: expected shape {expected}, got {tuple(X.shape)}")
        H = X.reshape(X.shape[0], -1)
        *hidden, (W, b) = zip(self.W, self.b, strict=True)
        for W_i, b_i in hidden:
            H = torch.relu(H @ W_i + b_i)
        o: Tensor = H @ W + b
        return o


class WeightDecayMLPScratch(MulMLPScratch):
    """The same network with the section's regularized objective.

    Attributes:
        lambd: The factor lambda of the penalty.
    """

    @checked
    def __init__(
        self,
        num_inputs: int,
        num_outputs: int,
        num_hiddens: Sequence[int],
        lr: float,
        lambd: float,
        sigma: float = 0.01,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        """Draw the weights; biases start at zero.

        Args:
            num_inputs: Size of a flattened example.
            num_outputs: Number of classes.
            num_hiddens: Widths of the hidden layers, possibly none.
            lr: Learning rate.
            lambd: Factor of the penalty, at least 0.
            sigma: Standard deviation of the weights.
            generator: Source of the weights; torch's global one by default.

        Raises:
            TypeError: If a size is not an integer.
            ValueError: If a size is less than 1, `lr` is not positive, or `lambd` or `sigma` is
                negative.
        """
        super().__init__(num_inputs, num_outputs, num_hiddens, lr, sigma, generator=generator)
        self.lambd = non_negative("lambd", lambd)

    def penalty(self) -> Tensor:
        """Compute s = lambda/2 times the sum of the squared Frobenius norms (D2L eq. 5.3.5).

        Returns:
            A scalar with its graph. Biases are not penalized.
        """
        terms = [W.square().sum() for W in self.W]
        total = terms[0]  # not sum(): it would start at 0 and add a node to the graph
        for term in terms[1:]:
            total = total + term
        s: Tensor = 0.5 * self.lambd * total
        return s

    def loss(self, y_hat: Tensor, y: Tensor, averaged: bool = True) -> Tensor:
        """Compute the objective J = L + s (D2L eq. 5.3.6).

        Args:
            y_hat: Logits, shape `(batch, num_outputs)`.
            y: Labels, shape `(batch,)`, dtype int64.
            averaged: Whether to return the mean instead of each example's own objective.

        Returns:
            A scalar, or shape `(batch,)`; the mean of the latter is the former. With ``lambd=0``
            exactly the cross-entropy.

        Raises:
            TypeError: If a dtype is wrong.
            ValueError: If a shape or a label is wrong.
        """
        loss = super().loss(y_hat, y, averaged)
        return loss if self.lambd == 0 else loss + self.penalty()
