"""The page, section by section."""

from importlib import resources

from . import figure_plots, spectra_plots, tables
from .markup import document, element, picture, share

LIMITS = (
    "Every figure is of samples that the model which answered was not trained on. The constants "
    "of the preprocessing (reference spectrum, components, clusters, scalers) were found again in "
    "each fold. The networks that ship were trained on all samples, so the figures by fold are of "
    "the procedure that made them; only recordings never used in training measure those very "
    "networks.",
    "The intervals say how much a figure varies over folds of these samples. They say nothing of "
    "another scanner, another laboratory or another season. Folds that all agree give an interval "
    "without width; that is no certainty.",
    "Balanced accuracy is the mean sensitivity of the classes: with k classes any constant answer "
    "reaches 1/k, however rare a class is. Accuracy has to be read beside the majority class.",
    "A positive predictive value (PPV) holds only where classes are as frequent as in these "
    "recordings. Sensitivity and specificity do not depend on that.",
    "The permutation test asks whether answers have anything to do with labels. Samples of a group "
    "moved together; nothing was fitted again. A small p means better than nothing, not good, and "
    "it cannot find a split that leaked.",
    "Where several models stand side by side the best of them looks a little better than it is: "
    "it was chosen on the rows it is shown on.",
    "A network's probability is a promise only as far as the reliability diagram bears it out.",
)


def page(metrics, illustrations):
    """The report as one HTML text; see `spectrad_train.report.write_report`."""
    title = f"{metrics['name']} {metrics['version']}"
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    targets = metrics["targets"]
    return document(
        title,
        style,
        _header(metrics, title),
        _at_a_glance(targets),
        [_target(name, target, illustrations.get(name)) for name, target in targets.items()],
        _unseen(metrics["unseen"]) if metrics.get("unseen") else None,
        _imbalance(metrics["imbalance"]) if metrics.get("imbalance") else None,
        _provenance(metrics),
        element(
            "section",
            element("h2", "What the figures do not say"),
            element("ul", [element("li", text) for text in LIMITS]),
            id="limits",
        ),
    )


def _header(metrics, title):
    facts = [
        ("Intended use", metrics.get("intendedUse", "not stated")),
        ("Description", metrics.get("description")),
        ("Data", metrics["data"]),
        ("Samples", metrics.get("samples")),
        ("Groups that stay together", metrics.get("groups")),
        ("Folds", metrics.get("folds")),
    ]
    return element(
        "header",
        element("p", "Training report", class_="kicker"),
        element("h1", title),
        element(
            "dl",
            [
                [element("dt", name), element("dd", value)]
                for name, value in facts
                if value not in (None, "")
            ],
        ),
    )


def _at_a_glance(targets):
    verdicts = [
        element(
            "li",
            element("a", name, href=f"#{_anchor(name)}"),
            ": ",
            target.get("verdict") or "no verdict",
        )
        for name, target in targets.items()
    ]
    return element(
        "section",
        element("h2", "In short"),
        element("p", "Does the network earn its cost? Figures are balanced accuracies."),
        element("ul", verdicts, class_="verdicts"),
    )


def _anchor(name):
    """An identifier of a section: whatever a target is called, no space is in it."""
    return "target-" + "-".join(name.split())


def _target(name, target, illustrations):
    return element(
        "section",
        element("h2", name),
        element("p", _class_counts(target)),
        _models(name, target) if target["models"] else None,
        element("p", target["verdict"], class_="verdict") if target.get("verdict") else None,
        tables.quantization(target["int8"]) if target.get("int8") else None,
        tables.members(target["members"]) if target.get("members") else None,
        _spectra(illustrations) if illustrations is not None else None,
        _learning(target["histories"]) if any(target.get("histories") or []) else None,
        _answers(target["models"].get("network")),
        class_="target",
        id=_anchor(name),
    )


def _models(name, target):
    return [
        tables.summary(target),
        picture(
            figure_plots.models(target),
            f"Balanced accuracy of each model for {name}; the numbers stand in the table above.",
            "Balanced accuracy on held-out samples. Grey: what one constant answer reaches.",
        ),
    ]


def _class_counts(target):
    counts = ", ".join(f"{name} {count}" for name, count in target["classes"].items())
    return f"Samples by class: {counts}."


