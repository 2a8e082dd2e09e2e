"""Known mistakes in hand-written backpropagation: their names, and what a reader is told.

A mistake is not recognised by reading code but by its numbers, which
`d2l_utils.backprop.checker.wrong_gradients` computes for the model of D2L section 5.3 with a hidden
bias. Whoever gets exactly these numbers made it, or something that amounts to the same.
"""

from __future__ import annotations

from dataclasses import dataclass

PARAMETERS = ("W1", "b1", "W2")
"""The parameters of the model, in the order of the equations."""


@dataclass(frozen=True)
class Mistake:
    """A mistake that can be recognised.

    Attributes:
        place: Where it is made. Of two mistakes at one place, one excludes the other.
        spoils: The parameters whose gradients it can change.
        text: What the numbers show, and the equation that was meant.
        loss: The loss with which it can be made; empty for both.
    """

    place: str
    spoils: tuple[str, ...]
    text: str
    loss: str = ""


STRUCTURE = ("bias", "output", "examples", "order", "slope", "input", "sum")
"""Places at which a mistake changes the loss part of a gradient otherwise than by a factor."""

SCALE = ("side", "half", "mean", "outputs")
"""Places at which it multiplies the loss part."""

PENALTY = (
    "penalty",
    "penalty's bias",
    "penalty's norm",
    "penalty's side",
    "penalty's half",
    "penalty's mean",
)
"""Places at which it changes the penalty's part."""

WHOLE = ("all", "sign", "shape", "clip")
"""Places at which it changes the sum of both."""

_ALL, _HIDDEN, _WEIGHTS, _BIAS = PARAMETERS, ("W1", "b1"), ("W1", "W2"), ("b1",)
_CE, _SQ = "cross_entropy", "squared"

