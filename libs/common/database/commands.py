"""Results of commands by their id, so that a repeat is answered and not done again.

Results hold what was asked about customers: whoever has a key ring keeps them sealed, and of the
arguments a keyed hash.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, text

from libs.common.crypto.key_ring import KeyRing, Undecryptable, field_context
from libs.common.errors import Conflict

_CLAIM = text(
    "INSERT INTO commands (subject, command_id, method, body_hash) "
    "VALUES (:subject, :command_id, :method, :body_hash) ON CONFLICT DO NOTHING"
)
_FIND = text(
    "SELECT method, body_hash, result, sealed_result FROM commands "
    "WHERE subject = :subject AND command_id = :command_id"
)
_STORE = text(
    "UPDATE commands SET result = :result, sealed_result = :sealed "
    "WHERE subject = :subject AND command_id = :command_id"
)


def result_context(subject: str, command_id: str) -> str:
    """What a sealed result is bound to."""
    return field_context("commands", "sealed_result", f"{subject}:{command_id}")


def claim_command(
    connection: Connection,
    subject: str,
    command_id: str,
    method: str,
    arguments: Mapping[str, Any],
    ring: KeyRing | None = None,
) -> tuple[bool, Any]:
    """(True, None) for a new command, (False, stored result) for a repeat.

    A repeat that arrives while the first still runs waits for its commit. Raises Conflict
    `command.id_reused` where the id was used for anything else, Undecryptable without the key of
    a sealed result. Ids are the subject's own.
    """
    hashes = _hashes(arguments, ring)
    key = {"subject": subject, "command_id": command_id}
    claimed = connection.execute(_CLAIM, {**key, "method": method, "body_hash": hashes[0]})
    if claimed.rowcount:
        return True, None
    stored = connection.execute(_FIND, key).one()
    if stored.method != method or not _is_same(bytes(stored.body_hash), hashes, ring):
        raise Conflict("command.id_reused", "this command id was used with another body")
    return False, orjson.loads(_open(stored, result_context(subject, command_id), ring))


def store_result(
    connection: Connection, subject: str, command_id: str, result: Any, ring: KeyRing | None = None
) -> None:
    """Keep the answer, in the command's own transaction; sealed if there is a ring."""
    plain = orjson.dumps(result)
    context = result_context(subject, command_id)
    kept = {
        "result": None if ring else plain.decode(),
        "sealed": ring.encrypt(plain, context) if ring else None,
    }
    connection.execute(_STORE, {"subject": subject, "command_id": command_id, **kept})


def _hashes(arguments: Mapping[str, Any], ring: KeyRing | None) -> list[bytes]:
    """The hash to store, then what else a repeat may find stored."""
    body = orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)
    keyed = ring.fingerprints(body, "commands.body_hash") if ring else []
    return [*keyed, hashlib.sha256(body).digest()]


def _is_same(stored: bytes, hashes: Sequence[bytes], ring: KeyRing | None) -> bool:
    """Nobody can tell any more where the hash's key has been removed: then the id must do."""
    is_keyed = len(stored) > hashlib.sha256().digest_size
    return stored in hashes or (ring is not None and is_keyed and not ring.can_repeat(stored))


def _open(stored: Any, context: str, ring: KeyRing | None) -> str | bytes:
    if stored.sealed_result is None:
        plain: str = stored.result
        return plain
    if ring is None:
        raise Undecryptable("a sealed result, and no keys")
    return ring.decrypt(stored.sealed_result, context)


def forget_commands(connection: Connection, days: int = 7) -> int:
    """Drop results that nobody will ask for any more."""
    return connection.execute(
        text("DELETE FROM commands WHERE created_at < now() - make_interval(days => :days)"),
        {"days": days},
    ).rowcount
