"""For whom something is kept: its owner alone (private), a group, or everybody (shared)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.errors import Forbidden, field_error
from services.ticketing.domain import checks

PRIVATE, GROUP, SHARED = "private", "group", "shared"
VISIBILITIES = (PRIVATE, GROUP, SHARED)

# A mapping, or a row as the database gives it.
Json = Any


def own_groups(actor: Actor) -> tuple[UUID, ...]:
    """The groups that the actor is in, as the gateway has signed them."""
    listed = actor.scopes.get("groups")
    return tuple(UUID(str(one)) for one in listed) if isinstance(listed, list | tuple) else ()


def check_sharing(values: Json) -> dict[str, Any]:
    """`visibility` and `group_id`, which belong together; raises InvalidInput."""
    visibility = checks.one_of("visibility", values.get("visibility", PRIVATE), VISIBILITIES)
    group_id = values.get("group_id")
    if visibility != GROUP:
        return {"visibility": visibility, "group_id": None}
    try:
        return {"visibility": visibility, "group_id": UUID(str(group_id))}
    except ValueError:
        raise field_error("group_id", "is required for a group", "field.required") from None


def may_see(row: Json, actor: Actor, groups: Collection[UUID], manages: str) -> bool:
    """Whether the actor knows of it; whoever holds `manages` knows of all groups' things."""
    if row["visibility"] == PRIVATE:
        return bool(row["owner_id"] == actor.subject)
    is_ours = row["visibility"] == SHARED or row["group_id"] in groups
    return is_ours or actor.may(manages)


def may_change(row: Json, actor: Actor, manages: str) -> bool:
    """One's own private things, and for who may manage them what is shared."""
    return (
        bool(row["owner_id"] == actor.subject)
        if row["visibility"] == PRIVATE
        else (actor.may(manages))
    )


def demand_change(row: Json, actor: Actor, manages: str) -> None:
    """Raises Forbidden unless the actor may have it so, or change what is so."""
    if not may_change(row, actor, manages):
        raise Forbidden("permission.missing", f"what others use too needs {manages}")
