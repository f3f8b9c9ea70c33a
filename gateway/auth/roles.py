"""Roles as data: permissions, which routes ask for, and scopes, which owners of data enforce."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from gateway.auth.permissions import PERMISSIONS

# Who sees all still asks for what names them or their units; who sees none sees none.
_WATCHING = ("own", "group", "department", "region", "all")

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Membership:
    """Where somebody belongs: ids as text. Departments and regions include those below.

    `above` are the own department and those that it is part of.
    """

    groups: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """What its holders may ask for, of which tickets, and from which addresses (none: any)."""

    key: str
    kind: str
    name_zh: str
    name_en: str
    ticket_scope: str
    sees_pools: bool
    permissions: frozenset[str]
    allowed_networks: tuple[Network, ...] = ()
    needs_totp: bool = False

    def scopes_of(self, membership: Membership) -> dict[str, Any]:
        """The scope that `libs.common.scope` reads, for a holder who belongs there."""
        scopes: dict[str, Any] = {"tickets": self.ticket_scope}
        if self.ticket_scope == "department":
            scopes["departments"] = list(membership.departments)
        if self.ticket_scope == "region":
            scopes["regions"] = list(membership.regions)
        if self.sees_pools:
            scopes["pools"] = True
        if self.sees_pools or self.ticket_scope == "group":
            scopes["groups"] = list(membership.groups)
        if self.ticket_scope in _WATCHING and (membership.groups or membership.above):
            scopes["watches"] = [*membership.groups, *membership.above]
        return scopes


def known_permissions(permissions: list[str]) -> frozenset[str]:
    """Those that this release knows: a role of a newer one grants nothing unknown."""
    return frozenset(permissions) & frozenset(PERMISSIONS)


def is_inside(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether an address may be used; without networks every one may."""
    if not networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    # A socket for both versions shows callers by IPv4 as such by IPv6.
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)
