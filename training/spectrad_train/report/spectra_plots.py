"""Plots of what a network sees: spectra step by step, images, principal components."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from .drawing import (
    GREY,
    WIDTH_INCHES,
    class_line,
    class_marker,
    drawn,
    legend_below,
    plain_text,
    shortened,
)
from .illustrations import STAGES

CHANNELS = (("GASF", "PuOr", -1, 1), ("GADF", "PuOr", -1, 1), ("MTF", "cividis", 0, 1))
IMAGE_COLUMNS = 6
# Beyond this many points a scatter plot is smaller as an image.
POINTS_MAX = 600


@drawn
def stages(illustrations):
    """Mean and spread per class before and after each step, and what tells the classes apart."""
    shown = [name for name in STAGES if name in illustrations.stages]
    columns = 2
    rows = -(-(len(shown) + 1) // columns)
    figure = Figure(figsize=(WIDTH_INCHES, 2.3 * rows + 0.6))
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for panel, name in zip(panels, shown, strict=False):
        _stage(panel, illustrations, name)
    _differences(panels[len(shown)], illustrations, shown[-1])
    for panel in panels[: len(shown) + 1]:
        panel.set_xlabel("wavelength / nm")
        panel.margins(x=0)
    for panel in panels[len(shown) + 1 :]:
        panel.set_axis_off()
    legend_below(figure, panels[0])
    return figure


def _stage(panel, illustrations, name):
    # Eleven dense bands would hide one another.
    opacity = 0.16 if len(illustrations.class_names) <= 4 else 0.07
    wavelengths_nanometres = illustrations.wavelengths_nanometres
    for number, spectra in _of_each_class(illustrations, name):
        mean, spread = spectra.mean(axis=0), spectra.std(axis=0)
        line, label = class_line(number), _label(illustrations, number)
        low, high = mean - spread, mean + spread
        panel.fill_between(
            wavelengths_nanometres, low, high, color=line["color"], alpha=opacity, lw=0
        )
        panel.plot(wavelengths_nanometres, mean, lw=1.3, label=label, **line)
    panel.set_title(STAGES[name])
    panel.set_ylabel("absorbance" if name == "median" else "arbitrary units")


def _differences(panel, illustrations, name):
    """Class means less the mean of all samples: differences too small for the other panels."""
    everything = np.asarray(illustrations.stages[name])[np.asarray(illustrations.classes) >= 0]
    for number, spectra in _of_each_class(illustrations, name):
        difference = spectra.mean(axis=0) - everything.mean(axis=0)
        panel.plot(illustrations.wavelengths_nanometres, difference, lw=1.3, **class_line(number))
    panel.set_title(f"{STAGES[name]}, class means less the mean of all")
    panel.set_ylabel("arbitrary units")


def _of_each_class(illustrations, name):
    """Number and spectra of every class that occurs."""
    spectra, classes = np.asarray(illustrations.stages[name]), np.asarray(illustrations.classes)
    for number in range(len(illustrations.class_names)):
        if (classes == number).any():
            yield number, spectra[classes == number]


def _label(illustrations, number):
    return plain_text(shortened(illustrations.class_names[number]))


@drawn
def channels(illustrations):
    """The three channels of every class: a column per class, in blocks of six."""
    names = [name for name in illustrations.class_names if name in illustrations.images]
    columns = min(len(names), IMAGE_COLUMNS)
    blocks = -(-len(names) // IMAGE_COLUMNS)
    side = min(2.0, WIDTH_INCHES / (columns + 1))
    size = (columns + 0.9) * side, blocks * (3 * side + 0.4)
    figure = Figure(figsize=size, layout="compressed")
    panels = figure.subplots(3 * blocks, columns, squeeze=False)
    for panel in panels.flat:
        panel.set_axis_off()
    first, last = illustrations.wavelengths_nanometres[0], illustrations.wavelengths_nanometres[-1]
    for place, name in enumerate(names):
        block, column = divmod(place, IMAGE_COLUMNS)
        for row, (channel, colours, low, high) in enumerate(CHANNELS):
            panel = panels[3 * block + row, column]
            panel.set_axis_on()
            panel.grid(False)
            drawing = panel.imshow(
                illustrations.images[name][row],
                cmap=colours,
                vmin=low,
                vmax=high,
                interpolation="none",
                extent=(first, last, last, first),
            )
            panel.tick_params(labelsize=6, labelleft=column == 0, labelbottom=row == 2)
            panel.locator_params(nbins=3)
            if row == 0:
                panel.set_title(plain_text(shortened(name, 20)), fontsize=9 if columns < 4 else 7)
            if column == 0:
                panel.set_ylabel(f"{channel} / nm")
            if place == 0:
                for repeat in range(blocks):
                    of_row = panels[3 * repeat + row].tolist()
                    figure.colorbar(drawing, ax=of_row, shrink=0.8).ax.tick_params(labelsize=6)
    return figure


@drawn
def components(illustrations):
    """The first two principal components of the derivative, with the limit of T squared."""
    figure = Figure(figsize=(0.72 * WIDTH_INCHES, 4.6))
    panel = figure.subplots()
    scores, classes = np.asarray(illustrations.pca_scores), np.asarray(illustrations.classes)
    as_image = len(scores) > POINTS_MAX
    unknown = scores[classes < 0]
    options = {"s": 14, "alpha": 0.6, "linewidths": 0, "rasterized": as_image}
    if len(unknown):
        panel.scatter(*unknown.T, color=GREY, marker=".", label="unknown", **options)
    for number in range(len(illustrations.class_names)):
        rows = scores[classes == number]
        if len(rows):
            label = _label(illustrations, number)
            panel.scatter(*rows.T, label=label, **class_marker(number), **options)
    if illustrations.t2_limit is not None:
        panel.add_patch(t2_ellipse(illustrations))
    panel.set_xlabel("component 1")
    panel.set_ylabel("component 2")
    panel.autoscale_view()
    panel.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


def t2_ellipse(illustrations):
    """Where the squared scores over their variances sum to the limit."""
    width, height = 2 * np.sqrt(illustrations.t2_limit * np.asarray(illustrations.pca_variances))
    return Ellipse((0, 0), width, height, fill=False, ls="--", ec=GREY, label="T² limit")