def _spectra(illustrations):
    classes = ", ".join(str(name) for name in illustrations.class_names)
    parts = [
        element("h3", "Spectra, step by step"),
        picture(
            spectra_plots.stages(illustrations),
            f"Mean spectra of the classes {classes} after each step of the preprocessing.",
            "Mean per class and one standard deviation over its samples, after each step.",
        ),
    ]
    if illustrations.images:
        parts += [
            element("h3", "What the network sees"),
            picture(
                spectra_plots.channels(illustrations),
                f"GASF, GADF and MTF images of the mean spectrum of each class: {classes}.",
                "Each class's mean spectrum as the three channels: Gramian angular summation "
                "field, difference field, and Markov transition field.",
            ),
        ]
    if illustrations.pca_scores is not None:
        parts += [
            element("h3", "Components"),
            picture(
                spectra_plots.components(illustrations),
                f"Scores of the first two principal components, by class: {classes}.",
                _components_caption(illustrations),
            ),
        ]
    return parts


def _components_caption(illustrations):
    caption = "The first two principal components of the derivative."
    if illustrations.t2_limit is None:
        return caption
    return (
        f"{caption} Outside the ellipse (Hotelling T² above {illustrations.t2_limit:.1f}) the "
        "daemon abstains."
    )


def _learning(histories):
    return [
        element("h3", "Learning"),
        picture(
            figure_plots.learning_curves(histories),
            f"Loss, balanced accuracy and learning rate by epoch in {len(histories)} folds.",
            "One line per fold. The dot marks the least validation loss; the learning rate falls "
            "where that stands still. Judged on validation samples, and kept at the end, is the "
            "moving average of the weights; without averaging, the weights at the dot.",
        ),
    ]


def _answers(network):
    if network is None:
        return None
    names = list(network["perClass"])
    error = share(network["calibration"]["expectedCalibrationError"])
    return [
        element("h3", "The network's answers"),
        tables.per_class(network),
        element(
            "div",
            picture(
                figure_plots.confusion(network["confusion"], names),
                "Confusion matrix, rows truth: "
                + "; ".join(
                    f"{name} {row}" for name, row in zip(names, network["confusion"], strict=True)
                ),
                "Confusion matrix: samples counted, shade is the share of the row.",
            ),
            picture(
                figure_plots.reliability(network["calibration"]),
                f"Reliability diagram; the expected calibration error is {error}.",
                f"Reliability: expected calibration error {error}. Below the diagonal the network "
                "promises too much.",
            ),
            class_="beside",
        ),
    ]


def _unseen(unseen):
    counted = f"{unseen['samples']} samples. " if "samples" in unseen else ""
    return element(
        "section",
        element("h2", "Recordings never used in training"),
        element(
            "p",
            f"{counted}These recordings took no part in any fold, nor in choosing anything. The "
            "networks that ship answered.",
        ),
        [
            [
                element("h3", name),
                element("p", _class_counts(target)) if "classes" in target else None,
                tables.summary(target),
                _answers(_shipped(target["models"])),
            ]
            for name, target in unseen["targets"].items()
        ],
        id="unseen",
    )


def _shipped(models):
    """The figures of the network that ships: int8 where it was measured."""
    return models.get("networkInt8") or models.get("network")


def _imbalance(comparison):
    default = comparison.get("default")
    summed_up = ("default", "means")
    targets = {name: kinds for name, kinds in comparison.items() if name not in summed_up}
    return element(
        "section",
        element("h2", "Classes of unequal size"),
        element("p", f"The default is the treatment that wins on balanced accuracy: {default}."),
        [
            [element("h3", name), tables.imbalance(kinds, default)]
            for name, kinds in targets.items()
        ],
        id="imbalance",
    )


def _provenance(metrics):
    recordings = {r["file"]: r["sha256"] for r in metrics.get("recordings", [])}
    return element(
        "section",
        element("h2", "How it was made"),
        [
            tables.pairs(caption, values)
            for caption, values in (
                ("Settings and seeds.", metrics.get("settings")),
                ("Program versions.", metrics.get("programs")),
                ("Recordings and their SHA-256 digests.", recordings),
            )
            if values
        ],
        id="provenance",
    )
