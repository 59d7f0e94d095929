#!/usr/bin/env python3
"""Writes golden.json: scan files of an invented scanner and what decoding them must give.

Run it from the repository root: python3 Tests/Golden/acquisition/make_golden.py
It needs only the standard library and shares no code with the program.
"""

import base64
import hashlib
import json
import math
import pathlib
import struct

FORMATS = {
    "plain": ("S(uc#cccccccjjvvu$(f#f#)c#vccccvc#c#vvcvvi#)", (20, 3, 3, 8, 8, 40, 864)),
    "slewHeader": ("S(uc#cccccccjjvvu$(f#f#)c#vccc)", (20, 3, 3, 8)),
    "slewConfiguration": ("S(cvc#c#vc)", (8, 40)),
    "slewSections": ("S(ccvvvv)#", (5,)),
    "slewWords": ("i#", (864,)),
    "configuration": ("S(cvc#c#vvcvv)", (8, 40)),
    "matrix": ("S(c#f#v##)", (19, 50, 19, 50)),
}
FILE_BYTES = 3822
WORDS = 864
SERIAL = b"SIM0001\0"
SHIFT = (-6.0, 0.05, -0.0001)
CURVED = (1800.0, -0.92, -0.000235)
STRAIGHT = (1790.0, -1.0, 0.0)


def image(kind, data):
    text, lengths = FORMATS[kind]
    body = text.encode() + b"\0" + b"".join(struct.pack("<I", n) for n in lengths) + data
    return b"tpl\0" + struct.pack("<I", 8 + len(body)) + body


def padded(data):
    return data + bytes(FILE_BYTES - len(data))


def with_black_words(signal, dark):
    """A black word follows every 24 words of signal."""
    words = []
    for value in signal:
        words.append(value)
        if len(words) % 25 == 24:
            words.append(dark(len(words)))
    return words


def scan_header(scan):
    return struct.pack(
        "<I20s7BhhHHI3d3d8sHBBB",
        1, scan["name"], *scan["date"], scan["system"], scan["detector"], scan["humidity"],
        scan["lamp"], scan["index"], *SHIFT, *scan["coefficients"], SERIAL, len(scan["words"]),
        24, 25, scan["gain"],
    )


def configuration(scan):
    start, end, width, patterns = scan["section"]
    return struct.pack(
        "<BH8s40sHHBHH", scan["type"], scan["id"], SERIAL, scan["name"], start, end, width,
        patterns, scan["repeats"],
    )


def words_data(scan):
    words = scan["words"] + scan.get("tail", [])
    return struct.pack("<864i", *(words + [0] * (WORDS - len(words))))


def plain_file(scan):
    return padded(image("plain", scan_header(scan) + configuration(scan) + words_data(scan)))


def slew_file(scan, sections, garbage=bytes(50)):
    """The file of several sections (start, end, width, patterns, exposure, and 1 for Hadamard)."""
    head = struct.pack(
        "<BH8s40sHB", 2, scan["id"], SERIAL, scan["name"], scan["repeats"], len(sections)
    )
    rows = b"".join(
        struct.pack("<BBHHHH", *kind, width, start, end, patterns, exposure)
        for start, end, width, patterns, exposure, *kind in
        (section if len(section) > 5 else (*section, 0) for section in sections)
    )
    return padded(
        image("slewHeader", scan_header(scan))
        + image("slewConfiguration", head)
        + image("slewSections", rows + garbage[len(rows):])
        + image("slewWords", words_data(scan))
    )


def scan(intensities, dark=lambda i: 30000, base=30000, **changes):
    result = dict(
        name=b"Column 1", type=0, id=113, section=(900, 1700, 6, 228), repeats=6,
        date=(26, 1, 15, 4, 12, 34, 56), system=2345, detector=2510, humidity=4567, lamp=3000,
        index=0x00030002, coefficients=CURVED, gain=64,
    )
    result.update(changes)
    result["words"] = with_black_words([base + v for v in intensities], dark)
    return result


# What decoding must give.

