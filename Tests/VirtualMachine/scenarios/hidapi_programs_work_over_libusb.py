#!/usr/bin/env python3
"""Programs that use hidapi over libusb scan with it, in the vendor's way and in that of scripts."""

import hid as hidapi

from laboratory import bus, nano, recordings
from laboratory.programs import Simulator, synthesize


class HIDAPILink:
    """hidapi takes a report number in front of each report and keeps it from the wire."""

    def __init__(self):
        self.device = hidapi.device()
        self.device.open(0x0451, 0x4200)

    def write(self, packet: bytes) -> None:
        assert self.device.write(b"\0" + packet) == len(packet) + 1

    def read(self, count: int) -> bytes:
        return bytes(self.device.read(count, 5000))


recording = synthesize(donors=1, scans=4)
signals = recordings.sample_signals(recording)
with Simulator(recording):
    scanner = bus.plug_in()
    link = HIDAPILink()
    assert link.device.get_manufacturer_string() == "Texas Instruments"
    assert link.device.get_product_string() == "Nirscan Nano"
    assert link.device.get_serial_number_string() == "12345678"
    assert (scanner.driver == "usbhid") == (hidapi.__name__ == "hidraw")
    nano.use_as_vendors_programs_do(nano.NanoProgram(link, pads=True), signals[:2])
    nano.use_as_small_scripts_do(nano.NanoProgram(link, pads=False), signals[2:])
    link.device.close()
