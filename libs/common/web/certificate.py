"""TLS of a web server: which certificate, and sockets that no silent client holds for ever."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from libs.common.config import ConfigError, file_pair

SILENCE = 20.0  # seconds without a byte that a connection may hold a thread


@dataclass(frozen=True)
class Certificate:
    """A certificate with its chain, and its key, both as PEM files."""

    chain: str
    key: str

    @classmethod
    def read(cls, env: Mapping[str, str], chain: str, key: str) -> "Certificate | None":
        """From two variables; raises ConfigError naming what cannot be read or does not fit."""
        files = file_pair(env, chain, key)
        if files is None:
            return None
        certificate = cls(*files)
        try:
            certificate.context()
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"{chain} and {key} are no certificate with its key: {error}"
            ) from None
        return certificate

    def context(self) -> ssl.SSLContext:
        """For servers, TLS 1.2 or newer; made again when the files were replaced."""
        return _context(self.chain, self.key, _written(self.chain), _written(self.key))


class PatientSocket(ssl.SSLSocket):
    """Waits for its peer, but not for ever, even when gunicorn tells it to.

    The kernel's limits are of no use here: OpenSSL takes their end for "try again".
    """

    patience = SILENCE

    def setblocking(self, flag: bool) -> None:
        self.settimeout(self.patience if flag else 0.0)

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(self.patience)
        super().do_handshake(block)


def has_pending(sock: socket.socket) -> bool:
    """Whether decrypted bytes lie in the socket, which no poller can see."""
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


def _written(path: str) -> int:
    return Path(path).stat().st_mtime_ns


@lru_cache(maxsize=1)
def _context(chain: str, key: str, *_written: int) -> ssl.SSLContext:
    """One for all connections, so that clients can resume their sessions."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = PatientSocket
    # An encrypted key is refused; without a password OpenSSL would ask the terminal.
    context.load_cert_chain(chain, key, password="")
    return context
