"""Results of commands by their id, so that a repeat is answered and not done again."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, text

from libs.common.errors import Conflict

_CLAIM = text(
    "INSERT INTO commands (subject, command_id, method, body_hash) "
    "VALUES (:subject, :command_id, :method, :body_hash) ON CONFLICT DO NOTHING"
)
_FIND = text(
    "SELECT method, body_hash, result FROM commands "
    "WHERE subject = :subject AND command_id = :command_id"
)
_STORE = text(
    "UPDATE commands SET result = :result WHERE subject = :subject AND command_id = :command_id"
)


def claim_command(
    connection: Connection,
    subject: str,
    command_id: str,
    method: str,
    arguments: Mapping[str, Any],
) -> tuple[bool, Any]:
    """(True, None) for a new command, (False, stored result) for a repeat.

    A repeat that arrives while the first still runs waits for its commit. Raises Conflict
    `command.id_reused` where the id was used for anything else. Ids are the subject's own.
    """
    body_hash = hashlib.sha256(orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)).digest()
    key = {"subject": subject, "command_id": command_id}
    claimed = connection.execute(_CLAIM, {**key, "method": method, "body_hash": body_hash})
    if claimed.rowcount:
        return True, None
    stored = connection.execute(_FIND, key).one()
    if stored.method != method or bytes(stored.body_hash) != body_hash:
        raise Conflict("command.id_reused", "this command id was used with another body")
    return False, orjson.loads(stored.result)


def store_result(connection: Connection, subject: str, command_id: str, result: Any) -> None:
    """Keep the answer, in the command's own transaction."""
    parameters = {"subject": subject, "command_id": command_id}
    connection.execute(_STORE, {**parameters, "result": orjson.dumps(result).decode()})


def forget_commands(connection: Connection, days: int = 7) -> int:
    """Drop results that nobody will ask for any more."""
    return connection.execute(
        text("DELETE FROM commands WHERE created_at < now() - make_interval(days => :days)"),
        {"days": days},
    ).rowcount
