"""The log's own variables of the environment; only the sealer and the verification need them."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from libs.common.config import ConfigError


@dataclass(frozen=True)
class SealKeys:
    """AUDIT_KEY: the first key seals, all of them verify. An id names a key and tells nothing."""

    keys: tuple[bytes, ...] = field(repr=False)

    @property
    def newest_id(self) -> str:
        """The id of the key that seals."""
        return id_of_key(self.keys[0])

    def find(self, key_id: str) -> bytes | None:
        """The key of an id, if it is one of ours."""
        return next((key for key in self.keys if id_of_key(key) == key_id), None)

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "SealKeys":
        """Raises ConfigError naming the variable."""
        given = (os.environ if environ is None else environ).get("AUDIT_KEY", "")
        try:
            keys = tuple(bytes.fromhex(part) for part in given.split(",") if part.strip())
        except ValueError:
            raise ConfigError("AUDIT_KEY must be hexadecimal") from None
        if not keys:
            raise ConfigError("AUDIT_KEY must be set")
        if any(len(key) < 32 for key in keys):
            raise ConfigError("AUDIT_KEY must be at least 32 bytes (64 hexadecimal digits)")
        return cls(keys)


def id_of_key(key: bytes) -> str:
    """Eight hexadecimal digits that stay with a key wherever it stands in the list."""
    return hashlib.sha256(b"tidedesk audit key" + key).hexdigest()[:8]


def checkpoint_directory(environ: Mapping[str, str] | None = None) -> Path | None:
    """AUDIT_CHECKPOINT_DIR, where the newest seals are exported to."""
    given = (os.environ if environ is None else environ).get("AUDIT_CHECKPOINT_DIR")
    return Path(given) if given else None
