"""The networks that ship: trained once on all samples, with one set of constants per target."""

from dataclasses import dataclass

import numpy as np

from . import fitting, models, quantization
from .arrays import Arrays
from .choices import Choices
from .method import Method
from .preprocessing import Preprocessor
from .progress import epoch_text
from .samples import Samples
from .workspace import Workspace, digest, seed_of

# Below this share of equal answers people are warned: what ships is not what was trained.
AGREEMENT_EXPECTED = 0.95


@dataclass(frozen=True)
class Member:
    """One network of a target that is to be trained, with all that another process needs."""

    target: str
    number: int
    draft: dict
    samples: Samples
    method: Method
    choices: Choices
    workspace: Workspace
    spectractl: str

    @property
    def title(self):
        """The member in words."""
        return f"{self.target}, member {self.number + 1} of {self.choices.members}"

    @property
    def result(self):
        """The name of its result in the workspace."""
        return f"{self.target}/member{self.number}"

    @property
    def file(self):
        """Where the network stands in the bundle."""
        return f"{self.target}/member{self.number}.onnx"

    @property
    def kept(self):
        """Where the network stands in the workspace."""
        return self.workspace.path("members", self.file)


def trained(member, report):
    """Trains and quantizes a member and compares the two; kept in the workspace."""
    return member.workspace.arrays(member.result, lambda: _train(member, report))


def _train(member, report):
    choices, samples, target = member.choices, member.samples, member.target
    seed = seed_of(choices.seed, target, "member", member.number)
    report(f"{member.title}: images")
    folder = member.workspace.path("members", target, f"fit{member.number}", "fit.npz").parent
    preprocessor = Preprocessor(member.spectractl, folder / "preprocessed")
    parts = models.split(samples, target, samples.known(target), choices, seed)
    arrays = Arrays(samples, member.method, preprocessor).of(target, member.draft, parts.copies)
    preprocessor.remove()
    fitted = models.fit_network(
        arrays,
        parts,
        choices,
        choices.width,
        seed,
        folder,
        lambda epoch, record: report(epoch_text(member.title, epoch, record)),
        schedule=choices.member_schedule,
    )
    originals = parts.training[parts.training < len(samples)]
    models.quantized(fitted.network, arrays, originals, choices, member.kept, seed)
    agreement = _agreement(fitted.network, member.kept, arrays, parts.validation, choices)
    return {"agreement": np.array(agreement), **models.history_arrays(fitted.history)}


def _agreement(network, path, arrays, rows, choices):
    """The share of rows to which the file answers with the float network's class."""
    inputs = arrays.network_inputs(meta=choices.meta)
    exact = fitting.predict(network, {name: values[rows] for name, values in inputs.items()})
    quantized = quantization.probabilities(path, arrays.onnx_inputs(rows, meta=choices.meta))
    return float((exact.argmax(axis=1) == quantized.argmax(axis=1)).mean())


def outcome(member, found):
    """One line on a member, with a warning where quantization changes its answers."""
    agreement = float(found["agreement"])
    text = (
        f"{member.title}: {len(found['history.epoch'])} epochs, int8 answers like float in "
        f"{agreement:.1%} of the validation samples"
    )
    if agreement < AGREEMENT_EXPECTED:
        text += (
            f"; warning: expected {AGREEMENT_EXPECTED:.0%} or more, so quantization costs answers "
            "(a network that learned little has none that are clear)"
        )
    return text


def figures(found):
    """What the metrics say of a member."""
    return {"epochs": len(found["history.epoch"]), "int8Agreement": float(found["agreement"])}


def placed(members, folder):
    """Copies the finished members of one target into the bundle; returns the complete target."""
    described = dict(members[0].draft["targets"][0])
    described["members"] = []
    for member in members:
        path = folder / member.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(member.kept.read_bytes())
        described["members"].append({"file": member.file, "sha256": digest(path)})
    return described