def toward_zero(a, b):
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def column_of(wavelength, c):
    if c[2] == 0:
        return (wavelength - c[0]) / c[1]
    root = math.sqrt(c[1] * c[1] - 4 * c[2] * (c[0] - wavelength))
    roots = [(-c[1] + sign * root) / (2 * c[2]) for sign in (1, -1)]
    return next(x for x in roots if 0 <= x <= 853)


def wavelengths(scan):
    start, end, width, patterns = scan["section"]
    c = scan["coefficients"]
    first, last = column_of(start, c), column_of(end, c)
    step = (last - first) / (patterns - 1) if patterns > 1 else 0.0
    result, x = [], first
    for _ in range(patterns):
        middle = int(x) - (0.0 if width % 2 else 0.5)
        result.append(c[2] * middle * middle + c[1] * middle + c[0])
        x += step
    return result


def signal_of(scan):
    words = scan["words"]
    is_black = [i >= 24 and (i - 24) % 25 == 0 for i in range(len(words))]
    blacks = [w for w, black in zip(words, is_black) if black]
    dark = toward_zero(sum(blacks), len(blacks)) if blacks else 0
    return [w - dark for w, black in zip(words, is_black) if not black]


def place(x, xs):
    for j, value in enumerate(xs):
        if value == x:
            return "on", j
        if value > x:
            return ("before", 0) if j == 0 else ("between", j)
    return "after", len(xs) - 1


def interpolate(x, xs, ys, truncate):
    kind, j = place(x, xs)
    cut = int if truncate else (lambda v: v)
    if kind == "on":
        value = ys[j]
    elif kind == "before":
        value = ys[0] - cut((xs[0] - x) * (ys[1] - ys[0]) / (xs[1] - xs[0]))
    elif kind == "between":
        value = ys[j] - cut((xs[j] - x) / (xs[j] - xs[j - 1]) * (ys[j] - ys[j - 1]))
    else:
        value = ys[j] + cut((x - xs[j]) * (ys[j] - ys[j - 1]) / (xs[j] - xs[j - 1]))
    return max(value, 0)


def line(a, b, at_a, at_b, x):
    """The integer line through (a, at_a) and (b, at_b), truncated toward zero from its near end."""
    if x < a and x < b:
        return at_a - toward_zero((a - x) * (at_b - at_a), b - a)
    if x > a and x > b:
        return at_b + toward_zero((x - b) * (at_b - at_a), b - a)
    return at_b - toward_zero((b - x) * (at_b - at_a), b - a)


def width_factors(matrix, reference_width, scan_width):
    widths, _, rows = matrix
    i = next(k for k, w in enumerate(widths) if w >= reference_width)
    factors = []
    for j in range(50):
        a, b = (0, 1) if i == 0 else (17, 18) if i == 18 else (i, i - 1)
        numerator = line(widths[a], widths[b], rows[a][j], rows[b][j], scan_width)
        if widths[i] == reference_width:
            denominator = rows[i][j]
        else:
            denominator = line(
                widths[i - 1], widths[i], rows[i - 1][j], rows[i][j], reference_width
            )
        factors.append(numerator / denominator)
    return factors


def reference_signal(scan, reference, matrix):
    values = signal_of(reference)
    if scan["section"] != reference["section"]:
        wanted, have = wavelengths(scan), wavelengths(reference)
        values = [interpolate(x, have, values, True) for x in wanted]
        widths = (reference["section"][2], scan["section"][2])
        if widths[0] != widths[1]:
            factors = width_factors(matrix, *widths)
            at = [interpolate(x, matrix[1], factors, False) for x in wanted]
            values = [int(v * f) for v, f in zip(values, at)]
    if scan["gain"] != reference["gain"]:
        values = [toward_zero(v * scan["gain"], reference["gain"]) for v in values]
    return values


def invented_matrix():
    widths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30, 40, 50]
    points = [900.77 + k * (1700.61 - 900.77) / 49 for k in range(50)]
    shape = [0.2 + 0.8 * math.exp(-(((p - 1320) / 260) ** 2)) for p in points]
    rows = [[min(65535, int(1300 * s * (w - 0.2))) for s in shape] for w in widths]
    return widths, points, rows


