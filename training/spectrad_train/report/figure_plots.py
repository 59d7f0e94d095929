"""Plots of what came out: models side by side, learning, confusion, reliability."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..comparison import SPOKEN
from .drawing import COLOURS, GREY, WIDTH_INCHES, drawn, legend_below, plain_text, shortened

BLUE, VERMILION = COLOURS[:2]


@drawn
def models(target):
    """Balanced accuracy of every model with its interval, beside what guessing reaches."""
    names = list(target["models"])[::-1]
    figure = Figure(figsize=(WIDTH_INCHES, 0.34 * len(names) + 1.3))
    panel = figure.subplots()
    for row, name in enumerate(names):
        figures = target["models"][name]
        colour = BLUE if name.startswith("network") else "black"
        interval = figures["balancedAccuracyInterval"]
        if interval is not None:
            panel.plot(
                (interval["low"], interval["high"]), (row, row), color=colour, lw=2, zorder=3
            )
        panel.plot(figures["balancedAccuracy"], row, "o", color=colour, ms=7, zorder=3)
    first = target["models"][names[-1]]
    chance = first["majority"]["balancedAccuracy"]
    panel.axvline(chance, color=GREY, ls="--", label=f"majority class ({chance:.3f})")
    permuted = first["permutation"]["balancedAccuracy"]["quantile95"]
    if permuted is not None:
        label = f"95 % of permuted labels stay below {permuted:.3f}"
        panel.axvline(permuted, color=VERMILION, ls=":", label=label)
    panel.set_yticks(range(len(names)), [plain_text(SPOKEN.get(name, name)) for name in names])
    panel.set_ylim(-0.6, len(names) - 0.4)
    panel.set_xlim(0, 1.01)
    panel.set_xlabel("balanced accuracy on held-out samples; lines: 95 % interval over folds")
    figure.legend(loc="outside upper right", ncols=2)
    return figure


@drawn
def learning_curves(histories):
    """Loss, balanced accuracy and learning rate by epoch: one thin line per fold."""
    figure = Figure(figsize=(WIDTH_INCHES, 3.1))
    loss, accuracy, rate = figure.subplots(1, 3)
    many = {"lw": 0.9, "alpha": 0.7}
    for number, history in enumerate(histories):
        epochs = _series(history, "epoch")
        first = {"label": "training"} if number == 0 else {}
        loss.plot(epochs, _series(history, "trainingLoss"), color=GREY, **many, **first)
        validation = _series(history, "validationLoss")
        first = {"label": "validation"} if number == 0 else {}
        loss.plot(epochs, validation, color=BLUE, **many, **first)
        reached = _series(history, "validationBalancedAccuracy")
        accuracy.plot(epochs, reached, color=BLUE, **many)
        rate.step(epochs, _series(history, "learningRate"), where="post", color=BLUE, **many)
        if np.isfinite(validation).any():
            best = int(np.nanargmin(validation))
            marked = {"color": VERMILION, "ms": 4, "zorder": 3}
            first = {"label": "least loss"} if number == 0 else {}
            loss.plot(epochs[best], validation[best], "o", **marked, **first)
            accuracy.plot(epochs[best], reached[best], "o", **marked)
    loss.set_title("Loss")
    legend_below(figure, loss)
    accuracy.set_title("Balanced accuracy, validation")
    accuracy.set_ylim(0, 1.02)
    rate.set_title("Learning rate")
    _halvings(rate, histories)
    for panel in (loss, accuracy, rate):
        panel.set_xlabel("epoch")
        panel.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    return figure


def _halvings(panel, histories):
    """A scale on which every halving of the learning rate is one step, with its value."""
    panel.set_yscale("log", base=2)
    rates = np.unique(np.concatenate([_series(history, "learningRate") for history in histories]))
    rates = rates[np.isfinite(rates)]
    panel.set_yticks(rates, [f"{rate:.2g}" for rate in rates])


def _series(history, name):
    """One column of a history; None, which is a NaN of training, leaves a hole."""
    values = [epoch.get(name) for epoch in history]
    return np.array([np.nan if value is None else value for value in values], float)


@drawn
def confusion(counts, class_names):
    """Counts, shaded by their share of the row's class."""
    counts = np.asarray(counts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = max(3.2, 0.55 * len(class_names) + 1.6)
    figure = Figure(figsize=(side + 0.8, side), layout="compressed")
    panel = figure.subplots()
    panel.grid(False)
    drawing = panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    size = 10 if len(class_names) <= 6 else 8
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.55 else "black" if count else "#c0c6cf"
        panel.text(column, row, count, ha="center", va="center", color=colour, fontsize=size)
    labels = [plain_text(shortened(name)) for name in class_names]
    places = range(len(class_names))
    slanted = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"}
    panel.set_xticks(places, labels, **(slanted if len(class_names) > 4 else {}))
    panel.set_yticks(places, labels)
    panel.set_xlabel("answer")
    panel.set_ylabel("truth")
    panel.spines[:].set_visible(False)
    figure.colorbar(drawing, shrink=0.8, label="share of the class")
    return figure


@drawn
def reliability(calibration):
    """Share of right answers against the probability they were given with, and how many."""
    bins = [b for b in calibration["bins"] if b["count"]]
    figure = Figure(figsize=(4.2, 4.2))
    panel, number = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    panel.plot((0, 1), (0, 1), color=GREY, ls="--", label="as promised")
    confidence, accuracy = ([b[key] for b in bins] for key in ("confidence", "accuracy"))
    panel.plot(confidence, accuracy, "o-", color=BLUE, label="the network")
    panel.set_xlim(0, 1)
    panel.set_ylim(0, 1.02)
    panel.set_ylabel("share of right answers")
    panel.legend(loc="upper left")
    middles = [(b["low"] + b["high"]) / 2 for b in bins]
    number.bar(middles, [b["count"] for b in bins], width=0.09, color=BLUE, alpha=0.5)
    number.set_xlabel("largest probability")
    number.set_ylabel("answers")
    return figure
