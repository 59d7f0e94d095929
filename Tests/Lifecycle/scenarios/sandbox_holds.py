#!/usr/bin/env python3
"""Whatever runs in the service's place writes nowhere but in its state and has no network."""

import json

from machine import service

# The same unit, with this program as what it starts.
PROBE = "/opt/lifecycle/machine/sandbox_probe.py"
service.configure(SCANNER_SOURCES="")
service.change_unit(
    f"[Service]\nType=oneshot\nRestart=no\nExecStart=\nExecStart=/usr/bin/python3 {PROBE}\n"
)
service.systemctl("start", service.SERVICE)
found = json.loads((service.STATE / "probe.json").read_text())
for name, value in found.items():
    print(f"{name}: {value}")

assert found["user"] == "spectrad" and found["groups"] == ["spectrad"], found
assert found["written"] == [str(service.STATE)], found["written"]
assert found["network"] == [], found["network"]
assert found["unix"], "Unix sockets are needed"
assert found["netlink"], "news of scanners are needed"
assert found["devices"] == [], found["devices"]
assert not found["user_namespace"], "a namespace can be made"
assert not found["executable_memory"], "memory can be written and executed"
assert not found["others_processes"], "other users' processes are seen"
assert found["capabilities"] == 0 and found["no_new_privileges"], found
assert found["mask"] == 0o077, oct(found["mask"])
assert sorted(found["sockets"]) == ["control", "predictions"], found["sockets"]
# Who is at the other end of a socket must be told by real numbers.
assert found["peer_of_root"] == 0, "another user namespace: peers have no true numbers"
