"""Encryption of single fields with several keys: the first encrypts, all decrypt.

A new key is appended everywhere and then moved to the front (docs/encryption.md); what older keys
have sealed is sealed anew by `rotation`.
"""

import hmac
import os
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from libs.common.config import ConfigError

_VERSION = 1
_NONCE_SIZE = 12
_TAG_SIZE = 16
_KEY_SIZE = 32
MAX_KEY_ID = 32
_KEY_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_KEY_ID}}}")


class Undecryptable(Exception):
    """Damaged, moved to another row, or encrypted with a key that the ring does not hold.

    Nobody's input can cause it: it is a fault of the data or the configuration, hence no DeskError.
    """


def field_context(table: str, column: str, row: object) -> str:
    """The associated data of a field: a value copied to another row or column does not decrypt."""
    return f"{table}.{column}:{row}"


def parse_keys(text: str) -> dict[str, bytes]:
    """Keys of the form `id1:hex,id2:hex`, lines instead of commas allowed; raises ConfigError."""
    pairs = [part.strip().partition(":") for part in re.split(r"[,\n]", text) if part.strip()]
    try:
        keys = {key_id: bytes.fromhex(digits) for key_id, _, digits in pairs}
    except ValueError:
        raise ConfigError("FIELD_KEYS must have the form id:hex,id:hex") from None
    if len(keys) != len(pairs):
        raise ConfigError("FIELD_KEYS: two keys have the same id")
    return keys


class HeldKeys:
    """One state of a ring: keys by id, the first of which encrypts. Never changed, but replaced."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ConfigError("FIELD_KEYS must be set")
        if any(len(key) != _KEY_SIZE for key in keys.values()):
            raise ConfigError("FIELD_KEYS: every key must be 32 bytes (64 hexadecimal digits)")
        if not all(_KEY_ID.fullmatch(key_id) for key_id in keys):
            raise ConfigError("FIELD_KEYS: a key id is 1 to 32 of A-Z a-z 0-9 _ -")
        self.ids = tuple(keys)
        self._keys = dict(keys)
        self.ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._derived: dict[tuple[str, bytes], bytes] = {}

    def derive(self, key_id: str, salt: bytes, purpose: str) -> bytes:
        """HKDF-SHA256 (RFC 5869), 32 bytes."""
        return HKDF(SHA256(), _KEY_SIZE, salt, purpose.encode()).derive(self._keys[key_id])

    def hash_key(self, key_id: str, purpose: str) -> bytes:
        """A derived key for keyed hashes, remembered: purposes are few."""
        name = (key_id, purpose.encode())
        if name not in self._derived:
            self._derived[name] = self.derive(key_id, b"", f"fingerprint:{purpose}")
        return self._derived[name]


class KeyRing:
    """AES-256-GCM keys by id, in order.

    A sealed value is: version (1 byte), length of the key id (1 byte), key id, nonce (12 bytes),
    ciphertext with tag. Nonces are random: rotate long before 2³² values under one key.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._held = HeldKeys(keys)

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """From `id1:hex,id2:hex` (FIELD_KEYS); raises ConfigError, which never shows a key."""
        return cls(parse_keys(text))

    def now(self) -> HeldKeys:
        """The keys as they are at this moment; whoever needs two of them must ask once."""
        return self._held

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, that of the first before the others."""
        return self.now().ids

    @property
    def active_id(self) -> str:
        """The id of the first key."""
        return self.ids[0]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.ids)})"

    def encrypt(self, plain: bytes, context: str) -> bytes:
        """Seal under the first key, bound to `context` (see `field_context`)."""
        held = self.now()
        key_id, nonce = held.ids[0], os.urandom(_NONCE_SIZE)
        sealed = held.ciphers[key_id].encrypt(nonce, plain, context.encode())
        return bytes((_VERSION, len(key_id))) + key_id.encode() + nonce + sealed

    def decrypt(self, sealed: bytes, context: str) -> bytes:
        """Open with whichever key sealed it; raises Undecryptable."""
        key_id, rest = _split(bytes(sealed))
        cipher = self.now().ciphers.get(key_id)
        if cipher is None:
            raise Undecryptable(f"no key with the id {key_id!r}")
        try:
            return cipher.decrypt(rest[:_NONCE_SIZE], rest[_NONCE_SIZE:], context.encode())
        except InvalidTag:
            raise Undecryptable(f"damaged, or not the value of {context}") from None

    def encrypt_text(self, text: str, context: str) -> bytes:
        """`encrypt` for text (UTF-8)."""
        return self.encrypt(text.encode(), context)

    def decrypt_text(self, sealed: bytes, context: str) -> str:
        """`decrypt` for text (UTF-8)."""
        return self.decrypt(sealed, context).decode()

    def needs_rotation(self, sealed: bytes) -> bool:
        """Whether another key than the first sealed it."""
        return _split(bytes(sealed))[0] != self.active_id

    def rotate(self, sealed: bytes, context: str) -> bytes:
        """The same value under the first key."""
        return self.encrypt(self.decrypt(sealed, context), context)

    def subkey(self, key_id: str, salt: bytes, purpose: str) -> bytes:
        """A 32-byte key of its own for one purpose (HKDF-SHA256); raises Undecryptable."""
        held = self.now()
        if key_id not in held.ids:
            raise Undecryptable(f"no key with the id {key_id!r}")
        return held.derive(key_id, salt, purpose)

    def fingerprints(self, content: bytes, purpose: str) -> list[bytes]:
        """Keyed hashes of a content under each key, the first's first: longer than 32 bytes.

        Store the first and compare with all. A plain hash of a phone number could be guessed.
        Each is: length of the key id (1 byte), key id, HMAC-SHA256.
        """
        held = self.now()
        return [
            bytes((len(one),))
            + one.encode()
            + hmac.digest(held.hash_key(one, purpose), content, "sha256")
            for one in held.ids
        ]

    def can_repeat(self, fingerprint: bytes) -> bool:
        """Whether the key that made a fingerprint is still held: if not, nobody can compare."""
        return fingerprint[1 : 1 + fingerprint[0]].decode("ascii", "replace") in self.ids


def _split(sealed: bytes) -> tuple[str, bytes]:
    """Key id, and nonce with ciphertext."""
    if len(sealed) < 2 or sealed[0] != _VERSION:
        raise Undecryptable("not a sealed value, or of a later version")
    end = 2 + sealed[1]
    if len(sealed) < end + _NONCE_SIZE + _TAG_SIZE:
        raise Undecryptable("cut short")
    return sealed[2:end].decode("ascii", "replace"), sealed[end:]
