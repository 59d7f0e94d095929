#!/usr/bin/env python3
"""Writes sections.json: slew scan files of an invented scanner and what decoding them must give.

Run it from the repository root: python3 Tests/Golden/acquisition/make_sections.py
It needs only the standard library and shares no code with the program. Points are those of all
sections sorted by wavelength; of points that share one the first that was measured is kept. The
arithmetic of one section is that of make_golden.py.

Lists of numbers are packed little-endian (float64, int32) in base64, so that the file stays small.
"""

import base64
import hashlib
import json
import pathlib
import random
import struct

import make_golden as golden

SEED = 20261121


def patterns_of(sections):
    return sum(section[3] for section in sections)


def pattern_wavelengths(sections, coefficients):
    """One list per section, in the order of measurement."""
    return [
        golden.wavelengths({"section": section[:4], "coefficients": coefficients})
        for section in sections
    ]


def order_of_points(wavelengths):
    """Which pattern each point shows."""
    order = []
    for pattern in sorted(range(len(wavelengths)), key=lambda k: wavelengths[k]):
        if not order or wavelengths[pattern] > wavelengths[order[-1]]:
            order.append(pattern)
    return order


def reference_counts(scan, sections, reference, reference_sections, matrix):
    """What the reference would have shown, pattern by pattern, at the scan's gain."""
    values = golden.signal_of(reference)
    if [s[:4] for s in sections] != [s[:4] for s in reference_sections]:
        (own,) = reference_sections
        have = pattern_wavelengths([own], reference["coefficients"])[0]
        fitted = []
        for section, wanted in zip(
            sections, pattern_wavelengths(sections, scan["coefficients"])
        ):
            counts = [golden.interpolate(x, have, values, True) for x in wanted]
            if len(sections) > 1 or section[2] != own[2]:
                factors = golden.width_factors(matrix, own[2], section[2])
                at = [golden.interpolate(x, matrix[1], factors, False) for x in wanted]
                counts = [int(v * f) for v, f in zip(counts, at)]
            fitted += counts
        values = fitted
    if scan["gain"] != reference["gain"]:
        values = [golden.toward_zero(v * scan["gain"], reference["gain"]) for v in values]
    return values


def garbage(numbers, count):
    return bytes(numbers.randrange(256) for _ in range(count))


def slew_file(scan, sections, numbers):
    """A file whose unused sections and words are garbage, as those of real scanners."""
    unused = golden.WORDS - len(scan["words"])
    scan = dict(scan, tail=[numbers.randrange(-(2**31), 2**31) for _ in range(unused)])
    return golden.slew_file(scan, sections, garbage(numbers, 50))


def lamp_scan(numbers, sections, height, **changes):
    counts = golden.lamp(patterns_of(sections), height, height / 100)
    dark = lambda index: 30000 + (index * 37) % 613 - 300
    return golden.scan([max(1, c) for c in counts], dark, **changes)


def random_sections(numbers, count):
    sections = []
    for _ in range(count):
        start = numbers.randint(900, 1600)
        end = numbers.randint(start + 40, 1700)
        # A step of less than one column would repeat wavelengths, which is one case of its own.
        patterns = numbers.randint(2, min(60, (end - start) // 2))
        sections.append(
            (start, end, numbers.choice([1, 2, 5, 6, 7, 9, 12, 20, 33, 50]), patterns,
             numbers.randint(0, 6))
        )
    return sections


def packed(kind, values):
    return base64.b64encode(struct.pack(f"<{len(values)}{kind}", *values)).decode()


def case(name, scan, sections, file, reference, matrix):
    reference_name, reference_scan, reference_sections = reference
    wavelengths = sum(pattern_wavelengths(sections, scan["coefficients"]), [])
    order = order_of_points(wavelengths)
    signal = golden.signal_of(scan)
    counts = reference_counts(scan, sections, reference_scan, reference_sections, matrix)
    return {
        "name": name,
        "scanFile": base64.b64encode(file).decode(),
        "reference": reference_name,
        "wavelengths": packed("d", [wavelengths[k] for k in order]),
        "sampleSignal": packed("i", [signal[k] for k in order]),
        "referenceSignal": packed("i", [counts[k] for k in order]),
        "maximumRawCount": max(scan["words"]),
    }


def main():
    numbers = random.Random(SEED)
    matrix = golden.invented_matrix()
    references = {}
    for name, width, gain in (("width 6", 6, 64), ("width 11, gain 8", 11, 8), ("width 1", 1, 16)):
        section = (900, 1700, width, 228, 0)
        scan = lamp_scan(
            numbers, [section], 600000, name=b"SystemTest", repeats=30, gain=gain,
            section=section[:4],
        )
        references[name] = (name, scan, [section], slew_file(scan, [section], numbers))

    # The published vectors 2 and 4, whose digests somebody else's encoder made.
    one = [(900, 1700, 6, 228, 0)]
    two = [(900, 1300, 6, 100, 0), (1300, 1700, 9, 80, 1)]
    vector2 = golden.scan([50000 + 1000 * k - 4 * k * k for k in range(228)])
    vector4 = golden.scan([20000 + 100 * k for k in range(180)], name=b"Two", id=115)
    cases = []
    for name, scan, sections, digest in (
        ("vector 2", vector2, one, "47d87a248aa746814f5de1d184f985c0"),
        ("vector 4", vector4, two, "3d5c2274eb6b9c5335bcd4249c6160a3"),
    ):
        file = golden.slew_file(scan, sections)
        assert hashlib.sha256(file).hexdigest().startswith(digest)
        cases.append(case(name, scan, sections, file, references["width 6"][:3], matrix))

    def add(name, sections, reference, **changes):
        scan = lamp_scan(numbers, sections, 400000, **changes)
        file = slew_file(scan, sections, numbers)
        cases.append(case(name, scan, sections, file, reference[:3], matrix))

    add("a section twice", [(950, 1300, 6, 50, 0)] * 2, references["width 6"])
    add("more patterns than columns", [(1000, 1060, 3, 120, 0)], references["width 6"])
    add("equal width between the matrix's rows", [(900, 1200, 11, 40, 0), (1250, 1700, 11, 40, 2)],
        references["width 11, gain 8"])
    for index in range(12):
        # As the lamp of another scanner: coefficients differ from those of the reference.
        coefficients = tuple(
            c * (1 + numbers.uniform(-1e-3, 1e-3)) for c in golden.CURVED
        ) if index % 3 == 2 else golden.CURVED
        name = numbers.choice(list(references))
        add(f"random {index}", random_sections(numbers, 1 + index % 5), references[name],
            gain=numbers.choice([1, 2, 4, 8, 16, 32, 64]), coefficients=coefficients)
    # A reference that a user measured has the scan's own sections, here with another gain.
    own = [(1100, 1500, 5, 60, 0), (900, 1250, 8, 40, 3), (1500, 1700, 2, 30, 1)]
    scan = lamp_scan(numbers, own, 700000, gain=32, repeats=30)
    references["own sections"] = ("own sections", scan, own, slew_file(scan, own, numbers))
    add("the reference's own sections", own, references["own sections"], gain=8)

    result = {
        "references": {
            name: base64.b64encode(reference[3]).decode()
            for name, reference in references.items()
        },
        "cases": cases,
    }
    target = pathlib.Path("Tests/Golden/acquisition/sections.json")
    target.write_text(json.dumps(result, indent=0, separators=(",", ":")) + "\n")
    print(target, target.stat().st_size, "bytes,", len(cases), "cases")


if __name__ == "__main__":
    main()
