"""What the udev rule promises about the nodes of a plugged scanner."""

import grp
import stat
import subprocess
from pathlib import Path

from laboratory import bus


def check(node: Path | None, links: list[str]) -> None:
    """Group, mode, links and systemd's tag of one node."""
    assert node is not None, "there is no node"
    status = node.stat()
    group = grp.getgrgid(status.st_gid).gr_name
    mode = stat.S_IMODE(status.st_mode)
    assert (group, mode) == ("spectrad", 0o660), f"{node} is {group} {mode:o}"
    for link in links:
        path = Path("/dev/spectrad") / link
        assert path.exists(), f"no {path}; there are {bus.properties(node).get('DEVLINKS')}"
        assert path.resolve() == node, f"{path} is {path.resolve()}, expected {node}"
    tags = bus.properties(node)["CURRENT_TAGS"]
    assert ":systemd:" in tags, f"{node} has the tags {tags}"


def check_scanner(scanner: bus.Scanner, port: int = 1) -> None:
    """Both nodes of the scanner in this port, by their paths."""
    path = f"by-path/platform-vhci_hcd.0-usb-0:{port}"
    check(scanner.node, [path])
    check(scanner.hidraw, [f"{path}:1.0-hidraw"])


def may_open(node: Path, user: str) -> bool:
    """Whether this user can open the node to read and write."""
    command = ["python3", "-c", f"import os; os.open('{node}', os.O_RDWR)"]
    done = subprocess.run(command, user=user, group=user, extra_groups=groups(user), stderr=-3)
    return done.returncode == 0


def groups(user: str) -> list[int]:
    return [entry.gr_gid for entry in grp.getgrall() if user in entry.gr_mem]
