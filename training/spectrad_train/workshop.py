"""The steps from a recording to a finished bundle, in their order."""

import copy
import hashlib
import json

import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split

from . import constants, evaluation, export, fitting, golden
from .method import CLASSES, TARGETS
from .network import TRAINED_REGION
from .preprocessing import Preprocessor

VALIDATION_SHARE = 0.15
CALIBRATION_SAMPLES = 200
GOLDEN_SAMPLES = 2
GOLDEN_SCANS = 3


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Workshop:
    """Trains, evaluates and writes the bundle of one recording."""

    def __init__(self, chosen, say):
        self.chosen, self.say = chosen, say
        command = chosen.preprocess
        self.training = Preprocessor(command, chosen.recording, chosen.work / "training")
        self.unseen = Preprocessor(command, chosen.unseen, chosen.work / "unseen")

    def _fit(self, stages, bundle, name, rows):
        """Fits one target's network on some rows; a part of them chooses the epoch."""
        target = next(t for t in bundle["targets"] if t["name"] == name)
        images = stages.images(name, TRAINED_REGION).transpose(0, 2, 3, 1)
        images = np.ascontiguousarray(images)
        meta = constants.standardised(stages.meta(name), target)
        classes = stages.classes(name)
        fit_rows, validation = train_test_split(
            rows, test_size=VALIDATION_SHARE, stratify=classes[rows], random_state=self.chosen.seed
        )

        def report(epoch, training_loss, loss, accuracy):
            self.say(
                f"{name}: epoch {epoch + 1:2d} of {self.chosen.epochs}, "
                f"training loss {training_loss:.3f}, validation loss {loss:.3f}, "
                f"balanced accuracy {accuracy:.3f}"
            )

        epochs, seed = self.chosen.epochs, self.chosen.seed
        network = fitting.fit(
            images, meta, classes, fit_rows, validation, epochs, seed, report
        )
        return network, images, meta, classes

    def train_members(self, draft, folder):
        """Finds the constants on all samples, trains and quantizes one network per target."""
        scaled = self.training.run(draft, "scaling")
        rows = np.arange(len(scaled.samples()))
        bundle, stages = constants.fitted(draft, self.training, scaled, rows)
        self.say(f"constants of {len(rows)} samples found")
        for target in bundle["targets"]:
            name = target["name"]
            network, _, meta, _ = self._fit(stages, bundle, name, rows)
            generator = np.random.default_rng(self.chosen.seed)
            some = generator.choice(rows, min(CALIBRATION_SAMPLES, len(rows)), replace=False)
            images = stages.images(name)
            path = folder / name / "member0.onnx"
            path.parent.mkdir(parents=True)
            model = export.float_model(network, images.shape[-1], len(CLASSES))
            export.quantize(model, path, images[some], meta[some])
            target["members"] = [{"file": f"{name}/member0.onnx", "sha256": _sha256(path)}]
            self.say(f"{name}: wrote {path} ({path.stat().st_size} bytes)")
        return bundle

    def evaluate_unseen(self, bundle, folder):
        """Figures of the int8 networks and of LDA on donors that training never saw."""
        stages = self.unseen.run(_without_members(bundle), "image")
        known = self.training.run(_without_members(bundle), "median")
        result = {}
        for target in bundle["targets"]:
            name = target["name"]
            path = folder / target["members"][0]["file"]
            answers = export.probabilities(path, stages.images(name), stages.meta(name))
            classes = stages.classes(name)
            lda = evaluation.lda_predictions(
                known.spectra(name, "median"),
                known.classes(name),
                np.arange(len(known.samples())),
                stages.spectra(name, "median"),
            )
            result[name] = {
                "network": evaluation.figures(classes, answers.argmax(axis=1)),
                "lda": evaluation.figures(classes, lda),
            }
            self._say_both(f"{name}: unseen donors", result[name])
        return {"unseenDonors": {"samples": len(stages.samples()), "targets": result}}

    def cross_validate(self, draft):
        """Figures of float networks and of LDA over folds of donors, constants found in each."""
        scaled = self.training.run(draft, "scaling")
        samples = len(scaled.samples())
        predicted = {name: {} for name in TARGETS}
        permuted = np.random.default_rng(self.chosen.seed).permutation(samples)
        # One row is one donor, so no donor is on both sides. The folds keep the shares of
        # haemoglobin's classes, the rarest.
        folds = StratifiedKFold(self.chosen.folds, shuffle=True, random_state=self.chosen.seed)
        splits = folds.split(np.zeros(samples), scaled.classes("haemoglobin"))
        for number, (rows, held_out) in enumerate(splits):
            bundle, stages = constants.fitted(draft, self.training, scaled, rows)
            for name in TARGETS:
                self.say(f"fold {number + 1} of {self.chosen.folds}: {name}")
                network, images, meta, classes = self._fit(stages, bundle, name, rows)
                medians = stages.spectra(name, "median")
                answers = fitting.predict(network, images[held_out], meta[held_out])
                outcome = {
                    "network": answers.argmax(axis=1),
                    "lda": evaluation.lda_predictions(medians, classes, rows, medians[held_out]),
                    "ldaPermutedLabels": evaluation.lda_predictions(
                        medians, classes[permuted], rows, medians[held_out]
                    ),
                }
                for model, values in outcome.items():
                    predicted[name].setdefault(model, np.empty(samples, int))[held_out] = values
        return self._cross_validation_figures(predicted, scaled, permuted)

    def _cross_validation_figures(self, predicted, scaled, permuted):
        result = {}
        for name, models in predicted.items():
            classes = scaled.classes(name)
            result[name] = {
                model: evaluation.figures(
                    classes[permuted] if model == "ldaPermutedLabels" else classes, values
                )
                for model, values in models.items()
            }
            self._say_both(f"{name}: cross-validation", result[name])
        folds = self.chosen.folds
        return {"crossValidation": {"folds": folds, "groupedBy": "donor", "targets": result}}

    def finish(self, bundle, metrics, folder):
        """Writes golden.json and bundle.json beside the networks."""
        cases = golden.golden_scans(self.chosen.unseen, GOLDEN_SAMPLES, GOLDEN_SCANS)
        recording = self.chosen.work / "golden.scans.ndjson"
        golden.write_recording(recording, cases)
        command = self.chosen.preprocess
        preprocessor = Preprocessor(command, recording, self.chosen.work / "golden")
        stages = preprocessor.run(_without_members(bundle), "image")
        path = folder / "golden.json"
        path.write_text(json.dumps(golden.golden(cases, stages, bundle, folder)) + "\n")
        bundle["golden"] = {"file": "golden.json", "sha256": _sha256(path)}
        headline = metrics.get("crossValidation", metrics["unseenDonors"])["targets"]
        networks = {name: figures["network"] for name, figures in headline.items()}
        bundle["training"] = {
            "data": self.chosen.data,
            "metrics": {
                "accuracy": _mean(networks, "accuracy"),
                "balancedAccuracy": _mean(networks, "balancedAccuracy"),
                "perClass": {name: figures["perClass"] for name, figures in networks.items()},
                **metrics,
            },
        }
        text = json.dumps(bundle, indent=1, ensure_ascii=False)
        (folder / "bundle.json").write_text(text + "\n", encoding="utf-8")

    def _say_both(self, title, figures):
        words = ", ".join(f"{model} {f['balancedAccuracy']:.3f}" for model, f in figures.items())
        self.say(f"{title}: balanced accuracy {words}")


def _mean(networks, figure):
    return round(float(np.mean([figures[figure] for figures in networks.values()])), 4)


def _without_members(bundle):
    """The same bundle as a draft: its networks lie elsewhere while it is made."""
    bundle = copy.deepcopy(bundle)
    for target in bundle["targets"]:
        target["members"] = []
    return bundle
