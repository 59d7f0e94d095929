"""Which way of treating rare classes wins on these data: the same folds, four times."""

from dataclasses import replace

from . import metrics, models
from . import samples as tables
from .arrays import Arrays
from .cross_validation import figures
from .folds import grouped_folds
from .imbalance import KINDS
from .preprocessing import Preprocessor
from .workspace import Workspace, seed_of

