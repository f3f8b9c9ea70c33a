"""Asks a virus scanner (ClamAV's daemon) whether a file is harmful.

The protocol is INSTREAM of clamd: `zINSTREAM` and a NUL, pieces with their length in front (four
bytes, big endian), an empty piece; the answer is `stream: OK`, `stream: <name> FOUND` or `… ERROR`
(https://docs.clamav.net/manual/Usage/Scanning.html#clamd).
"""

import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from libs.common.config import ConfigError
from libs.common.errors import Unavailable

CLEAN, HARMFUL, UNSCANNABLE = "clean", "harmful", "unscannable"

_TIMEOUT = 20  # seconds without a sign of life
_MOST_ANSWER = 4_096  # bytes
_PORT = 3310


@dataclass(frozen=True)
class Verdict:
    """What the scanner says. `threat` names what it has found, or why it could not look."""

    state: str
    threat: str | None = None


class Scanner:
    """A clamd at an address; connections are made for each file, as clamd expects."""

    def __init__(self, address: str) -> None:
        self._address = address

    def scan(self, pieces: Iterable[bytes]) -> Verdict:
        """The verdict on the bytes; raises Unavailable if there is no answer to be had."""
        try:
            with self._connect() as connection:
                return _verdict(_ask(connection, pieces))
        except OSError as error:
            raise Unavailable("scanner.unavailable", "the virus scanner does not answer") from error

    def _connect(self) -> socket.socket:
        parts = urlsplit(self._address)
        if parts.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(_TIMEOUT)
            connection.connect(parts.path)
            return connection
        return socket.create_connection((parts.hostname, parts.port or _PORT), _TIMEOUT)


def open_scanner(environ: Mapping[str, str] | None = None) -> Scanner | None:
    """The scanner that CLAMAV_URL names, None without; raises ConfigError for what is none."""
    address = (os.environ if environ is None else environ).get("CLAMAV_URL")
    if not address:
        return None
    parts = urlsplit(address)
    try:
        is_named = bool(parts.path) if parts.scheme == "unix" else bool(parts.hostname)
        is_good = parts.scheme in ("tcp", "unix") and is_named and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise ConfigError("CLAMAV_URL must be tcp://host:port or unix:///path")
    return Scanner(address)


def _ask(connection: socket.socket, pieces: Iterable[bytes]) -> str:
    try:
        connection.sendall(b"zINSTREAM\0")
        for piece in pieces:
            if piece:
                connection.sendall(len(piece).to_bytes(4) + piece)
        connection.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        pass  # It has seen enough: what it says of it waits to be read.
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _MOST_ANSWER:
        more = connection.recv(_MOST_ANSWER)
        if not more:
            break
        answer += more
    if not answer:
        raise ConnectionError("clamd closed the connection without an answer")
    return answer.rstrip(b"\0\r\n").decode(errors="replace")


def _verdict(answer: str) -> Verdict:
    said = answer.partition(": ")[2] or answer
    if said == "OK":
        return Verdict(CLEAN)
    if said.endswith(" FOUND"):
        return Verdict(HARMFUL, said.removesuffix(" FOUND"))
    return Verdict(UNSCANNABLE, said[:200])
