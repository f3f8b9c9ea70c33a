"""Finding encrypted contact data by equality, without being able to read it back."""

import hashlib
import hmac

from libs.common.config import ConfigError
from libs.common.crypto.contacts import normalise_email, normalise_phone


class BlindIndex:
    """Keyed hashes (HMAC-SHA256, INDEX_KEY) of normalised values; 32 bytes each.

    The kind is part of what is hashed, so that equal values of two kinds do not match.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ConfigError("INDEX_KEY must be set, at least 32 bytes")
        self._key = key

    def of(self, kind: str, normalised: str) -> bytes:
        """The index of a value that is in its normal form already."""
        return hmac.digest(self._key, f"{kind}\0{normalised}".encode(), hashlib.sha256)

    def of_email(self, address: str, field: str = "email") -> bytes:
        """The index of a mail address as people write it; raises InvalidInput naming `field`."""
        return self.of("email", normalise_email(address, field))

    def of_phone(self, number: str, field: str = "phone") -> bytes:
        """The index of a phone number as people write it; raises InvalidInput naming `field`."""
        return self.of("phone", normalise_phone(number, field))
