"""Makes powders.txt: what the 1,100 powder scans hold, added up per laboratory group.

Reads ../shared/data/nirscan_powders/raw (or $TEST_SHARED_DATA/nirscan_powders/raw); run from
the repository root. Only sums go into the file. Each value is multiplied by a number that depends
on its file and point, so that a swapped, lost or changed value changes the sum.
"""

import csv
import datetime
import os
import pathlib

SHARED = pathlib.Path(os.environ.get("TEST_SHARED_DATA", "../shared/data"))
OUTPUT = pathlib.Path("Tests/Golden/recordings/powders.txt")
KEYS = {
    "System Temp hundredths:": "temperature",
    "Detector Temp hundredths:": "detector",
    "Humidity hundredths:": "humidity",
    "Lamp PD:": "lamp",
    "PGA Gain:": "gain",
    "Num Repeats:": "repeats",
    "Serial Number:": "serial",
}
COLUMNS = ["files", *KEYS.values(), "time", "wavelengths", "reference", "sample"]


def add_file(sums: dict[str, int], path: pathlib.Path, number: int) -> None:
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    title = next(i for i, line in enumerate(lines) if line[0] == "Wavelength (nm)")
    sums["files"] += 1
    for line in lines[:title]:
        if line[0] in KEYS:
            sums[KEYS[line[0]]] += number * int(line[1])
        if line[0] == "Host Date-Time:":
            time = datetime.datetime.strptime(line[1], "%d/%m/%y @ %H:%M:%S")
            sums["time"] += number * int(time.replace(tzinfo=datetime.UTC).timestamp())
    for point, (wavelength, _, reference, sample) in enumerate(lines[title + 1 :], start=1):
        weight = number * 1009 + point
        sums["wavelengths"] += weight * int(wavelength.replace(".", ""))
        sums["reference"] += weight * int(float(reference))
        sums["sample"] += weight * int(float(sample))


def main() -> None:
    rows = ["group " + " ".join(COLUMNS)]
    for group in sorted((SHARED / "nirscan_powders" / "raw").iterdir()):
        sums = dict.fromkeys(COLUMNS, 0)
        for number, path in enumerate(sorted(group.glob("*.csv")), start=1):
            add_file(sums, path, number)
        rows.append(" ".join([group.name, *(str(sums[column]) for column in COLUMNS)]))
    OUTPUT.write_text("\n".join(rows) + "\n")


main()
