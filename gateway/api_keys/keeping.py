"""Reads and writes API keys."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.auth.api_keys import PREFIX
from gateway.organisation.rights import Granter, Grants
from gateway.storage.keys import ApiKey
from gateway.storage.people import Person, RoleRow
from libs.common.crypto.tokens import hash_token, new_token
from libs.common.errors import Forbidden, NotFound, field_error
from libs.common.ids import uuid7

_HINT = 4  # characters
_MOST = 1_000


def list_keys(session: Session) -> list[dict[str, Any]]:
    """The newest first."""
    rows = session.execute(
        select(ApiKey, Person.name)
        .join(Person, Person.person_id == ApiKey.created_by)
        .order_by(ApiKey.created_at.desc(), ApiKey.api_key_id)
        .limit(_MOST)
    )
    return [_show(row, creator) for row, creator in rows]


def add_key(
    session: Session,
    now: datetime,
    *,
    creator: tuple[UUID, str],
    granting: Granter,
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """A new key with its token, which is shown only now.

    `granting` is the creator: nobody gives a program more than they have, nor a wider view, unless
    by the right to manage roles. Raises InvalidInput or Forbidden.
    """
    _check_expiry(values["expires_at"], now)
    _check_grants(session, values["role"], values["permissions"], granting)
    token = new_token(PREFIX)
    creator_id, creator_name = creator
    row = ApiKey(
        api_key_id=uuid7(),
        token_hash=hash_token(token),
        hint=token[-_HINT:],
        created_by=creator_id,
        created_at=now,
        **values,
    )
    session.add(row)
    session.flush()
    return _show(row, creator_name) | {"token": token}


def revoke_key(session: Session, api_key_id: UUID, now: datetime) -> str:
    """From the next request on it opens nothing; returns its name. Repeating it changes nothing."""
    row = session.scalar(select(ApiKey).where(ApiKey.api_key_id == api_key_id).with_for_update())
    if row is None:
        raise NotFound("api_key.unknown", "there is no such key")
    row.revoked_at = row.revoked_at or now
    session.flush()
    return row.name


def _check_expiry(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise field_error("expires_at", "must lie in the future")


def _check_grants(
    session: Session, role: str, narrowed: Collection[str] | None, granting: Granter
) -> None:
    found = session.scalar(select(RoleRow).where(RoleRow.key == role))
    if found is None or found.kind != "staff":
        raise field_error("role", "there is no such role of staff", "role.unknown")
    beyond_role = sorted(set(narrowed or ()) - set(found.permissions))
    if beyond_role:
        message = f"the role does not hold {', '.join(beyond_role)}"
        raise field_error("permissions", message, "permission.unknown")
    key = Grants(
        *(found.key, found.kind, found.name_zh, found.name_en),
        frozenset(found.permissions if narrowed is None else narrowed),
        *(found.ticket_scope, found.sees_pools),
    )
    if granting.gives_more(key):
        raise Forbidden("permission.beyond_own", "the key would have rights that you do not have")


def _show(row: ApiKey, creator: str) -> dict[str, Any]:
    return {
        "api_key_id": row.api_key_id,
        "name": row.name,
        "role": row.role,
        "permissions": row.permissions,
        "hint": row.hint,
        "allowed_networks": [str(network) for network in row.allowed_networks],
        "rate_per_minute": row.rate_per_minute,
        "created_by": creator,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "last_used_from": row.last_used_from,
        "revoked_at": row.revoked_at,
    }
