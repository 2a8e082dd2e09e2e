"""How large the gradient is in each layer: where it vanishes, and where it explodes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from d2l_utils.border import Held, checked


@checked
def layer_gradient_norms(model: nn.Module, loss: Held) -> dict[str, float]:
    """Compute the Euclidean norm of the loss's gradient for each layer's own parameters.

    The graph is kept, and no `.grad` is touched. A parameter that the loss does not depend on
    counts with gradient zero. Norms are taken in double precision of scaled entries, since squares
    of small gradients would be zero long before these are.

    Args:
        model: The network; a layer is a module that has parameters of its own.
        loss: One number, computed with gradients from the model's parameters.

    Returns:
        A layer's name -> its norm, in the order in which the model lists its modules.

    Raises:
        ValueError: If the loss is not one number, has no graph or does not depend on the model, or
            the model has no parameter that requires a gradient.
    """
    if loss.numel() != 1:
        raise ValueError(f"loss: expected one number, got shape {tuple(loss.shape)}")
    if loss.grad_fn is None:
        raise ValueError("loss: expected a result computed with gradients, got one without a graph")
    owned = {
        name: [p for p in module.parameters(recurse=False) if p.requires_grad]
        for name, module in model.named_modules()
    }
    owned = {name: parameters for name, parameters in owned.items() if parameters}
    flat = [p for parameters in owned.values() for p in parameters]
    if not flat:
        raise ValueError("model: expected a parameter that requires a gradient, got none")
    found = torch.autograd.grad(loss.sum(), flat, retain_graph=True, allow_unused=True)
    if all(gradient is None for gradient in found):
        raise ValueError("loss: expected one that depends on the model, got one that does not")
    gradients = iter(found)
    return {name: _norm([next(gradients) for _ in owned[name]]) for name in owned}


def _norm(gradients: list[Tensor | None]) -> float:
    parts = [g.detach().double().flatten() for g in gradients if g is not None]
    if not parts:
        return 0.0
    entries = torch.cat(parts)
    largest = entries.abs().max()
    if largest == 0 or not bool(torch.isfinite(largest)):
        return float(largest)
    return float(largest * torch.linalg.vector_norm(entries / largest))
