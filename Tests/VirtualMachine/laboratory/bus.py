"""The guest kernel's virtual USB bus: plugging scanners in, pulling them out, looking at them."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

CONTROLLER = Path("/sys/devices/platform/vhci_hcd.0")
DEVICES = Path("/sys/bus/usb/devices")
SCANNER = ("0451", "4200")


def load_driver() -> None:
    subprocess.run(["modprobe", "vhci-hcd"], check=True)
    settle()


def settle() -> None:
    """Waits until udev has handled every event that the kernel has sent."""
    subprocess.run(["udevadm", "settle", "--timeout=60"], check=True)


def wait_until(condition: Callable[[], object], what: str, seconds: float = 60.0):
    """Returns what the condition gave when that was true for the first time."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


class Scanner:
    """One plugged scanner as the kernel shows it."""

    def __init__(self, folder: Path):
        self.folder = folder

    @property
    def port(self) -> int:
        """The port of the virtual controller that it is on."""
        for line in (CONTROLLER / "status").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[-1] == self.folder.name:
                return int(fields[1])
        raise AssertionError(f"{self.folder.name} is on no port of the virtual controller")

    @property
    def interface(self) -> Path:
        return self.folder / f"{self.folder.name}:1.0"

    @property
    def driver(self) -> str | None:
        """The kernel driver of its only interface."""
        link = self.interface / "driver"
        return link.resolve().name if link.exists() else None

    @property
    def node(self) -> Path:
        """The node that libusb opens."""
        bus, device = ((self.folder / name).read_text().strip() for name in ("busnum", "devnum"))
        return Path(f"/dev/bus/usb/{int(bus):03}/{int(device):03}")

    @property
    def hidraw(self) -> Path | None:
        """The node that hidraw programs open; it is there while the kernel's driver is."""
        found = list(self.interface.glob("*/hidraw/hidraw*"))
        return Path("/dev") / found[0].name if found else None

    def unbind(self) -> None:
        """Takes the interface from the kernel's driver."""
        Path("/sys/bus/usb/drivers/usbhid/unbind").write_text(self.interface.name)
        settle()

    def bind(self) -> None:
        """Gives the interface to the kernel's driver."""
        Path("/sys/bus/usb/drivers/usbhid/bind").write_text(self.interface.name)
        settle()

    def unplug(self) -> None:
        subprocess.run(["usbip", "detach", "-p", str(self.port)], check=True, capture_output=True)
        wait_until(lambda: not self.folder.exists(), f"{self.folder.name} leaves the bus")
        settle()


def scanners() -> list[Scanner]:
    """Every scanner on the bus, in the order of their ports."""

    def identity(folder: Path) -> tuple[str, ...]:
        try:
            return tuple((folder / name).read_text().strip() for name in ("idVendor", "idProduct"))
        except OSError:
            return ()

    found = [folder for folder in sorted(DEVICES.iterdir()) if identity(folder) == SCANNER]
    return [Scanner(folder) for folder in found]


def wait_for_new_scanner(known: set[str]) -> Scanner:
    """The scanner that was not there before, with its driver and udev's work done."""

    def new() -> Scanner | None:
        fresh = [found for found in scanners() if found.folder.name not in known]
        return fresh[0] if fresh and fresh[0].driver else None

    scanner = wait_until(new, "a scanner appears on the bus")
    settle()
    return scanner


def plug_in(bus_id: str = "1-1", tcp_port: int = 3240) -> Scanner:
    """Attaches a scanner that a USB/IP server on this machine exports."""
    known = {scanner.folder.name for scanner in scanners()}
    attach = ["usbip", "--tcp-port", str(tcp_port), "attach", "-r", "127.0.0.1", "-b", bus_id]
    subprocess.run(attach, check=True)
    return wait_for_new_scanner(known)


def unplug_all() -> None:
    def used_ports() -> list[str]:
        lines = (CONTROLLER / "status").read_text().splitlines()[1:]
        return [line.split()[1] for line in lines if line.split()[2] != "004"]

    for port in used_ports():
        try:
            (CONTROLLER / "detach").write_text(port)
        except OSError:
            pass  # It is on its way out already: its server has ended.
    wait_until(lambda: not used_ports() and not scanners(), "every scanner leaves the bus")
    settle()


def properties(node: Path) -> dict[str, str]:
    """What udev knows of a node; TAGS and DEVLINKS among it."""
    query = ["udevadm", "info", "--query=property", f"--name={node}"]
    lines = subprocess.run(query, check=True, capture_output=True, text=True).stdout.splitlines()
    return dict(line.split("=", 1) for line in lines)
