"""Makes jcamp_*.jdx and jcamp.txt: one spectrum in every number form of JCAMP-DX, and its values.

Run from the repository root. The encoder here follows the published description of the forms and
knows nothing of the program's decoder. The points run down in 1/cm, as infrared spectra usually do.
jcamp.txt holds a point per line in the file's order: wavenumber, absorbance.
"""

import pathlib
import random

FOLDER = pathlib.Path("Tests/Golden/recordings")
POINTS = 257
FIRST, LAST = 11111.25, 5863.25
FACTOR = 0.0009765625
LINE = 76

SQUEEZED = {"+": "@ABCDEFGHI", "-": "@abcdefghi"}
DIFFERENCE = {"+": "%JKLMNOPQR", "-": "%jklmnopqr"}
REPEATED = " STUVWXYZs"


def spectrum() -> list[int]:
    """Steps, ramps, plateaus and noise, so that every form has something to do."""
    generator = random.Random(20261121)
    values, value = [], 300
    while len(values) < POINTS:
        kind = generator.randrange(4)
        slope = generator.choice([-13, -1, 0, 0, 1, 7])
        for _ in range(generator.randrange(1, 25)):
            value += generator.randrange(-2000, 2001) if kind == 3 else slope
            values.append(value)
    return values[:POINTS]


def letters(value: int, table: dict[str, str]) -> str:
    digits = str(abs(value))
    return table["-" if value < 0 else "+"][int(digits[0])] + digits[1:]


def repeated(tokens: list[str]) -> list[str]:
    """Writes equal neighbours once, with their number."""
    result, index = [], 0
    while index < len(tokens):
        count = 1
        while index + count < len(tokens) and tokens[index + count] == tokens[index]:
            count += 1
        result.append(tokens[index])
        if count > 1:
            digits = str(count)
            result.append(REPEATED[int(digits[0])] + digits[1:])
        index += count
    return result


def tokens(values: list[int], form: str) -> list[str]:
    if form == "fix":
        return [f"{value:>8}" for value in values]
    if form == "pac":
        return [f"{value:+d}" for value in values]
    if form.startswith("sqz"):
        made = [letters(value, SQUEEZED) for value in values]
        return repeated(made) if form == "sqzdup" else made
    steps = [letters(b - a, DIFFERENCE) for a, b in zip(values, values[1:])]
    steps = repeated(steps) if form == "difdup" else steps
    return [letters(values[0], SQUEEZED), *steps]


def table(values: list[int], form: str) -> list[str]:
    """Fills lines; one that ends with a difference is followed by one that repeats its last value."""
    lines, start = [], 0
    while start < len(values):
        x = f"{FIRST + start * (LAST - FIRST) / (POINTS - 1):.2f}"
        count = 1
        while start + count < len(values):
            if len(x + "".join(tokens(values[start : start + count + 1], form))) > LINE:
                break
            count += 1
        lines.append(x + "".join(tokens(values[start : start + count], form)))
        isLast = start + count == len(values)
        hasDifferences = form.startswith("dif") and count > 1
        if isLast and hasDifferences:
            x = f"{LAST:.2f}"
            lines.append(x + letters(values[-1], SQUEEZED))
        start += count - 1 if hasDifferences and not isLast else count
    return lines


def main() -> None:
    values = spectrum()
    for form in ["fix", "pac", "sqz", "sqzdup", "dif", "difdup"]:
        lines = [
            f"##TITLE= {form}",
            "##JCAMP-DX= 4.24",
            "##DATA TYPE= INFRARED SPECTRUM",
            "##XUNITS= 1/CM",
            "##YUNITS= ABSORBANCE",
            f"##FIRSTX= {FIRST}",
            f"##LASTX= {LAST}",
            f"##NPOINTS= {POINTS}",
            "##XFACTOR= 1.0",
            f"##YFACTOR= {FACTOR}",
            "##XYDATA= (X++(Y..Y))",
            *table(values, form),
            "##END=",
        ]
        (FOLDER / f"jcamp_{form}.jdx").write_text("\n".join(lines) + "\n")
    points = [
        f"{FIRST + index * (LAST - FIRST) / (POINTS - 1)!r} {value * FACTOR!r}"
        for index, value in enumerate(values)
    ]
    (FOLDER / "jcamp.txt").write_text("\n".join(points) + "\n")


if __name__ == "__main__":
    main()
