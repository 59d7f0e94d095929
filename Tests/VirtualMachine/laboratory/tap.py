"""A tap in the USB/IP connection between the kernel and a simulator.

It passes everything on. Told so, it holds a scan file back half-way, so that a scenario can pull
the plug at exactly that moment; or it changes a few bytes of what the scanner says.
"""

import socket
import struct
import threading

TCP_PORT = 3241
SIMULATOR = ("127.0.0.1", 3240)
IMPORT_REQUEST_BYTES = 40
HEADER_BYTES = 48
SUBMIT = 1
OUT_ENDPOINT = 1
FILE_SIZE, NEXT_CHUNK = b"\x2d\x00", b"\x2e\x00"
SCAN_FILE = 0


class Tap:
    """Listens on its own port; plug in with `bus.plug_in(tcp_port=tap.TCP_PORT)`."""

    def __init__(self, replacing: tuple[bytes, bytes] | None = None):
        self.replacing = replacing
        self.held = threading.Event()
        self.scan_files = 0
        self._hold_in_file: int | None = None
        self._chunks = 0
        self._listener = socket.create_server(("127.0.0.1", TCP_PORT))
        threading.Thread(target=self._serve, daemon=True).start()

    def hold_in_scan_file(self, number: int) -> None:
        """Passes nothing on after the fourth chunk of this scan file; counted from 1."""
        self._hold_in_file = number

    def _serve(self) -> None:
        while True:
            kernel, _ = self._listener.accept()
            simulator = socket.create_connection(SIMULATOR)
            for connection in (kernel, simulator):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for target in (self._to_kernel, self._to_simulator):
                threading.Thread(target=target, args=(kernel, simulator), daemon=True).start()

    def _to_kernel(self, kernel: socket.socket, simulator: socket.socket) -> None:
        try:
            while data := simulator.recv(65536):
                kernel.sendall(data.replace(*self.replacing) if self.replacing else data)
            kernel.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _to_simulator(self, kernel: socket.socket, simulator: socket.socket) -> None:
        with kernel.makefile("rb") as messages:
            simulator.sendall(messages.read(IMPORT_REQUEST_BYTES))
            while header := messages.read(HEADER_BYTES):
                command, _, _, is_input, endpoint, _, count = struct.unpack(">7I", header[:28])
                data = messages.read(count) if command == SUBMIT and not is_input else b""
                if command == SUBMIT and endpoint == OUT_ENDPOINT and data:
                    self._note(data)
                if self.held.is_set():
                    # Until the kernel closes the connection, which is what pulling the plug is.
                    messages.read()
                    break
                simulator.sendall(header + data)
        simulator.shutdown(socket.SHUT_RDWR)

    def _note(self, packet: bytes) -> None:
        """Follows the reading of scan files by the packets of the OUT endpoint."""
        if packet[4:6] == FILE_SIZE:
            self._chunks = 0
            self.scan_files += packet[6] == SCAN_FILE
        elif packet[4:6] == NEXT_CHUNK:
            self._chunks += 1
            if self._chunks == 5 and self.scan_files == self._hold_in_file:
                self._hold_in_file = None
                self.held.set()
