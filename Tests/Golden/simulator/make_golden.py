#!/usr/bin/env python3
"""Writes the golden bytes of the simulator's encoders: run from the repository root.

Everything is packed here with struct alone, from the description of the scanner's formats, so that
it shares no code with the Swift encoder. All numbers belong to an invented scanner, SIM0001. The
checksums are those that a third, separate implementation arrived at.
"""
import hashlib
import json
import pathlib
import struct

FOLDER = pathlib.Path(__file__).parent
SERIAL = b"SIM0001"
SHIFT = (-6.0, 0.05, -0.0001)
PIXEL_TO_WAVELENGTH = (1800.0, -0.92, -0.000235)
DARK = 30000
FILE_BYTES = 3822
WORDS = 864


def image(format_string, lengths, data):
    body = format_string + b"\0" + b"".join(struct.pack("<I", n) for n in lengths) + data
    return b"tpl\0" + struct.pack("<I", 8 + len(body)) + body


def header(word_count):
    return (
        struct.pack("<I20s", 1, b"Column 1")
        + bytes([26, 1, 15, 4, 12, 34, 56])
        + struct.pack("<hhHHI", 2345, 2510, 4567, 3000, 0x00030002)
        + struct.pack("<6d", *SHIFT, *PIXEL_TO_WAVELENGTH)
        + struct.pack("<8sHBBB", SERIAL, word_count, 24, 25, 64)
    )


def words(signal):
    result = []
    for index, value in enumerate(signal):
        result.append(DARK + value)
        if index % 24 == 23:
            result.append(DARK)
    return result


def checked(name, data, checksum):
    assert hashlib.sha256(data).hexdigest() == checksum, name
    return data.hex()


def main():
    adc = words([50000 + 1000 * k - 4 * k * k for k in range(228)])
    packed = struct.pack("<864i", *adc, *[0] * (WORDS - len(adc)))
    plain_record = struct.pack("<BH8s40sHHBHH", 0, 113, SERIAL, b"Column 1", 900, 1700, 6, 228, 6)
    slew_head = struct.pack("<BH8s40sHB", 2, 113, SERIAL, b"Column 1", 6, 1)
    slew_sections = struct.pack("<BBHHHH", 0, 6, 900, 1700, 228, 0) + bytes(40)
    slew = image(b"S(cvc#c#vc)", [8, 40], slew_head) + image(b"S(ccvvvv)#", [5], slew_sections)
    plain_file = image(
        b"S(uc#cccccccjjvvu$(f#f#)c#vccccvc#c#vvcvvi#)",
        [20, 3, 3, 8, 8, 40, 864],
        header(len(adc)) + plain_record + packed,
    )
    slew_file = (
        image(b"S(uc#cccccccjjvvu$(f#f#)c#vccc)", [20, 3, 3, 8], header(len(adc)))
        + slew
        + image(b"i#", [864], packed)
    )
    golden = {
        "plainConfiguration": image(b"S(cvc#c#vvcvv)", [8, 40], plain_record).hex(),
        "slewConfiguration": slew.hex(),
        "calibration": image(
            b"S(f#f#)", [3, 3], struct.pack("<6d", *SHIFT, *PIXEL_TO_WAVELENGTH)
        ).hex(),
        "plainScan": checked(
            "plain",
            plain_file.ljust(FILE_BYTES, b"\0"),
            "d26566eb1ffecbd2dca17103d2568c56b8310e71e3a7e431555b7d560020656f",
        ),
        "slewScan": checked(
            "slew",
            slew_file.ljust(FILE_BYTES, b"\0"),
            "47d87a248aa746814f5de1d184f985c01d0711b92d4c841eb2d11a8ad439ade9",
        ),
    }
    (FOLDER / "encodings.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
