"""Checks the formats of `spectractl convert` with readers that know nothing of it.

    check_exchange.py SPECTRACTL FOLDER

FOLDER holds donors.scans.ndjson, whose values every reader must find. Doubles are written so that
they read back exactly; only the logarithm is worked out twice, hence the last bit of tolerance.
"""

import json
import subprocess
import sys
from pathlib import Path

import jcamp
import nirs4all_formats
import numpy as np
import pandas

SPECTRACTL, FOLDER = sys.argv[1], Path(sys.argv[2])
# What InnoSpectra's program calls JCAMP-DX: values behind commas, its own labels, a "peak table".
VENDORS = """\
##TITLE=Milk
##JCAMP-DX=4.24
##DATA TYPE=INFRARED SPECTRUM
##Method:,Milk,Built-In Reference,,,Model Name,NIR-M-R2
##Host Date-Time:,19/11/24 @ 9:33:31,1/2/19 @ 1:2:3,,,GUI Version,2.1.0
##Header Version:,1,1,,,Tiva Version,2.1.0.67
##System Temp (C):,37.31,22,,,DLPC Version,4.2
##Humidity (%):,3,44,,,Main Board Version,F
##Serial Number:,C36R011,C36R011
##Scan Config Name:,Milk,SystemTest
##Start wavelength (nm):,900,850
##End wavelength (nm):,1700,1750
##NPOINTS=3
##XUNITS=Wavelength(nm)
##YUNITS=Absorbance(AU)
##FIRSTX=901.5
##LASTX=909.25
##PEAK TABLE=X+(Y..Y)
901.5,0.174092
905.25,0.180001
909.25,0.25
##END=
"""


class Recording:
    """A native recording, its absorbance worked out here."""

    def __init__(self, path: Path):
        header, *self.scans = [json.loads(line) for line in path.read_text().splitlines()]
        self.wavelengths = np.array(header["wavelengthsNanometres"])
        self.absorbance = np.array([self._absorbance(scan) for scan in self.scans])

    @staticmethod
    def _absorbance(scan: dict) -> np.ndarray:
        if "absorbance" in scan:
            return np.array(scan["absorbance"], dtype=float)
        sample, reference = (np.array(scan[f"{kind}Signal"]) for kind in ("sample", "reference"))
        return np.log10(reference / sample)


def convert(source: Path, name: str) -> Path:
    target = FOLDER / name
    subprocess.run([SPECTRACTL, "convert", source, target], check=True, stdout=subprocess.DEVNULL)
    return target


def check_equal(found: object, expected: object, what: str, tolerance: float = 1e-15) -> None:
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    assert found.shape == expected.shape, f"{what}: {found.shape}, expected {expected.shape}"
    worst = np.abs(found - expected).max()
    assert worst <= tolerance, f"{what}: {worst} apart, expected at most {tolerance}"
    print(f"  {what}: {found.size} values, {worst:.1e} apart at most")


def check_jcamp(path: Path, recording: Recording) -> None:
    file = jcamp.readfile(str(path))
    blocks = file.get("children") or [file]
    check_equal([block["y"] for block in blocks], recording.absorbance, f"{path.name} in jcamp")
    for block, scan in zip(blocks, recording.scans):
        assert np.array_equal(block["x"], recording.wavelengths), "jcamp: other wavelengths"
        assert block["title"] == scan["sample"], f"jcamp: title {block['title']}"
        assert block["xunits"] == "NANOMETERS" and block["yunits"] == "ABSORBANCE", block
        assert float(block["$system temperature"]) == scan["temperatureCelsius"], block


def check_nirs4all(path: Path, recording: Recording) -> None:
    """Scans are the signals of one record in JCAMP-DX and records of one signal in CSV."""
    records = list(nirs4all_formats.open_recordset(str(path)))
    for record in records:
        assert not record.provenance.warnings, record.provenance.warnings
        assert not record.quality_flags, record.quality_flags
    # Their names are signal_1, signal_2, …, or signal where there is one.
    signals = [
        record.signals[name]
        for record in records
        for name in sorted(record.signals, key=lambda name: int(name.partition("_")[2] or 0))
    ]
    values = [np.asarray(signal.values) for signal in signals]
    check_equal(values, recording.absorbance, f"{path.name} in nirs4all-formats")
    for signal in signals:
        assert signal.axis.unit == "nm", signal.axis
        assert np.array_equal(signal.axis.values, recording.wavelengths), "other wavelengths"


def check_pandas(path: Path, recording: Recording) -> None:
    """The rules of Orange are checked too: numbers alone below a wavelength, one header row."""
    table = pandas.read_csv(path)
    spectra = table.filter(regex=r"^[0-9.]+$")
    check_equal(spectra.columns.astype(float), recording.wavelengths, f"{path.name} headers", 0)
    assert all(kind == float for kind in spectra.dtypes), spectra.dtypes
    check_equal(spectra, recording.absorbance, f"{path.name} in pandas")
    members = {"temperature": "temperatureCelsius", "humidity": "relativeHumidityPercent"}
    for column, member in members.items():
        assert list(table[column]) == [scan[member] for scan in recording.scans], column
    assert list(table["donation_id"]) == [scan["sample"] for scan in recording.scans]
    for target in recording.scans[0]["labels"]:
        assert list(table[target]) == [scan["labels"][target] for scan in recording.scans], target


def main() -> None:
    donors = FOLDER / "donors.scans.ndjson"
    recording = Recording(donors)
    many, table = convert(donors, "donors.jdx"), convert(donors, "donors.csv")
    check_jcamp(many, recording)
    check_nirs4all(many, recording)
    check_pandas(table, recording)
    check_nirs4all(table, recording)

    one = FOLDER / "one.scans.ndjson"
    one.write_text("".join(donors.read_text().splitlines(keepends=True)[:2]))
    check_jcamp(convert(one, "one.jdx"), Recording(one))

    # There and back: what JCAMP-DX and the wide CSV hold comes back as it went.
    for path in (many, table):
        back = Recording(convert(path, f"{path.suffix[1:]}-back.scans.ndjson"))
        check_equal(back.absorbance, recording.absorbance, f"{path.name} read back")
        assert [scan["labels"] for scan in back.scans] == [
            scan["labels"] for scan in recording.scans
        ]

    vendors = FOLDER / "milk.jdx"
    vendors.write_text("\ufeff" + VENDORS.replace("\n", "\r\n"), newline="")
    milk = jcamp.readfile(str(convert(vendors, "milk-conformant.jdx")))
    check_equal(milk["x"], [901.5, 905.25, 909.25], "the vendor's JCAMP-DX, x", 0)
    check_equal(milk["y"], [0.174092, 0.180001, 0.25], "the vendor's JCAMP-DX, y", 0)


main()