def lamp(count, height, ripple):
    return [
        int(height * math.exp(-(((k / count) - 0.52) / 0.33) ** 2) + ripple * math.sin(k / 5.0))
        for k in range(count)
    ]


def main():
    matrix = invented_matrix()
    matrix_file = image(
        "matrix",
        bytes(matrix[0]) + struct.pack("<50d", *matrix[1])
        + b"".join(struct.pack("<50H", *row) for row in matrix[2]),
    )
    matrix_file += bytes(2428 - len(matrix_file))

    v1 = scan([50000 + 1000 * k - 4 * k * k for k in range(228)])
    hadamard = scan([4000 + 40 * k for k in range(228)], name=b"Hadamard 1", type=1, id=114)
    # The published digest of the same file, made by somebody else's encoder.
    assert hashlib.sha256(plain_file(v1)).hexdigest().startswith("d26566eb1ffecbd2")

    uneven = lambda i: 30000 + (i * 37) % 613 - 300
    reference = scan(
        lamp(228, 600000, 3000), uneven, name=b"SystemTest", repeats=30, index=0x00020001,
        date=(15, 12, 15, 2, 15, 25, 44), tail=[-1, 2 ** 31 - 1, -(2 ** 31)],
    )
    reference_gain_8 = dict(reference, gain=8)
    # A width between two rows of the matrix.
    reference_width_11 = scan(
        lamp(228, 600000, 3000), uneven, name=b"SystemTest", section=(900, 1700, 11, 228),
    )
    narrow = lambda **c: scan(lamp(120, 400000, 900), uneven, **c)
    cases = [
        ("the plain Column vector", v1, reference),
        ("another gain", scan(lamp(228, 300000, 2000), uneven, gain=16), reference_gain_8),
        ("a narrower range", narrow(section=(950, 1650, 6, 120)), reference),
        ("an odd and smaller width", narrow(section=(901, 1699, 5, 120)), reference),
        ("a greater width", narrow(section=(900, 1700, 21, 120), gain=32), reference_gain_8),
        ("the smallest width", narrow(section=(930, 1500, 1, 120)), reference),
        ("a width between rows", narrow(section=(930, 1500, 8, 120)), reference_width_11),
        # Steps of -10/3 columns: adding them and multiplying round to different columns.
        ("straight coefficients",
         scan(lamp(181, 400000, 900), uneven, section=(1000, 1600, 7, 181), coefficients=STRAIGHT),
         dict(reference, coefficients=STRAIGHT, section=(940, 1790, 6, 228))),
        ("negative counts", scan([-5 * k for k in range(228)], lambda i: -30001, -30000), reference),
        ("many patterns", scan(lamp(400, 200000, 99), uneven, section=(900, 1700, 2, 400)),
         reference),
        ("one pattern", scan([123456], section=(900, 1700, 6, 1)), reference),
    ]
    encode = lambda data: base64.b64encode(data).decode()
    golden = {
        "matrixFile": encode(matrix_file),
        "configuration": encode(image("configuration", configuration(dict(v1, id=0)).replace(
            SERIAL, bytes(8)))),
        "refusedFiles": {
            "hadamardScan": encode(plain_file(hadamard)),
            "slewHadamard": encode(
                slew_file(hadamard, [(900, 1300, 6, 100, 0), (1300, 1700, 6, 128, 0, 1)])
            ),
        },
        "cases": [
            {
                "name": name,
                "scanFile": encode(plain_file(s)),
                "referenceFile": encode(plain_file(r)),
                "wavelengthsNanometres": wavelengths(s),
                "sampleSignal": signal_of(s),
                "referenceSignal": reference_signal(s, r, matrix),
                "maximumRawCount": max(s["words"]),
            }
            for name, s, r in cases
        ],
    }
    target = pathlib.Path("Tests/Golden/acquisition/golden.json")
    target.write_text(json.dumps(golden, indent=0, separators=(",", ":")) + "\n")
    print(target, target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
