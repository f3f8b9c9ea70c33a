"""What is hashed and signed, byte by byte. Whatever is changed here breaks every log there is.

An entry's hash is SHA-256 over the hash before it and the entry's canonical form: a JSON array
(UTF-8, no spaces) of its position and all its columns in their order, ids in hexadecimal with
hyphens, the instant as whole microseconds since 1970 UTC. A batch's digest is its last entry's
hash. Its seal is HMAC-SHA256 over the canonical form of the batch, which names the seal before it.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.audit.entry import FIELDS

GENESIS = bytes(32)
_PURPOSE = "tidedesk.audit.seal.1"

_CAST = {
    **dict.fromkeys(("entry_id", "action_id", "actor_id", "credential_id"), "{}::text"),
    "occurred_at": "(extract(epoch FROM {}) * 1000000)::bigint",
}
# The columns as the canonical form has them; for SELECTs of sealer and verification alike.
CANONICAL_COLUMNS = ", ".join(_CAST.get(name, "{}").format(name) for name in FIELDS)
SEALED_AT = "(extract(epoch FROM sealed_at) * 1000000)::bigint"
SEAL_COLUMNS = (
    "number, first_position, last_position, count, digest, previous_hmac, "
    f"{SEALED_AT}, key_id, hmac"
)


@dataclass(frozen=True, slots=True)
class Seal:
    """A batch of entries, `first_position` to `last_position`; `sealed_at` in microseconds."""

    number: int
    first_position: int
    last_position: int
    count: int
    digest: bytes
    previous_hmac: bytes
    sealed_at: int
    key_id: str
    hmac: bytes = b""


def read_seal(row: Sequence[Any]) -> Seal:
    """A row of SEAL_COLUMNS."""
    number, first, last, count, digest, previous_hmac, sealed_at, key_id, signature = row
    return Seal(
        number=number,
        first_position=first,
        last_position=last,
        count=count,
        digest=bytes(digest),
        previous_hmac=bytes(previous_hmac),
        sealed_at=sealed_at,
        key_id=key_id,
        hmac=bytes(signature),
    )


def entry_hash(previous: bytes, position: int, columns: Sequence[Any]) -> bytes:
    """The link of an entry, whose columns are those of CANONICAL_COLUMNS."""
    return hashlib.sha256(previous + orjson.dumps((position, *columns))).digest()


def sign(seal: Seal, key: bytes) -> bytes:
    """The seal's HMAC."""
    canonical = orjson.dumps(
        (
            _PURPOSE,
            seal.number,
            seal.first_position,
            seal.last_position,
            seal.count,
            seal.digest.hex(),
            seal.previous_hmac.hex(),
            seal.sealed_at,
            seal.key_id,
        )
    )
    return hmac.digest(key, canonical, hashlib.sha256)
