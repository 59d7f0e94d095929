#!/usr/bin/env python3
"""The kernel's HID driver serves hidraw: class requests, short packets, no unasked reports."""

import fcntl
import os
import select

from laboratory import bus
from laboratory.programs import Simulator, synthesize

REPORT_DESCRIPTOR = bytes.fromhex(
    "0600ff0a00ffa101150025ff75089540090181000902910009 03b102c0".replace(" ", "")
)
REPORT_BYTES = 64


def ioctl_number(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("H") << 8 | number


def exchange(node: int, packet: bytes) -> bytes:
    """Writes a command as hidraw wants it, behind the report number 0, and reads the reply."""
    os.write(node, b"\0" + packet)
    assert select.select([node], [], [], 5)[0], f"no reply to {packet.hex(' ')}"
    return os.read(node, REPORT_BYTES)


with Simulator(synthesize(donors=1, scans=1)):
    scanner = bus.plug_in()
    assert scanner.driver == "usbhid", scanner.driver
    assert scanner.hidraw is not None
    node = os.open(scanner.hidraw, os.O_RDWR)

    # HIDIOCGRDESC: a length, then the descriptor.
    buffer = bytearray(len(REPORT_DESCRIPTOR).to_bytes(4, "little") + bytes(4096))
    fcntl.ioctl(node, ioctl_number(2, 2, len(buffer)), buffer)
    assert buffer[4 : 4 + len(REPORT_DESCRIPTOR)] == REPORT_DESCRIPTOR, buffer[:40].hex(" ")

    # A command that comes by SET_REPORT is thrown away: no reply may follow.
    read_serial = bytes.fromhex("c002020033 02".replace(" ", ""))
    feature = bytearray(b"\0" + read_serial.ljust(REPORT_BYTES, b"\0"))
    fcntl.ioctl(node, ioctl_number(3, 6, len(feature)), feature)
    assert not select.select([node], [], [], 0.3)[0], "SET_REPORT ran a command"
    # GET_REPORT shows some of the last reply's bytes; what they are is nobody's business.
    assert fcntl.ioctl(node, ioctl_number(3, 7, len(feature)), feature) > 0

    # Packets shorter than a report work like whole ones, down to six bytes.
    for count in (6, 7, 63, 64):
        reply = exchange(node, read_serial.ljust(count, b"\0"))
        assert len(reply) == REPORT_BYTES
        assert reply[:12] == b"\xc0\x02\x08\x00SIM0001\0", (count, reply[:12].hex(" "))

    # A header that is none gets no reply, and neither does a command that wants none.
    for packet in (b"\xc3\x01\x02\x00\x33\x02", bytes(REPORT_BYTES), b"\x80\x01\x02\x00\x33\x02"):
        os.write(node, b"\0" + packet.ljust(REPORT_BYTES, b"\0"))
        assert not select.select([node], [], [], 0.2)[0], f"a reply to {packet[:6].hex(' ')}"

    # Unknown commands are refused, and the sequence number comes back.
    assert exchange(node, b"\xc0\x0c\x02\x00\x99\x09")[:4] == b"\xd0\x0c\x00\x00"
    os.close(node)
