"""Started in the daemon's place: tries what the daemon must not be able to do, and writes it down."""

import ctypes
import grp
import json
import mmap
import os
import pwd
import socket
import struct
from pathlib import Path

STATE = Path("/var/lib/spectrad")
# Where a program might like to leave something.
FOLDERS = ["/", "/etc", "/etc/spectrad", "/usr", "/usr/bin", "/var", "/var/lib", "/var/log", "/root"]
FOLDERS += ["/home", "/boot", "/run", "/run/spectrad", "/run/systemd", "/dev", "/sys", "/proc"]
FOLDERS += ["/mnt", "/opt", "/srv", str(STATE)]
DEVICES = ["/dev/mem", "/dev/kmsg", "/dev/net/tun", "/dev/fuse", "/dev/loop-control"]


def works(attempt) -> bool:
    try:
        attempt()
        return True
    except (OSError, ValueError):
        return False


def write_in(folder: str) -> None:
    path = Path(folder) / "probe"
    path.write_text("written")
    path.unlink()


def opened_socket(family: int, kind: int = socket.SOCK_STREAM) -> None:
    socket.socket(family, kind).close()


def unshare_user() -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(0x10000000) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def executable_memory() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def status_of_process(name: str) -> str:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(name + ":"))


def peer_of_root() -> int:
    """The user at the other end of systemd's own socket, which is root."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("/run/systemd/journal/stdout")
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return struct.unpack("3i", credentials)[1]


mask = os.umask(0o077)
found = {
    "user": pwd.getpwuid(os.getuid()).pw_name,
    "groups": sorted(grp.getgrgid(group).gr_name for group in {os.getgid(), *os.getgroups()}),
    "written": [folder for folder in FOLDERS if works(lambda: write_in(folder))],
    "network": [
        family.name
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_PACKET)
        if works(lambda: opened_socket(family, socket.SOCK_DGRAM))
    ],
    "unix": works(lambda: opened_socket(socket.AF_UNIX)),
    "netlink": works(lambda: opened_socket(socket.AF_NETLINK, socket.SOCK_RAW)),
    "devices": [path for path in DEVICES if works(lambda: open(path, "rb").close())],
    "user_namespace": works(unshare_user),
    "executable_memory": works(executable_memory),
    "others_processes": Path("/proc/1/comm").exists(),
    "capabilities": int(status_of_process("CapEff"), 16),
    "no_new_privileges": status_of_process("NoNewPrivs") == "1",
    "mask": mask,
    "sockets": os.environ.get("LISTEN_FDNAMES", "").split(":"),
    "peer_of_root": peer_of_root(),
}
(STATE / "probe.json").write_text(json.dumps(found, indent=1))
