"""Roles as data: permissions, which routes ask for, and scopes, which owners of data enforce."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_AGENT = frozenset(
    {
        "session.own",
        "ticket.list",
        "ticket.read",
        "ticket.create",
        "ticket.take",
        "ticket.accept",
        "ticket.edit",
        "ticket.reply",
        "ticket.note",
        "ticket.move",
        "ticket.solve",
        "ticket.reopen",
        "attachment.read",
        "attachment.upload",
        "customer.read",
        "customer.create",
        "notice.read",
    }
)
_SUPERVISOR = _AGENT | {
    "ticket.assign",
    "people.list",
    "failure.list",
    "failure.replay",
    "failure.discard",
    "receipt.list",
    "receipt.refile",
}


@dataclass(frozen=True)
class Role:
    """What its holders may ask for, and of which tickets."""

    permissions: frozenset[str]
    scopes: Mapping[str, Any]


ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "agent": Role(_AGENT, {"tickets": "own", "unassigned": True}),
        "supervisor": Role(_SUPERVISOR, {"tickets": "all"}),
    }
)
PERMISSIONS = frozenset().union(*(role.permissions for role in ROLES.values()))

_NOTHING = Role(frozenset(), {})


def role_named(name: str) -> Role:
    """The role; one that this release does not know may do nothing."""
    return ROLES.get(name, _NOTHING)