MISTAKES: dict[str, Mistake] = {
    # The sign.
    "sign flipped": Mistake("sign", _ALL, "every entry has the opposite sign"),
    # The loss, at the output.
    "difference reversed": Mistake(
        "side",
        _ALL,
        "the loss part has the opposite sign: dJ/do is prediction minus label, not the reverse",
    ),
    "softmax forgotten": Mistake(
        "output",
        _ALL,
        "o − onehot(y) was used; cross-entropy gives softmax(o) − onehot(y)",
        _CE,
    ),
    "softmax over examples": Mistake(
        "output",
        _ALL,
        "softmax was taken over the examples; each example's outputs have their own",
        _CE,
    ),
    "softmax over everything": Mistake(
        "output",
        _ALL,
        "softmax was taken over all entries of o together (a sum without an axis); each example's "
        "outputs have their own",
        _CE,
    ),
    "softmax's slope": Mistake(
        "output",
        _ALL,
        "the gradient at the output is (p − onehot(y)) p (1 − p); with p = softmax(o), "
        "cross-entropy gives p − onehot(y), in which softmax's derivative is already contained",
        _CE,
    ),
    "label forgotten": Mistake("output", _ALL, "onehot(y) was not subtracted in dJ/do", _CE),
    "sigmoid outputs": Mistake(
        "output",
        _ALL,
        "sigmoid(o) minus the label was used; the prediction is softmax(o) with cross-entropy, "
        "o itself with the squared loss",
    ),
    "sigmoid outputs and slope": Mistake(
        "output",
        _ALL,
        "the gradient at the output is (a − y) a (1 − a) with a = sigmoid(o), that of a squared "
        "loss behind sigmoids; here it is prediction minus label, and the prediction is "
        "softmax(o) with cross-entropy, o itself with the squared loss",
    ),
    "2 of the square kept": Mistake(
        "half",
        _ALL,
        "the loss part is twice too large: l has a 1/2, so dl/do is o − y, not 2(o − y)",
        _SQ,
    ),
    "2 of the square lost": Mistake(
        "half",
        _ALL,
        "the loss part is too small by a factor of 2: the square's 2 cancels the 1/2 of l, so "
        "dl/do is o − y",
        _SQ,
    ),
    "cross-entropy doubled": Mistake(
        "half",
        _ALL,
        "the loss part is twice too large: dl/do is softmax(o) − onehot(y), without a 2",
        _CE,
    ),
    "cross-entropy halved": Mistake(
        "half",
        _ALL,
        "the loss part is too small by a factor of 2: cross-entropy has no 1/2, so dl/do is "
        "softmax(o) − onehot(y)",
        _CE,
    ),
    "library's squared error": Mistake(
        "half",
        _ALL,
        "the loss part is that of a mean of (o − y)² over all entries, 2/num_outputs times the "
        "right one: l is half their sum in each row",
        _SQ,
    ),
    "mean over outputs": Mistake(
        "outputs",
        _ALL,
        "the loss part was divided by the number of outputs as well: L is a mean over the "
        "examples, and l one number for each of them",
    ),
    # The mean over the examples.
    "1/n forgotten": Mistake(
        "mean", _ALL, "the loss part is n times too large: L is a mean, so dJ/do contains 1/n"
    ),
    "1/n twice": Mistake(
        "mean",
        _ALL,
        "the loss part was divided by n once too often: where dJ/do contains 1/n, examples are "
        "summed, not averaged",
    ),
    "loss part missing": Mistake("mean", _ALL, "the loss contributes nothing to it"),
    "first example only": Mistake("examples", _ALL, "only the first example contributes"),
    "last example only": Mistake("examples", _ALL, "only the last example contributes"),
    "first example as batch": Mistake(
        "examples",
        _ALL,
        "this is the first example's own gradient; L is the mean over all n examples",
    ),
    "last example as batch": Mistake(
        "examples",
        _ALL,
        "this is the last example's own gradient; L is the mean over all n examples",
    ),
    # The hidden layer.
    "bias not added": Mistake(
        "bias", _ALL, "these are gradients at z = W1 x; the forward pass adds b1"
    ),
    "W2 updated first": Mistake(
        "order",
        _HIDDEN,
        "dJ/dh was computed with W2 after its update; it needs the W2 of the forward pass, so "
        "compute all gradients before you change a parameter",
    ),
    "φ' forgotten": Mistake(
        "slope", _HIDDEN, "φ' is missing: dJ/dz is dJ/dh times φ'(z), entry by entry"
    ),
    "φ' at h": Mistake("slope", _HIDDEN, "φ' was evaluated at h; its argument is z"),
    "φ' in terms of h, at z": Mistake(
        "slope",
        _HIDDEN,
        "the formula that gives φ' from h was used with z: 1 − h² for tanh and h(1 − h) for "
        "sigmoid take h = φ(z)",
    ),
    "φ' in terms of h, at dJ/dh": Mistake(
        "slope",
        _HIDDEN,
        "φ' was taken at dJ/dh, the gradient coming back; it belongs to the z (or h) of the "
        "forward pass, and dJ/dh is multiplied by it",
    ),
    "h for φ'": Mistake(
        "slope", _HIDDEN, "dJ/dh was multiplied by h; dJ/dz is dJ/dh times φ'(z), entry by entry"
    ),
    "slope of relu": Mistake("slope", _HIDDEN, "φ' is that of relu, 1 where z > 0, else 0"),
    "slope of tanh": Mistake("slope", _HIDDEN, "1 − h² was used for φ'; it is the slope of tanh"),
    "slope of sigmoid": Mistake(
        "slope", _HIDDEN, "h(1 − h) was used for φ'; it is the slope of sigmoid"
    ),
    "bias from h": Mistake("input", _BIAS, "this is dJ/dh; dJ/db1 is dJ/dz, which has φ'(z) in it"),
    "φ' as a matrix product": Mistake(
        "input",
        _BIAS,
        "φ'(z) and dJ/dh were multiplied as matrices; their product is entry by entry (the "
        "diagonal of the matrix (φ'(z))ᵀ dJ/dh, not the sum of its rows, is dJ/db1)",
    ),
    "z for h": Mistake("input", ("W2",), "z was used where h belongs: dL/dW2 is dJ/do times h"),
    # The penalty. Its variants touch b1 only where b1 is regularized as well.
    "penalty forgotten": Mistake(
        "penalty", _WEIGHTS, "λW, the gradient of the penalty, is missing"
    ),
    "λ forgotten": Mistake("penalty", _ALL, "the penalty's part lacks λ"),
    "penalty subtracted": Mistake(
        "penalty's side", _ALL, "the penalty's part is subtracted; it is added"
    ),
    "penalty doubled": Mistake(
        "penalty's half",
        _ALL,
        "the penalty's part is twice too large: s has a 1/2, so it gives λW, not 2λW",
    ),
    "penalty halved": Mistake(
        "penalty's half",
        _ALL,
        "the penalty's part is too small by a factor of 2: the square's 2 cancels the 1/2 of s, "
        "which gives λW, not λ/2 W",
    ),
    "norm not squared": Mistake(
        "penalty's norm",
        _ALL,
        "the penalty's part is λ/2 W/‖W‖, the gradient of λ/2 ‖W‖: s has the squared norm, which "
        "gives λW",
    ),
    "norm alone": Mistake(
        "penalty's norm",
        _ALL,
        "the penalty's part is W/‖W‖, the gradient of the norm without λ/2 and square: s gives λW",
    ),
    "one norm for both": Mistake(
        "penalty's norm",
        _ALL,
        "the penalty's part is λ/2 W/√(‖W1‖² + ‖W2‖²), the gradient of λ/2 times the norm of all "
        "weights, not squared: s has squares, which give λW",
    ),
    "absolute values": Mistake(
        "penalty's norm",
        _ALL,
        "the penalty's part is λ sign(W), the gradient of λ times the sum of absolute values: s "
        "has squares, which give λW",
    ),
    "penalty over n": Mistake(
        "penalty's mean",
        _ALL,
        "the penalty's part was divided by n: s is not a mean over the examples",
    ),
    "penalty times n": Mistake(
        "penalty's mean",
        _ALL,
        "the penalty's part is n times too large: s is added once, not for each example",
    ),
    "bias regularized": Mistake(
        "penalty's bias", _BIAS, "the penalty's part was added; s does not contain b1"
    ),
    # All of J: last, so that what says where a factor comes from is preferred.
    "J doubled": Mistake("all", _ALL, "every entry is twice too large"),
    "J halved": Mistake("all", _ALL, "every entry is too small by a factor of 2"),
    "J times n": Mistake(
        "all",
        _ALL,
        "every entry is n times too large: J has the mean of the losses, and the penalty once",
    ),
    "J over n": Mistake(
        "all",
        _ALL,
        "every entry is n times too small: only the sum of the losses is divided by n, once",
    ),
    # The shape.
    "transposed": Mistake(
        "shape", _WEIGHTS, "transposed: a gradient has the shape of its parameter"
    ),
    "not summed": Mistake(
        "sum",
        _ALL,
        "one gradient for each example: sum the loss parts over the examples; a weight's λW is "
        "then added once",
    ),
    "summed to one number": Mistake(
        "sum",
        _BIAS,
        "one number, the sum over the hidden units as well: b1 has a gradient for each unit, so "
        "sum over the examples only, `dz.sum(0)` where examples are rows, or "
        "`np.sum(dZ, axis=1)` where they are columns (an update b1 − lr · number would run, and "
        "move every unit alike)",
    ),
    "summed over units": Mistake(
        "sum",
        _BIAS,
        "one number for each example, the sum over the hidden units: b1 has a gradient for each "
        "unit, so sum over the examples",
    ),
    "bias as a row": Mistake("shape", _BIAS, "a matrix with one row: b1 has one axis"),
    "bias as a column": Mistake("shape", _BIAS, "a matrix with one column: b1 has one axis"),
    "entries clipped": Mistake(
        "clip",
        _ALL,
        "entries were cut to an interval around 0 (clipping), which belongs to the update, not to "
        "the gradient",
    ),
    "norm clipped": Mistake(
        "clip",
        _ALL,
        "a gradient whose norm exceeded a limit was shrunk to it (clipping), which belongs to the "
        "update, not to the gradient",
    ),
}
"""Name -> mistake. A text says what is so about the numbers, never how the code came to it."""
