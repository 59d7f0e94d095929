"""The networks that ship: trained once on all samples, with one set of constants per target."""

import numpy as np

from . import fitting, models, quantization
from .workspace import digest, seed_of


def train(arrays, target, choices, workspace, progress, folder):
    """Trains, quantizes and checks the members of one target; writes them below `folder`.

    Returns the complete target for `bundle.json` and the courses of the trainings.
    """
    rows = arrays.samples.known(target)
    with progress.task(f"{target}: constants of {len(rows)} samples"):
        draft = arrays.draft(target, rows)
    described = draft["targets"][0]
    histories = []
    for number in range(choices.members):
        file = f"{target}/member{number}.onnx"
        history = _train_member(
            arrays, draft, rows, number, choices, workspace, progress, folder / file
        )
        described["members"].append({"file": file, "sha256": digest(folder / file)})
        histories.append(history)
    return described, histories


def _train_member(arrays, draft, rows, number, choices, workspace, progress, path):
    target = draft["targets"][0]["name"]
    seed = seed_of(choices.seed, target, "member", number)
    kept = workspace.path("members", target, f"member{number}.onnx")
    task = f"{target}: member {number + 1} of {choices.members}"

    def make():
        parts = models.split(arrays.samples, target, rows, choices, seed)
        with progress.task(f"{task}, images"):
            of_member = arrays.of(target, draft, parts.copies)
        checkpoint = workspace.path("members", target, f"checkpoint{number}")
        with progress.task(task) as report:
            fitted = models.fit_network(
                of_member, parts, choices, choices.width, seed, checkpoint, report
            )
        originals = parts.training[parts.training < len(arrays.samples)]
        models.quantized(fitted.network, of_member, originals, choices, kept, seed)
        agreement = _agreement(fitted.network, kept, of_member, parts.validation, choices)
        history = {
            f"history.{key}": np.array([record[key] for record in fitted.history])
            for key in fitted.history[0]
        }
        progress.say(
            f"{task}: {len(fitted.history)} epochs, int8 answers like float in "
            f"{agreement:.1%} of the samples that chose the epoch"
        )
        return {"agreement": np.array(agreement), "seed": np.array(seed), **history}

    found = workspace.arrays(f"{target}/member{number}", make)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(kept.read_bytes())
    return found


def _agreement(network, path, arrays, rows, choices):
    """The share of rows to which the file answers with the float network's class."""
    inputs = arrays.network_inputs(meta=choices.meta)
    exact = fitting.predict(network, {name: values[rows] for name, values in inputs.items()})
    quantized = quantization.probabilities(path, arrays.onnx_inputs(rows, meta=choices.meta))
    return float((exact.argmax(axis=1) == quantized.argmax(axis=1)).mean())


def combined(answers):
    """The members' probabilities [members, n, k] as the daemon combines them, [n, k]."""
    logarithms = np.log(np.maximum(np.asarray(answers, dtype=np.float64), 1e-12))
    result = np.exp(logarithms.mean(axis=0))
    return result / result.sum(axis=1, keepdims=True)


def ensemble_answers(folder, described, inputs):
    """What the members of one target answer together, [n, classes]."""
    files = [folder / member["file"] for member in described["members"]]
    return combined([quantization.probabilities(file, inputs) for file in files])
