"""A scanner that speaks clamd's INSTREAM and knows one threat: the EICAR test file.

https://docs.clamav.net/manual/Usage/Scanning.html#clamd; https://www.eicar.org/download-anti-malware-testfile/
"""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
THREAT = "Eicar-Test-Signature"
MOST = 1_000_000  # bytes of a stream, its StreamMaxLength


class _Clamd(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        self.wfile.write(b"stream: " + self._look(command) + b"\0")

    def _look(self, command: bytes) -> bytes:
        assert command == b"zINSTREAM\0"
        seen = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            seen += self.rfile.read(length)
            if len(seen) > MOST:
                return b"INSTREAM size limit exceeded. ERROR"
        return THREAT.encode() + b" FOUND" if EICAR in seen else b"OK"


@contextmanager
def clamd() -> Iterator[str]:
    """Its address, for CLAMAV_URL, as long as the block goes on."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Clamd) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
