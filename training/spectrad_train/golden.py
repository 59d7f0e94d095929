"""Golden cases: a few invented samples and what the bundle must make of them."""

import base64
import json
from dataclasses import replace

import numpy as np

from . import quantization
from .arrays import Arrays
from .ensemble import ensemble_answers
from .workspace import seed_of

CASES = 6
CANDIDATES = 64
SCANS = 3
# The most likely class leads the next by this much, so that no rounding decides a golden answer.
LEAD = 0.05


def invented_scans(axis, seed, count=CANDIDATES):
    """Scans of samples that never were: bands of random height, place and width on a slope.

    Returns absorbance [count, scans, points of the axis], °C and percent [count, scans].
    """
    generator = np.random.default_rng(seed)
    wavelengths = np.linspace(axis["startNanometres"], axis["endNanometres"], axis["points"])
    span = wavelengths[-1] - wavelengths[0]
    places = (wavelengths - wavelengths[0]) / span
    spectra = np.empty((count, SCANS, len(wavelengths)))
    temperature, humidity = np.empty((2, count, SCANS))
    for row in range(count):
        bands = generator.uniform([0.0, 0.03, 0.1], [1.0, 0.2, 0.9], (6, 3))
        clean = generator.uniform(0.2, 0.8) + generator.normal(0, 0.2) * places
        for centre, width, height in bands:
            clean = clean + height * np.exp(-0.5 * ((places - centre) / width) ** 2)
        noise = generator.normal(0, 0.003, (SCANS, len(wavelengths)))
        spectra[row] = np.round(clean + noise, 6)
        temperature[row] = np.round(generator.normal(41, 3) + generator.normal(0, 0.1, SCANS), 2)
        humidity[row] = np.round(generator.normal(31, 8) + generator.normal(0, 0.1, SCANS), 2)
    return spectra, temperature, np.clip(humidity, 1, 99)


def write(bundle, method, samples, preprocessor, folder, seed, meta):
    """Writes golden.json for the finished targets of a bundle and returns its path.

    The samples are invented, so that no measured spectrum leaves the place where it was measured.
    """
    spectra, temperature, humidity = invented_scans(method.axis, seed_of(seed, "golden"))
    table = _table(samples, method, spectra, temperature, humidity)
    arrays = Arrays(table, method, preprocessor, "golden")
    drafts = {target["name"]: _draft_of(bundle, target) for target in bundle["targets"]}
    of_target = {name: arrays.of(name, draft) for name, draft in drafts.items()}
    rows = np.arange(len(table))
    answers = {
        target["name"]: ensemble_answers(
            folder, target, of_target[target["name"]].onnx_inputs(rows, meta=meta)
        )
        for target in bundle["targets"]
    }
    cases = [
        {
            "name": f"invented {row}",
            "scans": [
                {
                    "absorbance": spectra[row, scan].tolist(),
                    "temperatureCelsius": temperature[row, scan],
                    "relativeHumidityPercent": humidity[row, scan],
                }
                for scan in range(SCANS)
            ],
            "targets": [
                _answer(target, of_target[target["name"]], answers[target["name"]], row, folder)
                for target in bundle["targets"]
            ],
        }
        for row in chosen(answers)
    ]
    path = folder / "golden.json"
    path.write_text(json.dumps({"format": 1, "cases": cases}) + "\n", encoding="utf-8")
    return path


def chosen(answers, count=CASES):
    """Rows whose answers are clear for every target, as many different answers as there are."""
    lead = np.min(
        [np.diff(np.sort(values, axis=1)[:, -2:], axis=1)[:, 0] for values in answers.values()],
        axis=0,
    )
    clear = [row for row in np.argsort(-lead, kind="stable") if lead[row] >= LEAD]
    clear = clear or [int(lead.argmax())]
    seen, first, later = set(), [], []
    for row in clear:
        answer = tuple(int(values[row].argmax()) for values in answers.values())
        (later if answer in seen else first).append(int(row))
        seen.add(answer)
    return sorted((first + later)[:count])


def _table(samples, method, spectra, temperature, humidity):
    count = len(spectra)
    axis = method.axis
    values = np.linspace(axis["startNanometres"], axis["endNanometres"], axis["points"])
    window = method.window
    inside = (values >= window["startNanometres"]) & (values <= window["endNanometres"])
    return replace(
        samples,
        names=np.arange(count).astype(str),
        groups=np.arange(count).astype(str),
        scans=np.full(count, SCANS),
        temperature=np.median(temperature, axis=1),
        humidity=np.median(humidity, axis=1),
        medians=np.median(spectra, axis=1)[:, inside],
        classes={name: np.zeros(count, int) for name in samples.classes},
    )


def _draft_of(bundle, target):
    """The bundle with this target alone and without its members."""
    return bundle | {"targets": [target | {"members": []}]}


def _answer(target, arrays, answers, row, folder):
    first = folder / target["members"][0]["file"]
    image = quantization.quantized_images(first, arrays.images[row : row + 1])[0]
    return {
        "name": target["name"],
        "metaFeatures": [float(value) for value in arrays.meta[row]],
        "image": base64.b64encode(image.tobytes()).decode(),
        "probabilities": answers[row].tolist(),
    }
