"""The NIRscan Nano's protocol as other people's programs speak it, written from its description.

It knows nothing of spectrad: what it checks, it checks against the recording that is replayed.
"""

import struct
import time
from typing import Protocol

REPORT_BYTES = 64
HEADER_BYTES = 4
CHUNK_BYTES = 512
SCAN_FILE, REFERENCE_FILE, MATRIX_FILE = 0, 2, 3
SCANNING = 0x02
BLACK_FIRST, BLACK_PERIOD = 24, 25
PLAIN_FORMAT_DATA, SLEW_WORDS = 81, 330


class Link(Protocol):
    """A way to a HID device: hidapi, hidraw or libusb."""

    def write(self, packet: bytes) -> None: ...

    def read(self, count: int) -> bytes: ...


class NanoProgram:
    """Sends commands as one kind of program does: in whole reports, or only the bytes needed."""

    def __init__(self, link: Link, pads: bool):
        self.link, self.pads = link, pads
        self.sequence = 0

    def command(self, group: int, command: int, data: bytes = b"", reads: bool = True) -> bytes:
        self.sequence = (self.sequence + 1) % 256
        body = bytes([command, group]) + data
        flags = 0xC0 if reads else 0x40
        message = struct.pack("<BBH", flags, self.sequence, len(body)) + body
        if self.pads:
            message += bytes(-len(message) % REPORT_BYTES)
        for start in range(0, len(message), REPORT_BYTES):
            self.link.write(message[start : start + REPORT_BYTES])
        reply = self.link.read(REPORT_BYTES)
        name = f"{group:02X}/{command:02X}"
        assert len(reply) == REPORT_BYTES, f"{name}: a reply of {len(reply)} bytes"
        found_flags, found_sequence, count = struct.unpack_from("<BBH", reply)
        assert (found_flags, found_sequence) == (flags, self.sequence), f"{name}: {reply[:4].hex()}"
        while len(reply) < HEADER_BYTES + count:
            reply += self.link.read(REPORT_BYTES)
        return reply[HEADER_BYTES : HEADER_BYTES + count]

    def write(self, group: int, command: int, data: bytes = b"") -> bytes:
        return self.command(group, command, data, reads=False)

    def file(self, kind: int) -> bytes:
        (size,) = struct.unpack("<I", self.command(0x00, 0x2D, bytes([kind])))
        content = b""
        while len(content) < size:
            chunk = self.command(0x00, 0x2E)
            assert len(chunk) == min(CHUNK_BYTES, size - len(content)), f"a chunk of {len(chunk)}"
            content += chunk
        assert self.command(0x00, 0x2E) == b"", "the file goes on after its end"
        return content

    def scan(self) -> bytes:
        """Starts a scan, waits for its end and reads its file."""
        assert self.write(0x02, 0x18, b"\0") == b""
        while self.command(0x04, 0x03)[0] & SCANNING:
            time.sleep(0.02)
        return self.file(SCAN_FILE)


def signal(scan_file: bytes) -> list[int]:
    """The sample signal of a file with one column section, dark level taken off."""
    is_plain = scan_file[8:12] == b"S(uc" and scan_file[8:60].index(b"\0") == 44
    header = PLAIN_FORMAT_DATA if is_plain else 56
    (count,) = struct.unpack_from("<H", scan_file, header + 99)
    words = struct.unpack_from(f"<{count}i", scan_file, 245 if is_plain else SLEW_WORDS)
    is_black = [i >= BLACK_FIRST and (i - BLACK_FIRST) % BLACK_PERIOD == 0 for i in range(count)]
    black = [word for word, dark in zip(words, is_black) if dark]
    dark_level = int(sum(black) / len(black))
    return [word - dark_level for word, dark in zip(words, is_black) if not dark]


def slew_configuration(serial: bytes = b"SIM0001\0") -> bytes:
    """A configuration with one column section, 900 to 1700 nm, as vendors' programs make them."""
    head = struct.pack("<BH8s40sHB", 2, 113, serial, b"Column 1", 6, 1)
    section = struct.pack("<BBHHHH", 0, 6, 900, 1700, 228, 0)
    sections = section.ljust(50, b"\0")
    return image(b"S(cvc#c#vc)", (8, 40), head) + image(b"S(ccvvvv)#", (5,), sections)


def image(layout: bytes, lengths: tuple[int, ...], data: bytes) -> bytes:
    """A container: mark, its whole length, the layout, its array lengths, the data."""
    body = layout + b"\0" + struct.pack(f"<{len(lengths)}I", *lengths) + data
    return b"tpl\0" + struct.pack("<I", 8 + len(body)) + body


def use_as_vendors_programs_do(program: NanoProgram, expected: list[list[int]]) -> None:
    """The order of the vendor's host library: whole reports, every file, a configuration sent."""
    assert program.write(0x04, 0x05) == b""
    assert program.command(0x02, 0x28) in (b"\1", b"\x40")
    assert len(program.file(REFERENCE_FILE)) == 3822
    assert len(program.file(MATRIX_FILE)) == 2428
    assert program.command(0x02, 0x33) == b"SIM0001\0"
    # Declared shorter than it is, as those programs do: the device reads all bytes that came.
    configuration = slew_configuration()
    assert len(configuration) == 155
    assert struct.unpack("<i", declared_short(program, configuration)) == (228,)
    assert program.command(0x04, 0x03)[0] & SCANNING == 0
    assert program.command(0x04, 0x04)[:4] == bytes(4)
    assert len(program.command(0x02, 0x16)) == 28
    assert program.write(0x02, 0x2E, struct.pack("<H", 6)) == b""
    assert 1000 < struct.unpack("<I", program.command(0x02, 0x37))[0] < 10_000
    for index, wanted in enumerate(expected):
        found = signal(program.scan())
        assert found == wanted, f"scan {index}: {found[:5]}, expected {wanted[:5]}"


def declared_short(program: NanoProgram, configuration: bytes) -> bytes:
    """Command 02/1E with a declared length of 126 whatever comes."""
    program.sequence += 1
    message = struct.pack("<BBHBB", 0x40, program.sequence, 126, 0x1E, 0x02) + configuration
    message += bytes(-len(message) % REPORT_BYTES)
    for start in range(0, len(message), REPORT_BYTES):
        program.link.write(message[start : start + REPORT_BYTES])
    reply = program.link.read(REPORT_BYTES)
    assert reply[:4] == struct.pack("<BBH", 0x40, program.sequence, 4), reply[:8].hex()
    return reply[4:8]


def use_as_small_scripts_do(program: NanoProgram, expected: list[list[int]]) -> None:
    """What scripts need for a spectrum: short packets, the stored configuration with index 1."""
    if program.command(0x03, 0x0F) != b"\0":
        program.write(0x03, 0x0E, b"\0")
    assert program.command(0x03, 0x0F) == b"\0"
    assert program.command(0x02, 0x22)[0] >= 2
    assert struct.unpack("<i", program.write(0x02, 0x24, b"\1")) == (228,)
    for index, wanted in enumerate(expected):
        found = signal(program.scan())
        assert found == wanted, f"scan {index}: {found[:5]}, expected {wanted[:5]}"
