"""Registers and changes webhooks; a secret is shown when it is made, and never again."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from libs.common.config import Config
from libs.common.contracts.envelope import REGISTRY
from libs.common.crypto import KeyRing, open_ring
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.http import OutboundFailed, OutboundHttp, open_http
from libs.common.ids import uuid7
from services.notify.domain.webhooks import (
    MAX_WEBHOOKS,
    OVERLAP,
    PING,
    SECRET_BYTES,
    DisabledReason,
    parse_types,
    write_secret,
)
from services.notify.storage import webhook_deliveries as deliveries
from services.notify.storage import webhooks as storage
from services.notify.storage.webhook_log import drop_waiting
from services.notify.storage.webhooks import Webhook
from services.notify.use_cases.switch_webhooks import switch_off, switch_on
from services.notify.use_cases.versions import check_version

_MAX_URL = 2_000
_MAX_NAME = 100


@dataclass(frozen=True)
class ChannelDesk:
    """What editing webhooks and robots needs beside the database."""

    keys: KeyRing
    http: OutboundHttp

    @classmethod
    def open(cls, config: Config) -> "ChannelDesk":
        """Raises ConfigError."""
        return cls(open_ring(config), open_http())


def create_webhook(
    uow: UnitOfWork,
    desk: ChannelDesk,
    now: datetime,
    created_by: UUID | None,
    values: Mapping[str, Any],
) -> tuple[Webhook, str]:
    """Returns it and its secret. Raises InvalidInput naming `url`, `name` or `types`."""
    if storage.count_webhooks(uow.session) >= MAX_WEBHOOKS:
        raise Conflict("webhook.too_many", f"there are at most {MAX_WEBHOOKS} webhooks")
    webhook_id, secret = uuid7(), _new_secret()
    checked = _checked(uow, desk, webhook_id, values)
    row = {
        **checked,
        "secret_encrypted": _seal(desk, webhook_id, secret),
        "resume_at": now,
        "created_by": created_by,
        "created_at": now,
        "disabled_reason": None if checked["is_active"] else DisabledReason.BY_HAND,
        "disabled_at": None if checked["is_active"] else now,
    }
    storage.add_webhook(uow.session, webhook_id, row)
    return _found(uow, webhook_id), secret


def replace_webhook(
    uow: UnitOfWork,
    desk: ChannelDesk,
    now: datetime,
    webhook_id: UUID,
    version: int | None,
    values: Mapping[str, Any],
) -> tuple[Webhook, Webhook]:
    """The whole webhook anew but for its secret; returns it before and after."""
    before = _opened(uow, webhook_id, version)
    checked = _checked(uow, desk, webhook_id, values)
    is_active = checked.pop("is_active")
    storage.change_webhook(uow.session, webhook_id, {**checked, "resume_at": now})
    if before.is_active and not is_active:
        switch_off(uow.session, webhook_id, DisabledReason.BY_HAND, now)
    elif is_active and not before.is_active:
        switch_on(uow.session, webhook_id, now)
    return before, _found(uow, webhook_id)


def enable_webhook(
    uow: UnitOfWork, now: datetime, webhook_id: UUID, version: int | None
) -> tuple[Webhook, Webhook]:
    """On again, whyever it was off."""
    before = _opened(uow, webhook_id, version)
    if not before.is_active:
        switch_on(uow.session, webhook_id, now)
    return before, _found(uow, webhook_id)


def remove_webhook(uow: UnitOfWork, webhook_id: UUID, version: int | None) -> Webhook:
    """What waits for it goes nowhere; returns what it was."""
    before = _opened(uow, webhook_id, version)
    drop_waiting(uow.session, webhook_id)
    storage.delete_webhook(uow.session, webhook_id)
    return before


def rotate_webhook_secret(
    uow: UnitOfWork, desk: ChannelDesk, now: datetime, webhook_id: UUID, version: int | None
) -> tuple[Webhook, str]:
    """A new secret; for a day everything is signed under the one before as well."""
    before, secret = _opened(uow, webhook_id, version), _new_secret()
    old = desk.keys.decrypt_text(before.sealed_secret, storage.secret_context(webhook_id))
    values = {
        "secret_encrypted": _seal(desk, webhook_id, secret),
        "previous_secret_encrypted": desk.keys.encrypt_text(
            old, storage.previous_context(webhook_id)
        ),
        "previous_until": now + OVERLAP,
    }
    storage.change_webhook(uow.session, webhook_id, values)
    return _found(uow, webhook_id), secret


def ping_webhook(uow: UnitOfWork, now: datetime, webhook_id: UUID) -> UUID:
    """Queue a ping, for one that is off as well; returns the delivery's id."""
    _found(uow, webhook_id)
    delivery_id, event_id = uuid7(), uuid7()
    body = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": "/tidedesk/notify",
        "type": PING,
        "subject": str(webhook_id),
        "time": now.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {"webhook_id": str(webhook_id)},
    }
    row = {
        "delivery_id": delivery_id,
        "occurred_at": now,
        "webhook_id": webhook_id,
        "event_id": event_id,
        "type": PING,
        "subject": str(webhook_id),
        "stream": f"{PING}:{delivery_id}",  # waits for no other
        "position": 1,
        "body": orjson.dumps(body).decode(),
        "queued_at": now,
        "next_at": now,
    }
    deliveries.add_deliveries(uow.session, [row])
    return delivery_id


def _checked(
    uow: UnitOfWork, desk: ChannelDesk, webhook_id: UUID, values: Mapping[str, Any]
) -> dict[str, Any]:
    name, url = values.get("name"), values.get("url")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= _MAX_NAME:
        raise field_error("name", f"must be 1 to {_MAX_NAME} characters")
    if storage.has_name(uow.session, name.strip(), webhook_id):
        raise field_error("name", "another webhook is called so", "name.taken")
    types = values.get("types")
    return {
        "name": name.strip(),
        "url": check_url(desk.http, url),
        "types": parse_types(types if isinstance(types, list) else [], REGISTRY.keys()),
        "is_active": values.get("is_active", True) is True,
    }


def check_url(http: OutboundHttp, url: object) -> str:
    """An address that may be asked; raises InvalidInput naming `url`."""
    if not isinstance(url, str) or not 1 <= len(url) <= _MAX_URL:
        raise field_error("url", f"must be 1 to {_MAX_URL} characters")
    try:
        http.check_url(url)
    except OutboundFailed:
        raise field_error("url", "there is no such host") from None
    return url


def _new_secret() -> str:
    return write_secret(secrets.token_bytes(SECRET_BYTES))


def _seal(desk: ChannelDesk, webhook_id: UUID, secret: str) -> bytes:
    return desk.keys.encrypt_text(secret, storage.secret_context(webhook_id))


def _opened(uow: UnitOfWork, webhook_id: UUID, version: int | None) -> Webhook:
    found = storage.lock_webhook(uow.session, webhook_id)
    if found is None:
        raise NotFound("webhook.unknown", "there is no such webhook")
    check_version(found.version, version)
    return found


def _found(uow: UnitOfWork, webhook_id: UUID) -> Webhook:
    found = storage.find_webhook(uow.session, webhook_id)
    if found is None:
        raise NotFound("webhook.unknown", "there is no such webhook")
    return found
