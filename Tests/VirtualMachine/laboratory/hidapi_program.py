"""A program that uses hidapi, whichever of its two ways to the device was imported."""

from laboratory import bus, nano, recordings
from laboratory.programs import Simulator, synthesize


class HIDAPILink:
    """hidapi takes a report number in front of each report and keeps it from the wire."""

    def __init__(self, hidapi):
        self.device = hidapi.device()
        self.device.open(0x0451, 0x4200)

    def write(self, packet: bytes) -> None:
        assert self.device.write(b"\0" + packet) == len(packet) + 1

    def read(self, count: int) -> bytes:
        return bytes(self.device.read(count, 5000))


def scan_with(hidapi, keeps_kernel_driver: bool) -> None:
    """Identifies a plugged-in scanner and scans in both ways that hosts do."""
    recording = synthesize(donors=1, scans=4)
    signals = recordings.sample_signals(recording)
    with Simulator(recording):
        scanner = bus.plug_in()
        link = HIDAPILink(hidapi)
        assert link.device.get_manufacturer_string() == "Texas Instruments"
        assert link.device.get_product_string() == "Nirscan Nano"
        assert link.device.get_serial_number_string() == "12345678"
        assert (scanner.driver == "usbhid") == keeps_kernel_driver
        nano.use_as_vendors_programs_do(nano.NanoProgram(link, pads=True), signals[:2])
        nano.use_as_small_scripts_do(nano.NanoProgram(link, pads=False), signals[2:])
        link.device.close()
