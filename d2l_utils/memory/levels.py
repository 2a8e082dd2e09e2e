"""How much is alive at each candidate for the peak of one step of an MLP, in closed form.

Every function yields pairs (phase, bytes) in the order of time, counted above what is alive during
the whole step. Only moments after which something is freed can be peaks, so only those appear.

Letters: layer i of m has weights W_i and biases B_i (sizes in bytes), a_i is the size of the
hidden output h_i and of everything shaped like it (z_i and both gradients), c that of the logits
and of everything shaped like them, b that of one element.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SCALAR = 8
"""A Python float that meets a tensor becomes a float64 scalar, cast to the tensor's dtype."""

STEP_COUNTER = 4
"""Adam counts the steps of each parameter in a float32."""

Level = tuple[str, int]


@dataclass(frozen=True)
class Sizes:
    """Sizes in bytes.

    Attributes:
        element: One element, b.
        weights: W_1, ..., W_m.
        biases: B_1, ..., B_m (zeros if there are none).
        hidden: a_1, ..., a_{m-1}.
        logits: c.
    """

    element: int
    weights: tuple[int, ...]
    biases: tuple[int, ...]
    hidden: tuple[int, ...]
    logits: int

    @property
    def parameters(self) -> int:
        """All weights and biases."""
        return sum(self.weights) + sum(self.biases)

    @property
    def cast(self) -> int:
        """The copy of a float64 scalar in the parameters' dtype."""
        return 0 if self.element == SCALAR else self.element

    @property
    def saved(self) -> int:
        """What cross-entropy and the layers keep: h_1, ..., the log-probabilities, one element."""
        return sum(self.hidden) + self.logits + self.element


def prediction(sizes: Sizes) -> Iterator[Level]:
    """Forward pass without a graph: each output lives until the next one is bound to its name."""
    before = 0
    for a in sizes.hidden:
        yield "forward", before + a  # z_i next to h_{i-1}
        yield "forward", a + a  # h_i next to z_i
        before = a
    yield "forward", before + sizes.logits


def forward(sizes: Sizes, penalty_in_loss: bool) -> Iterator[Level]:
    """Forward pass with a graph: every h_i stays, z_i goes when h_i is there."""
    saved = 0
    for a in sizes.hidden:
        yield "forward", saved + a + a  # h_i next to z_i
        saved += a
    # Logits next to log-probabilities, the loss and the sum of the class weights.
    yield "forward", saved + 2 * sizes.logits + 2 * sizes.element
    if penalty_in_loss:
        for i, W in enumerate(sizes.weights):
            # W_i squared next to its sum and those before it.
            yield "forward", sizes.saved + (2 + i) * sizes.element + W


def backward(sizes: Sizes, penalty_in_loss: bool) -> Iterator[Level]:
    """Backward pass: the gradients of the parameters grow while the saved outputs shrink."""
    b, c, saved, gradients = sizes.element, sizes.logits, sizes.saved, 0
    if penalty_in_loss:  # created last, so it comes first
        yield "backward", saved + 3 * b + SCALAR + sizes.cast
        for W in reversed(sizes.weights):
            # W_i to the power 1, times 2, times dJ/ds: three copies, or two and a scalar.
            yield "backward", saved + 3 * b + gradients + 2 * W + max(W, SCALAR + sizes.cast)
            gradients += W
    yield "backward", saved + c + 2 * b + gradients  # d/d(log-probabilities)
    yield "backward", saved + 2 * c + b + gradients  # and dJ/do
    saved -= c + b  # what cross-entropy saved
    upstream = c
    for i in reversed(range(len(sizes.weights))):
        W, B = sizes.weights[i], sizes.biases[i]
        a = sizes.hidden[i - 1] if i else 0
        # dJ/dz_i, dJ/dh_{i-1}, dJ/dW_i and dJ/db_i together; the loss and its gradient stay.
        yield "backward", saved + upstream + a + gradients + W + B + 2 * b
        gradients += B if penalty_in_loss else W + B
        yield "backward", saved + a + a + gradients + 2 * b  # dJ/dz_{i-1} next to dJ/dh_{i-1}
        saved -= a
        upstream = a


def step(sizes: Sizes, optimizer: str, weight_decay: bool, state_exists: bool) -> Iterator[Level]:
    """Update by the optimizer, parameter by parameter; the loss is still bound to its name."""
    alive = sizes.parameters + sizes.element  # all gradients and the loss
    both = [p for pair in zip(sizes.weights, sizes.biases, strict=True) for p in pair if p]
    groups = [(both, False)]
    if weight_decay:
        groups = [([*sizes.weights], True), ([p for p in sizes.biases if p], False)]
    for group, decayed in groups:
        if optimizer == "adam" and not state_exists:
            alive += sum(STEP_COUNTER + 2 * p for p in group)
        kept = 0  # Adam's denominator lives until the next one replaces it
        for p in group:
            temporary = p if decayed else 0  # dJ/dp + lambda * p
            if optimizer == "momentum" and not state_exists:
                alive += p  # the first buffer is a copy of the gradient
            elif optimizer == "momentum":
                temporary += SCALAR + sizes.cast
            elif optimizer == "adam":
                temporary += kept + 2 * p + SCALAR + sizes.cast  # root and quotient
                kept = p
            yield "step", alive + temporary
