"""What a person chooses of a run: networks, training, folds, seed."""

from dataclasses import asdict, dataclass, field
from fractions import Fraction

from .fitting import Schedule

# The winner of `spectrad-train compare` on the synthetic donors: see README.md.
DEFAULT_IMBALANCE = "weighted"
PUBLISHED_CONVOLUTION_DROPOUT = 0.2


@dataclass(frozen=True)
class Choices:
    """The settings of a run beside its data and method.

    `fold_width` is the width of the networks that are only measured, `width` that of the members
    that ship; both are shares of the published widths. Without a `convolution_dropout` the
    published one shrinks with the width: few channels cannot spare as many.
    """

    activation: str = "relu"
    width: Fraction = Fraction(1, 4)
    fold_width: Fraction = Fraction(1, 4)
    meta: bool = True
    convolution_dropout: float | None = None
    imbalance: str = DEFAULT_IMBALANCE
    schedule: Schedule = field(default_factory=Schedule)
    small_schedule: Schedule = field(default_factory=lambda: Schedule(epochs=60, batch=32))
    members: int = 1
    folds: int = 10
    validation_share: float = 0.15
    permutations: int = 1000
    seed: int = 1

    def dropout_at(self, width):
        """The dropout after each convolution of a network of this width."""
        if self.convolution_dropout is None:
            return PUBLISHED_CONVOLUTION_DROPOUT * float(width)
        return self.convolution_dropout

    def described(self):
        """The choices as JSON can hold them."""
        values = asdict(self)
        return values | {"width": str(self.width), "fold_width": str(self.fold_width)}
