#!/usr/bin/env python3
"""Programs that use libusb scan with it, in the vendor's way and in that of scripts."""

import usb.core

from laboratory import bus, nano, recordings
from laboratory.programs import Simulator, synthesize

IN, OUT = 0x81, 0x01


class USBLink:
    def __init__(self):
        self.device = usb.core.find(idVendor=0x0451, idProduct=0x4200)
        assert self.device.is_kernel_driver_active(0)
        self.device.detach_kernel_driver(0)
        self.device.set_configuration()

    def write(self, packet: bytes) -> None:
        assert self.device.write(OUT, packet, 2000) == len(packet)

    def read(self, count: int) -> bytes:
        return bytes(self.device.read(IN, count, 5000))


recording = synthesize(donors=1, scans=4)
signals = recordings.sample_signals(recording)
with Simulator(recording):
    bus.plug_in()
    link = USBLink()
    nano.use_as_vendors_programs_do(nano.NanoProgram(link, pads=True), signals[:2])
    nano.use_as_small_scripts_do(nano.NanoProgram(link, pads=False), signals[2:])
