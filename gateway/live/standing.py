"""Whether those with open streams still may have them, and with which rights.

Asked again and again for all of a process's streams at once: a stream is no request, so nothing
else would notice that its session has ended. Asking does not count as using the session.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.auth.api_keys import caller_of_key
from gateway.auth.caller import Caller
from gateway.auth.lookups import Lookups
from gateway.auth.rights import Rights
from gateway.auth.roles import Membership, Role, is_inside
from gateway.auth.sessions import is_valid
from gateway.login.settings import SessionRules

_SESSIONS = """
SELECT s.session_id, s.kind, s.last_used_at, s.expires_at, p.person_id, p.login, p.name,
       p.language, p.role, r.role_id || ':' || r.version, d.version, p.must_change_password
FROM sessions s JOIN people p USING (person_id) JOIN roles r ON r.key = p.role, directory_state d
WHERE s.session_id = ANY(%s::uuid[]) AND s.revoked_at IS NULL AND p.is_active
"""
_KEYS = """
SELECT k.api_key_id, k.last_used_at, k.expires_at, k.name, k.permissions,
       k.allowed_networks::text[], k.rate_per_minute, k.role, r.role_id || ':' || r.version, 0
FROM api_keys k JOIN roles r ON r.key = k.role
WHERE k.api_key_id = ANY(%s::uuid[]) AND k.revoked_at IS NULL
"""
_PORTAL = """
SELECT portal_session_id FROM portal_sessions
WHERE portal_session_id = ANY(%s::uuid[]) AND revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has opened a stream, from where, and what that asks for.

    A requester listens for own requests alone, whatever else they may see.
    """

    caller: Caller
    address: str
    permission: str = "session.own"
    is_requester: bool = False


class Standings:
    """Finds out who still stands; raises the database's trouble."""

    def __init__(self, lookups: Lookups, rights: Rights, rules: SessionRules) -> None:
        self._lookups = lookups
        self._rights = rights
        self._rules = rules

    def check(self, holders: Iterable[Holder], now: datetime) -> dict[UUID, Caller]:
        """Callers as they are now, by credential; whoever is missing may listen no longer."""
        all_of_them = list(holders)
        found = {
            **self._sessions({one.caller.credential_id for one in all_of_them if _is_person(one)}),
            **self._keys({one.caller.credential_id for one in all_of_them if _is_key(one)}, now),
            **self._customers([one for one in all_of_them if _is_customer(one)]),
        }
        return {
            one.caller.credential_id: present
            for one in all_of_them
            if (present := found.get(one.caller.credential_id)) and self._may(one, present, now)
        }

    def _may(self, holder: Holder, present: Caller, now: datetime) -> bool:
        return (
            self._is_good(present, now)
            and holder.permission in present.permissions
            and is_inside(holder.address, present.allowed_networks)
            and not present.must_change_password
        )

    def _is_good(self, present: Caller, now: datetime) -> bool:
        if present.kind == "api_key" or present.role.kind == "customer":
            return present.expires_at is None or now < present.expires_at
        return is_valid(present, now, self._rules)

    def _sessions(self, ids: Collection[UUID]) -> dict[UUID, Caller]:
        rows = self._lookups.run(_SESSIONS, (list(map(str, ids)),)) if ids else []
        return {row[0]: self._caller(row) for row in rows}

    def _caller(self, row: tuple[Any, ...]) -> Caller:
        session_id, kind, used_at, expires_at, person_id, login, name, language = row[:8]
        role_key, edition, directory_version, must_change = row[8:]
        role: Role = self._rights.role(role_key, edition)
        membership: Membership = self._rights.membership(person_id, directory_version)
        return Caller(
            credential_id=session_id,
            kind=kind,
            last_used_at=used_at,
            expires_at=expires_at,
            person_id=person_id,
            login=login,
            name=name,
            language=language,
            role=role,
            membership=membership,
            permissions=role.permissions,
            must_change_password=must_change,
            allowed_networks=role.allowed_networks,
        )

    def _keys(self, ids: Collection[UUID], now: datetime) -> dict[UUID, Caller]:
        rows = self._lookups.run(_KEYS, (list(map(str, ids)),)) if ids else []
        return {row[0]: caller_of_key(self._rights, row, now) for row in rows}

    def _customers(self, holders: list[Holder]) -> dict[UUID, Caller]:
        """Their rights are those with which they came: all customers have the same."""
        callers = {one.caller.credential_id: one.caller for one in holders}
        rows = self._lookups.run(_PORTAL, (list(map(str, callers)),)) if callers else []
        return {row[0]: callers[row[0]] for row in rows}


def _is_key(one: Holder) -> bool:
    return one.caller.kind == "api_key"


def _is_customer(one: Holder) -> bool:
    return one.caller.role.kind == "customer"


def _is_person(one: Holder) -> bool:
    return not _is_key(one) and not _is_customer(one)
