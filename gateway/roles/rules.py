"""What a role may be. Plain rules, told what is there."""

from collections.abc import Collection, Mapping
from ipaddress import ip_network
from typing import Any

from gateway.auth.permissions import PERMISSIONS
from gateway.auth.roles import is_inside
from libs.common.errors import Conflict, InvalidInput, field_error

# Whoever is no member of staff asks for help and gets it; nothing else (R2).
# Customers are in the portal by an address: they have no account, and no session of ours.
_HELD = {
    "employee": frozenset({"session.own", "request.own", "notice.read"}),
    "customer": frozenset({"request.own"}),
}
_SCOPES = {
    "staff": ("none", "own", "group", "department", "region", "all"),
    "employee": ("requested",),
    "customer": ("requested",),
}
# Somebody must be left who can set right what somebody else has set wrong.
KEEPERS = frozenset({"role.manage", "person.manage"})


def check_grants(kind: str, scope: str, permissions: Collection[str]) -> None:
    """Refuse unknown permissions, and for requesters all that is staff's; raises InvalidInput."""
    unknown = sorted(set(permissions) - set(PERMISSIONS))
    if unknown:
        raise field_error("permissions", f"unknown: {', '.join(unknown)}", "permission.unknown")
    beyond = sorted(set(permissions) - _HELD.get(kind, frozenset(PERMISSIONS)))
    if beyond:
        raise field_error("permissions", f"only for staff: {', '.join(beyond)}", "role.staff_only")
    if scope not in _SCOPES[kind]:
        choices = ", ".join(_SCOPES[kind])
        raise field_error("ticket_scope", f"must be one of {choices}", "role.scope_refused")


def networks_of(texts: Collection[str], field: str = "allowed_networks") -> list[str]:
    """Networks in CIDR form, without repeats; a single address is a network of one."""
    found: dict[str, None] = {}
    for place, text in enumerate(texts):
        try:
            found[str(ip_network(text.strip()))] = None
        except ValueError as error:
            message = f"not a network such as 10.1.0.0/16: {error}"
            wrong = {f"{field}.{place}": [message]}
            raise InvalidInput("network.invalid", message, {"errors": wrong}) from None
    return list(found)


def refuse_locking_out(address: str, networks: Collection[str]) -> None:
    """Whoever limits the own role to other networks would be out with the next request."""
    if not is_inside(address, tuple(map(ip_network, networks))):
        raise Conflict(
            "role.locks_you_out", f"your own address {address} is in none of these networks"
        )


def raised(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What a role newly allows: permissions, a wider scope, pools; for the alert."""
    gained: list[str] = []
    order = ("none", "requested", "own", "group", "department", "region", "all")
    # The scope first: it is what an alert must not leave out when there are many permissions.
    if order.index(after["ticket_scope"]) > order.index(before["ticket_scope"]):
        gained.append(f"ticket_scope={after['ticket_scope']}")
    if after["sees_pools"] and not before["sees_pools"]:
        gained.append("sees_pools")
    return [*gained, *sorted(set(after["permissions"]) - set(before["permissions"]))]
