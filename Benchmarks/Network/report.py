"""The tables in Markdown."""

from itertools import groupby
from pathlib import Path

from engines import OURS

# How many times as fast as the fastest peer: what must be, and what is aimed at.
GOALS = {
    "R": (1.75, 1.95), "S": (2.6, 3.0), "Rsmall": (1.15, 1.4),
    "R76": (1.4, None), "S76": (1.9, None), "Rsmall76": (1.0, None),
}
COLUMNS = (
    "network", "engine", "median µs", "minimum µs", "p99 µs", "speed / fastest peer's",
    "of int8 peak", "load ms", "first inference ms", "resident MiB", "largest difference",
)
GOAL_COLUMNS = (
    "network", "fastest peer", "its median µs", "ours µs", "ratio", "goal", "aim", "of minima",
)
PEER_PACKAGES = ("onnxruntime", "openvino", "ai-edge-litert", "ncnn")


def number(value, digits):
    return "–" if value is None else f"{value:.{digits}f}"


def line(cells):
    return f"| {' | '.join(cells)} |"


def head(columns, left=2):
    return [line(columns), "|" + "---|" * left + "---:|" * (len(columns) - left)]


def by_network(measurements):
    groups = groupby(measurements, key=lambda each: each.variant.name)
    return {name: list(group) for name, group in groups}


def peers_with_figures(group):
    return [each for each in group if each.engine != OURS and each.has_figures]


def fastest_peer(group):
    """The measurement of the fastest peer, if any peer has one."""
    return min(peers_with_figures(group), key=lambda each: each.median, default=None)


def row(each, fastest, peak):
    """One engine: what it took, or why it has nothing to show."""
    names = [each.variant.name, each.engine]
    if not each.has_figures:
        reason = (each.failure or "no figures").replace("|", "/").splitlines()[0]
        return line([*names, reason, *["–"] * (len(COLUMNS) - 3)])
    return line([
        *names, number(each.median, 0), number(each.minimum, 0), number(each.p99, 0),
        number(fastest and fastest.median / each.median, 2),
        number(each.peak_fraction(peak), 2), number(each.load_milliseconds, 1),
        number(each.first_milliseconds, 2), number(each.resident_mebibytes, 0),
        "0" if each.difference == 0 else number(each.difference, 4),
    ])


def goal_row(name, group):
    ours = next(each for each in group if each.engine == OURS)
    fastest = fastest_peer(group)
    if not (ours.has_figures and fastest):
        return line([name, *["–"] * (len(GOAL_COLUMNS) - 1)])
    ratio = fastest.median / ours.median
    least = min(each.minimum for each in peers_with_figures(group)) / ours.minimum
    goal, aim = GOALS[name]
    return line([
        name, fastest.engine, number(fastest.median, 0), number(ours.median, 0), number(ratio, 2),
        f"{goal:.2f} {'reached' if ratio >= goal else 'missed'}", number(aim, 2), number(least, 2),
    ])


def absent(measurements):
    """A warning where peers have no figures: the fastest of them may be among those."""
    names = sorted({each.engine for each in measurements if not each.has_figures})
    text = f"No figures of {', '.join(names)}: the ratios are to the fastest of the rest."
    return ["", text] if names else []


def versions():
    """The peers' packages as they are pinned."""
    folder = Path(__file__).parent / "requirements"
    lines = [text for file in folder.glob("*.txt") for text in file.read_text().split()]
    pins = dict(text.split("==") for text in lines)
    return ", ".join(f"{name} {pins[name]}" for name in PEER_PACKAGES)


def interpreter_mebibytes(measurements):
    found = [each.interpreter_bytes for each in measurements if each.interpreter_bytes]
    return min(found, default=0) / 2**20


def report(measurements, peak, instruction, processor):
    """Both tables, with what was measured where."""
    groups = by_network(measurements)
    counts = [len(each.times) for each in measurements if each.has_figures]
    rows = [row(each, fastest_peer(group), peak) for group in groups.values() for each in group]
    text = [
        f"{processor}, one core, one thread; {max(counts, default=0)} inferences of each; "
        f"{versions()}.",
        "",
        *head(COLUMNS), *rows,
        "",
        f"The peak is {peak / 1e9:.0f} G products a second ({instruction or 'not known'}), of the "
        "same run. Its fraction counts the products of direct convolutions over the whole input: "
        "leaving pixels out that reach no output, or Winograd, can bring it above 1. Of a peer's "
        f"memory {interpreter_mebibytes(measurements):.0f} MiB are Python with numpy.",
        "",
        *head(GOAL_COLUMNS),
        *(goal_row(name, group) for name, group in groups.items()), *absent(measurements),
    ]
    return "\n".join(text)
