"""How the report's plots look, and how they become bytes that are the same every time."""

import functools
import io

from matplotlib import style

# Okabe and Ito's palette without its yellow, which white paper swallows. Lines and markers repeat
# more slowly than colours, so eleven classes differ without any colour.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "h")
GREY = "#6b7280"
WIDTH_INCHES = 9.0
# What a legend's line of text and one entry's handle take, in characters.
LEGEND_CHARACTERS, HANDLE_CHARACTERS = 110, 7

STYLE = {
    "svg.hashsalt": "spectrad-train",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e5e7eb",
    "legend.frameon": False,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
}
RASTER_DPI = 150


def drawn(plot):
    """Makes a function that returns a matplotlib figure return it as SVG bytes.

    The style holds only while the function runs. Without date and with salted identifiers the
    same figure gives the same bytes; no pyplot, so nothing stays behind.
    """

    @functools.wraps(plot)
    def wrapper(*arguments, **options):
        with style.context(["default", STYLE]):
            buffer = io.BytesIO()
            nothing = {"Date": None, "Creator": None}
            plot(*arguments, **options).savefig(
                buffer, format="svg", metadata=nothing, dpi=RASTER_DPI
            )
        return buffer.getvalue()

    return wrapper


def class_line(number):
    """Colour and line of a class."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": LINES[number // len(COLOURS) % len(LINES)],
    }


def class_marker(number):
    """Colour and marker of a class."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "marker": MARKERS[number % len(MARKERS)],
    }


def plain_text(text):
    """Text that matplotlib shows as it is: a dollar sign would start a formula."""
    return str(text).replace("$", r"\$")


def shortened(text, length=24):
    """A name cut in its middle so that it fits an axis: names often differ at their end."""
    text, tail = str(text), length // 3
    return text if len(text) <= length else f"{text[: length - tail - 1]}…{text[-tail:]}"


def legend_below(figure, axes):
    """One legend for the whole figure, below it, in as many rows as it takes."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        widest = max(len(label) for label in labels) + HANDLE_CHARACTERS
        columns = min(len(handles), LEGEND_CHARACTERS // widest)
        figure.legend(handles, labels, loc="outside lower center", ncols=columns)
