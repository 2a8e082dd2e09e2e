"""Models and their training in D2L's design (sections 3.2 and 3.4).

==================================== =================================================
to define a model                    `Module`, `Classifier`
to take one of the book's            `MulMLP`, `MulMLPScratch`, `WeightDecayMLPScratch`
to hand out minibatches              `TensorData`, `SyntheticClassification`
to train                             `Trainer`, `SGD`; curves: `ProgressBoard`
to know what a smaller batch changes `d2l_utils.training.minibatch`
==================================== =================================================
"""

from d2l_utils.training.board import ProgressBoard
from d2l_utils.training.data import (
    DataModule,
    SyntheticClassification,
    TensorData,
    TensorLoader,
)
from d2l_utils.training.models import MulMLP, MulMLPScratch, WeightDecayMLPScratch
from d2l_utils.training.module import Classifier, Module
from d2l_utils.training.optim import SGD
from d2l_utils.training.trainer import History, Trainer

__all__ = [
    "SGD",
    "Classifier",
    "DataModule",
    "History",
    "Module",
    "MulMLP",
    "MulMLPScratch",
    "ProgressBoard",
    "SyntheticClassification",
    "TensorData",
    "TensorLoader",
    "Trainer",
    "WeightDecayMLPScratch",
]
