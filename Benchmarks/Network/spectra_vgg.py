"""The networks that are measured: SpectraVGG in three forms, for whole and for cropped images."""

from dataclasses import dataclass, replace

FULL_SIZE, CROPPED_SIZE = 85, 76
AUX_COUNT, HIDDEN_COUNTS, CLASS_COUNT = 7, (32, 64), 3
WIDTHS = (64, 128, 64, 64, 128, 128, 256, 256)


@dataclass(frozen=True)
class Convolution:
    """A valid 3x3 convolution with its activation, and perhaps 2x2 pooling behind it."""

    inputs: int
    outputs: int
    is_pooled: bool


@dataclass(frozen=True)
class Variant:
    """One network; `deviation` is what the random weights make of the activation's inputs."""

    name: str
    activation: str
    width_divisor: int
    deviation: float
    seed: int
    image_size: int = FULL_SIZE

    @property
    def convolutions(self):
        widths = [width // self.width_divisor for width in WIDTHS]
        return [
            Convolution(inputs, outputs, is_pooled=index % 2 == 1)
            for index, (inputs, outputs) in enumerate(zip([3, *widths], widths))
        ]

    @property
    def multiplications(self):
        """The products of all convolutions, computed directly over the whole image."""
        total, size = 0, self.image_size
        for convolution in self.convolutions:
            size -= 2
            total += size * size * 9 * convolution.inputs * convolution.outputs
            size = size // 2 if convolution.is_pooled else size
        return total

    @property
    def cropped(self):
        """The same network for the part of the image that can reach its output."""
        return replace(self, name=f"{self.name}76", image_size=CROPPED_SIZE)


# Softmax over channels of one size would make every map uniform: its inputs are spread further.
WHOLE = (
    Variant("R", "Relu", 1, 1.4, seed=1),
    Variant("S", "Softmax", 1, 3.0, seed=2),
    Variant("Rsmall", "Relu", 4, 1.4, seed=3),
)
VARIANTS = (*WHOLE, *(variant.cropped for variant in WHOLE))
