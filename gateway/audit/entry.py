"""One entry of the operation log, and who it says has acted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.auth.caller import Caller
from libs.common.ids import uuid7

# In the order of the canonical form, which is fixed for ever: a further column may enter it only
# where it is not empty, or what is sealed no longer verifies.
FIELDS = (
    "entry_id",
    "action_id",
    "phase",
    "occurred_at",
    "action",
    "permission",
    "actor_kind",
    "actor_id",
    "actor_login",
    "actor_name",
    "role",
    "credential_id",
    "address",
    "user_agent",
    "object_kind",
    "object_id",
    "status",
    "outcome",
    "request_id",
    "detail",
)
PHASES = ("intent", "outcome", "fact")
OUTCOMES = ("done", "refused", "failed", "unknown")
ACTOR_KINDS = ("staff", "employee", "customer", "api_key", "system", "nobody")

Entry = dict[str, Any]

_LONGEST = {"user_agent": 200, "actor_login": 100, "actor_name": 200, "object_id": 200}


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody as the log names them. `kind`: one of ACTOR_KINDS.

    With kind `nobody` the login is what was claimed at the door, and perhaps nobody's.
    """

    kind: str
    id: UUID | None = None
    login: str | None = None
    name: str | None = None
    role: str | None = None
    credential_id: UUID | None = None

    @classmethod
    def of(cls, caller: Caller) -> "Who":
        """The sender of a request."""
        return cls(
            kind="api_key" if caller.kind == "api_key" else caller.role.kind,
            id=caller.person_id,
            login=caller.login,
            name=caller.name,
            role=caller.role.key,
            credential_id=caller.credential_id,
        )


NOBODY = Who("nobody")
SYSTEM = Who("system", name="系统")


def make_entry(
    phase: str,
    action: str,
    who: Who,
    now: datetime,
    *,
    action_id: UUID | None = None,
    **facts: Any,
) -> Entry:
    """An entry with all fields; those that are not given are empty. Only storable text is kept."""
    entry_id = uuid7()
    given = {
        "actor_kind": who.kind,
        "actor_id": who.id,
        # Customers have no login; by this one what they did is found all the same.
        "actor_login": who.login or (str(who.id) if who.id else None),
        "actor_name": who.name,
        "role": who.role,
        "credential_id": who.credential_id,
        **facts,
    }
    entry: Entry = dict.fromkeys(FIELDS)
    entry |= {name: _storable(name, value) for name, value in given.items()}
    entry |= {"entry_id": entry_id, "action_id": action_id or entry_id, "phase": phase}
    entry |= {"action": action, "occurred_at": now}
    return entry


def follow_up(entry: Entry, phase: str, now: datetime, changes: Mapping[str, Any]) -> Entry:
    """A later entry of the same action: the same actor, place and object unless changed."""
    changed = {name: _storable(name, value) for name, value in changes.items()}
    return {**entry, **changed, "entry_id": uuid7(), "phase": phase, "occurred_at": now}


def _storable(name: str, value: Any) -> Any:
    """Text without what PostgreSQL cannot keep, and no longer than its kind may be."""
    if not isinstance(value, str):
        return value
    plain = value.replace("\0", "").encode("utf-8", "replace").decode()
    return plain[: _LONGEST[name]] if name in _LONGEST else plain
