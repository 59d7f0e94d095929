#!/usr/bin/env python3
"""The udev rule links by serial number where the string is one, and never outside its folder."""

from pathlib import Path

from laboratory import bus, rule, tap
from laboratory.programs import Simulator, synthesize

LINKS = Path("/dev/spectrad/by-serial")


def links_with(serial: str) -> list[str]:
    """The links of a scanner whose serial number string is this one."""
    connection.replacing = ("12345678".encode("utf-16-le"), serial.encode("utf-16-le"))
    scanner = bus.plug_in(tcp_port=tap.TCP_PORT)
    rule.check_scanner(scanner)
    links = sorted(path.name for path in LINKS.glob("*"))
    for link in links:
        assert (LINKS / link).resolve() in (scanner.node, scanner.hidraw)
    scanner.unplug()
    assert not any(LINKS.glob("*")), "links stay behind"
    return links


with Simulator(synthesize(donors=1, scans=1)):
    connection = tap.Tap()
    assert links_with("12345678") == [], "TI's constant names no unit"
    assert links_with("NIR00042") == ["NIR00042", "NIR00042-hidraw"]
    assert links_with("../../sd") == [".._.._sd", ".._.._sd-hidraw"]
