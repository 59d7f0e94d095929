"""The service as an administrator meets it: systemctl, its configuration, its sockets."""

import os
import pwd
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

SERVICE = "spectrad.service"
SOCKETS = ("spectrad-predictions.socket", "spectrad-control.socket")
PREDICTIONS = Path("/run/spectrad/predictions.sock")
CONTROL = Path("/run/spectrad/io.spectrad")
STATE = Path("/var/lib/spectrad")
CONFIGURATION = Path("/etc/spectrad/spectrad.conf")
DROP_INS = Path("/etc/systemd/system/spectrad.service.d")
BUNDLE = Path("/opt/lifecycle/bundle")


def wait_until(condition: Callable[[], object], what: str, seconds: float = 60.0):
    """Returns what the condition gave when that was true for the first time."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.02)


def command(*words: object, user: str | None = None) -> subprocess.CompletedProcess:
    """Runs a program to its end, as root or as a user with all of their groups."""
    identity = {}
    if user is not None:
        entry = pwd.getpwnam(user)
        groups = os.getgrouplist(user, entry.pw_gid)
        identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups}
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=120, **identity
    )


def systemctl(*words: str) -> None:
    done = command("systemctl", *words)
    assert done.returncode == 0, f"systemctl {' '.join(words)}: {done.stderr}"


def show(setting: str, unit: str = SERVICE) -> str:
    """What systemd knows of a unit, such as ActiveState."""
    return command("systemctl", "show", "--value", "-p", setting, unit).stdout.strip()


def main_process() -> int:
    return int(show("MainPID"))


def configure(**keys: object) -> None:
    """Writes the configuration file: a scanner of the simulator, a small bundle, and `keys`."""
    settings = {
        "SCANNER_SOURCES": "usbip+unix:///run/spectrasim/usbip.sock/1-1",
        "BUNDLE_PATH": BUNDLE,
        "SAMPLE_SCANS": 5,
    } | keys
    CONFIGURATION.parent.mkdir(exist_ok=True)
    CONFIGURATION.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))


def change_unit(text: str) -> None:
    """Adds a drop-in to the service's unit."""
    DROP_INS.mkdir(exist_ok=True)
    (DROP_INS / f"{len(list(DROP_INS.iterdir()))}.conf").write_text(text)
    systemctl("daemon-reload")


def start(**keys: object) -> None:
    """What the package does after it is installed, with a configuration."""
    configure(**keys)
    systemctl("enable", "--now", SERVICE)
    assert show("ActiveState") == "active", show("ActiveState")


def open_sockets() -> None:
    systemctl("start", *SOCKETS)


def add_user(name: str, *groups: str) -> None:
    """Makes a user by the means that the package uses."""
    lines = [f'u {name} - "{name}"'] + [f"m {name} {group}" for group in groups]
    Path(f"/run/{name}.conf").write_text("\n".join(lines) + "\n")
    done = command("systemd-sysusers", f"/run/{name}.conf")
    assert done.returncode == 0, done.stderr
