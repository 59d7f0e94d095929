"""What a person chooses of a run: networks, training, folds, seed."""

from dataclasses import asdict, dataclass, field
from fractions import Fraction

from .fitting import Schedule

# The winner of `spectrad-train compare` on the synthetic donors: see README.md.
DEFAULT_IMBALANCE = "oversample"


@dataclass(frozen=True)
class Choices:
    """The settings of a run beside its data and method.

    `fold_width` is the width of the networks that are only measured, `width` that of the members
    that ship, and so with the schedules; both widths are shares of the published widths. The
    published `convolution_dropout` is 0.2; at a quarter of the width, with batch normalisation,
    training without it does far better.
    """

    activation: str = "relu"
    width: Fraction = Fraction(1, 4)
    fold_width: Fraction = Fraction(1, 4)
    meta: bool = True
    convolution_dropout: float = 0.0
    imbalance: str = DEFAULT_IMBALANCE
    schedule: Schedule = field(default_factory=Schedule)
    member_schedule: Schedule = field(default_factory=Schedule)
    small_schedule: Schedule = field(
        default_factory=lambda: Schedule(epochs=60, batch=32, averaging=0.0)
    )
    members: int = 1
    folds: int = 10
    validation_share: float = 0.15
    permutations: int = 1000
    seed: int = 1

    def described(self):
        """The choices as JSON can hold them."""
        values = asdict(self)
        return values | {"width": str(self.width), "fold_width": str(self.fold_width)}
