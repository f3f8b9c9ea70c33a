"""Roles and memberships as one process knows them, kept under the versions they were read at.

A request's one look-up tells the versions of the role and of the organisation; only when one has
changed is anything read again, so that a change counts from the next request on.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from gateway.auth.lookups import Lookups
from gateway.auth.roles import Membership, Role, known_permissions

_ROLE = """
SELECT role_id || ':' || version, key, kind, name_zh, name_en, ticket_scope, sees_pools,
       permissions, allowed_networks::text[], needs_totp
FROM roles WHERE key = %s
"""
_UNITS = """
SELECT 'department', department_id, parent_id FROM departments WHERE is_active
UNION ALL SELECT 'region', region_id, parent_id FROM regions WHERE is_active
"""
_PERSON = """
SELECT p.department_id, p.region_id, array(
    SELECT m.group_id FROM group_members m JOIN groups g USING (group_id)
    WHERE m.person_id = p.person_id AND g.is_active ORDER BY g.name)::text[]
FROM people p WHERE p.person_id = %s
"""
_MOST_MEMBERSHIPS = 10_000


class Rights:
    """Safe between threads: what two read at once is the same."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._lock = threading.Lock()
        self._roles: dict[str, tuple[str, Role]] = {}
        self._directory_version = -1
        self._below: Mapping[str, list[str]] = {}
        self._above: Mapping[str, str] = {}
        self._memberships: dict[UUID, Membership] = {}

    def role(self, key: str, edition: str) -> Role:
        """The role as of that edition or later.

        An edition is the role's id and version: one that was deleted and made anew under the same
        key begins with version 1 again.
        """
        known = self._roles.get(key)
        if known is None or known[0] != edition:
            found, *row = self._lookups.run(_ROLE, (key,))[0]
            known = (found, _role(row))
            self._roles[key] = known
        return known[1]

    def membership(self, person_id: UUID, directory_version: int) -> Membership:
        """Where the person belongs, as of that version of the organisation or later."""
        self._refresh(directory_version)
        # This very mapping: should another thread put a newer one in its place meanwhile, what is
        # read here may be older than that.
        memberships = self._memberships
        known = memberships.get(person_id)
        if known is None:
            known = self._read_membership(person_id)
            if len(memberships) >= _MOST_MEMBERSHIPS:
                memberships.clear()
            memberships[person_id] = known
        return known

    def _refresh(self, version: int) -> None:
        if version <= self._directory_version:
            return
        with self._lock:
            if version > self._directory_version:
                units = self._lookups.run(_UNITS, ())
                self._below, self._above = _children(units), _parents(units)
                self._memberships = {}
                self._directory_version = version

    def _read_membership(self, person_id: UUID) -> Membership:
        found = self._lookups.run(_PERSON, (person_id,))
        if not found:
            return Membership()
        department, region, groups = found[0]
        return Membership(
            tuple(groups),
            tuple(self._with_below(department)),
            tuple(self._with_below(region)),
            tuple(self._with_above(department)),
        )

    def _with_below(self, unit: UUID | None) -> Iterable[str]:
        waiting = [str(unit)] if unit else []
        while waiting:
            one = waiting.pop()
            yield one
            waiting += self._below.get(one, ())

    def _with_above(self, unit: UUID | None) -> Iterable[str]:
        one = str(unit) if unit else None
        while one is not None:
            yield one
            one = self._above.get(one)


def _children(rows: list[tuple[Any, ...]]) -> dict[str, list[str]]:
    """Ids of departments and regions are all different, so one mapping serves both trees."""
    below: dict[str, list[str]] = defaultdict(list)
    for _kind, unit, parent in rows:
        if parent is not None:
            below[str(parent)].append(str(unit))
    return dict(below)


def _parents(rows: list[tuple[Any, ...]]) -> dict[str, str]:
    return {str(unit): str(parent) for _kind, unit, parent in rows if parent is not None}


def _role(row: Sequence[Any]) -> Role:
    key, kind, name_zh, name_en, scope, sees_pools, permissions, networks, needs_totp = row
    return Role(
        key=key,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        ticket_scope=scope,
        sees_pools=sees_pools,
        permissions=known_permissions(permissions),
        allowed_networks=tuple(ip_network(network) for network in networks),
        needs_totp=needs_totp,
    )
