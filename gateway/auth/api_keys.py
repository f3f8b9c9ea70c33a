"""API keys at the door: whose token it is and what it may."""

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from gateway.auth.caller import Caller
from gateway.auth.limits import window_of
from gateway.auth.lookups import Lookups
from gateway.auth.rights import Rights
from gateway.auth.roles import Membership
from libs.common.crypto.tokens import hash_token

PREFIX = "tdk"
_NOTED_EVERY = timedelta(minutes=1)


def find_key_caller(
    lookups: Lookups, rights: Rights, token: str, now: datetime, address: str
) -> Caller | None:
    """The key as a caller, if it is valid now."""
    found = lookups.find_api_key(hash_token(token), window_of(now))
    caller = caller_of_key(rights, found, now) if found else None
    if caller is None or (caller.expires_at is not None and now >= caller.expires_at):
        return None
    assert found is not None
    if found[1] is None or now - found[1] > _NOTED_EVERY:
        lookups.note_key_use(caller.credential_id, now, address, now - _NOTED_EVERY)
    return caller


def caller_of_key(rights: Rights, found: tuple[Any, ...], now: datetime) -> Caller:
    """A key's row (see `Lookups.find_api_key`) as a caller."""
    key_id, used_at, expires_at, name, narrowed, networks, rate, role_key, role_version, hits = (
        found
    )
    role = rights.role(role_key, role_version)
    own = tuple(ip_network(network) for network in networks)
    permissions = role.permissions if narrowed is None else role.permissions & set(narrowed)
    return Caller(
        credential_id=key_id,
        kind="api_key",
        last_used_at=used_at or now,
        expires_at=expires_at,
        person_id=key_id,
        login=f"key:{name}",
        name=name,
        language="zh",
        role=replace(role, permissions=permissions),
        membership=Membership(),
        permissions=permissions,
        # The role's list binds its people; a key without a list of its own obeys it as well.
        allowed_networks=own or role.allowed_networks,
        rate_per_minute=rate,
        hits=hits,
    )
