"""The programs under test, each with its output in a log of the scenario's folder."""

import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

from laboratory import bus, recordings
from laboratory.stream import Stream

WORK = Path(os.environ["VMTEST_WORK"])
SMALL_BUNDLE = Path("/opt/vmtest/bundle")
# Another program that has taken the scanner, says so, and does nothing with it.
HOLDER = """
import time, usb.core, usb.util
device = usb.core.find(idVendor=0x0451, idProduct=0x4200)
device.detach_kernel_driver(0)
usb.util.claim_interface(device, 0)
print("held", flush=True)
time.sleep(600)
"""


class Program:
    """A program that runs until it is told to stop."""

    count = 0

    def __init__(self, command: list[object], user: str | None = None):
        Program.count += 1
        words = [str(word) for word in command]
        self.log = WORK / f"{Program.count}-{Path(words[0]).name}.log"
        identity = {}
        if user is not None:
            entry = pwd.getpwnam(user)
            groups = os.getgrouplist(user, entry.pw_gid)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **identity
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait_for_text(self, text: str, seconds: float = 120.0) -> None:
        def is_there() -> bool:
            if self.process.poll() is not None and text not in self.log.read_text():
                raise AssertionError(f"{self.log.name}: it ended before it said '{text}'")
            return text in self.log.read_text()

        bus.wait_until(is_there, f"{self.log.name}: '{text}'", seconds)

    def stop(self) -> None:
        """Asks it to end, and expects that it does so well."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        assert status == 0, f"{self.log.name}: status {status} after SIGTERM"


def synthesize(donors: int, scans: int, seed: int = 7) -> Path:
    """Makes a recording of synthetic donors."""
    path = WORK / f"donors-{seed}-{donors}-{scans}.scans.ndjson"
    if not path.exists():
        subprocess.run(
            ["spectrasim", "synthesize", "blood", "--seed", str(seed), "--donors", str(donors)]
            + ["--scans", str(scans), "-o", str(path)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return path


class Simulator(Program):
    """spectrasim behind TCP port 3240 and a Unix socket, as fast as it can, without pauses."""

    def __init__(self, *recordings: Path, options: tuple[object, ...] = ()):
        self.socket = WORK / f"simulator-{Program.count + 1}.sock"
        addresses = ["--tcp", "127.0.0.1:3240", "--unix", self.socket]
        command = ["spectrasim", "--replay", *recordings, *addresses]
        super().__init__([*command, "--speed", "max", "--sample-gap", 0, *options])
        self.wait_for_text("spectrasim: ready")
        os.chmod(self.socket, 0o666)

    def user_space_address(self, bus_id: str = "1-1") -> str:
        return f"usbip+unix://{self.socket}/{bus_id}"


class Daemon(Program):
    """spectrad as a user without privileges, by default reading every scanner on the bus."""

    def __init__(
        self,
        *settings: str,
        source: str = "usb",
        user: str = "measurer",
        bundle: Path = SMALL_BUNDLE,
    ):
        self.folder = WORK / f"spectrad-{Program.count + 1}"
        self.recordings = self.folder / "recordings"
        self.recordings.mkdir(parents=True)
        for folder in (self.folder, self.recordings):
            shutil.chown(folder, user)
        self.socket = self.folder / "predictions.sock"
        (self.folder / "spectrad.conf").touch()
        places = [f"control.socket={self.folder}/io.spectrad", f"store.folder={self.folder}/store"]
        keys = [f"recording.folder={self.recordings}", f"scanner.sources={source}", *places, *settings]
        options = [word for key in keys for word in ("--set", key)]
        command = ["spectrad", "--config", self.folder / "spectrad.conf", "--bundle", bundle]
        super().__init__([*command, "--socket", self.socket, *options], user=user)
        bus.wait_until(self.is_listening, f"{self.log.name}: the daemon listens", 120)

    def is_listening(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"{self.log.name}: the daemon ended instead of listening")
        return self.socket.exists()

    def connect(self) -> Stream:
        return Stream(self.socket)

    def recorded_scans(self) -> list[dict]:
        """Every scan line of every recording that it made."""
        return recordings.scans(sorted(self.recordings.glob("*.scans.ndjson")))
