"""spectrasim as the service's scanner, behind a Unix socket."""

import os
import subprocess
from pathlib import Path

from machine.service import wait_until

FOLDER = Path("/run/spectrasim")
SOCKET = FOLDER / "usbip.sock"
LOG = FOLDER / "simulator.log"


class Simulator:
    """Scans without end, some ten times in a second: as fast as the daemon asks for the status."""

    def __init__(self, *options: object):
        FOLDER.mkdir(exist_ok=True)
        donors = FOLDER / "donors.scans.ndjson"
        subprocess.run(
            ["spectrasim", "synthesize", "blood", "--seed", "7", "--donors", "3", "--scans", "5"]
            + ["-o", str(donors)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        command = ["spectrasim", "--replay", donors, "--repeat", "--unix", SOCKET, "--speed", "max"]
        words = [str(word) for word in [*command, "--sample-gap", 0, *options]]
        with LOG.open("w") as log:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(lambda: "spectrasim: ready" in LOG.read_text(), "the simulator is ready")
        os.chmod(SOCKET, 0o666)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        SOCKET.unlink(missing_ok=True)
