"""Who may change whose account: nobody gives, or takes over, more rights than the own ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.roles.keeping import refuse_without_keeper
from gateway.roles.rules import raised
from gateway.storage.people import RoleRow
from libs.common.errors import Conflict, Forbidden, field_error

# Whoever may change roles can have every right anyway.
_UNLIMITED = "role.manage"


@dataclass(frozen=True)
class Granter:
    """Who changes accounts, and what they hold themselves."""

    person_id: UUID
    permissions: frozenset[str]
    ticket_scope: str
    sees_pools: bool

    def gives_more(self, role: "Grants") -> bool:
        """Whether a role allows anything that the granter may not do."""
        own = Grants("", "staff", "", "", self.permissions, self.ticket_scope, self.sees_pools)
        return _UNLIMITED not in self.permissions and bool(gained(own, role))


@dataclass(frozen=True)
class Grants:
    """A role, as far as it matters to those who give it to people."""

    key: str
    kind: str
    name_zh: str
    name_en: str
    permissions: frozenset[str]
    ticket_scope: str
    sees_pools: bool


def gained(before: Grants, after: Grants) -> list[str]:
    """What somebody may newly do who had one role and has the other now."""
    return raised(_as_mapping(before), _as_mapping(after))


def read_roles(session: Session) -> dict[str, Grants]:
    """All roles that people may hold, by key."""
    columns = (
        *(RoleRow.key, RoleRow.kind, RoleRow.name_zh, RoleRow.name_en),
        *(RoleRow.permissions, RoleRow.ticket_scope, RoleRow.sees_pools),
    )
    people = select(*columns).where(RoleRow.kind != "customer")
    # The shipped ones as they were shipped, then those that were made here.
    rows = session.execute(people.order_by(RoleRow.is_shipped.desc(), RoleRow.role_id))
    found = [
        Grants(**{**row, "permissions": frozenset(row["permissions"])}) for row in rows.mappings()
    ]
    return {grants.key: grants for grants in found}


def show_grants(role: Grants, granter: Granter) -> dict[str, Any]:
    """The shape of REST."""
    names = {"zh": role.name_zh, "en": role.name_en}
    may_give = "person.manage" in granter.permissions and not granter.gives_more(role)
    return {"role": role.key, "role_name": names, "kind": role.kind, "may_give": may_give}


def role_to_give(roles: Mapping[str, Grants], key: str, granter: Granter) -> Grants:
    """The role; raises InvalidInput if there is none, Forbidden if it is beyond the granter."""
    role = roles.get(key)
    if role is None:
        raise field_error("role", "there is no such role", "role.unknown")
    if granter.gives_more(role):
        raise Forbidden("role.beyond_own", "this role may do more than you")
    return role


def refuse_beyond(role: Grants, person_id: UUID, granter: Granter) -> None:
    """Raise Forbidden for accounts with more rights: their password would be a way to these."""
    if person_id != granter.person_id and granter.gives_more(role):
        raise Forbidden("person.beyond_own", "this person may do more than you")


def refuse_own(person_id: UUID, granter: Granter) -> None:
    """Raise Conflict where people must not act on themselves."""
    if person_id == granter.person_id:
        raise Conflict("person.self", "nobody may do this to the own account")


def wait_for_role_changes(session: Session) -> None:
    """Before any row is locked; changes of roles lock in this order, too."""
    refuse_without_keeper(session)


def _as_mapping(grants: Grants) -> dict[str, Any]:
    return {
        "permissions": grants.permissions,
        "ticket_scope": grants.ticket_scope,
        "sees_pools": grants.sees_pools,
    }
