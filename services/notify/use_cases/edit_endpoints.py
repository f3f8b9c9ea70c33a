"""Registers and changes robots of group chats; address and secret are never shown again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.ids import uuid7
from services.notify.clients.sending import robot_sender
from services.notify.domain.endpoints import EndpointKind, words_of_trial
from services.notify.domain.messages import Answer, Message
from services.notify.storage import endpoints as storage
from services.notify.storage.endpoints import Endpoint
from services.notify.use_cases.edit_webhooks import ChannelDesk, check_url
from services.notify.use_cases.versions import check_version

MOST = 200
_MAX_NAME = 100
_MAX_SECRET = 200


def create_endpoint(
    uow: UnitOfWork, desk: ChannelDesk, now: datetime, values: Mapping[str, Any]
) -> Endpoint:
    """Raises InvalidInput naming `url`, `name`, `kind` or `secret`."""
    if storage.count_endpoints(uow.session) >= MOST:
        raise Conflict("endpoint.too_many", f"there are at most {MOST} robots")
    endpoint_id = uuid7()
    if values.get("url") is None:
        raise field_error("url", "is required")
    row = {"secret_encrypted": None, **_checked(uow, desk, endpoint_id, values), "created_at": now}
    storage.add_endpoint(uow.session, endpoint_id, row)
    return _found(uow, endpoint_id)


def replace_endpoint(
    uow: UnitOfWork,
    desk: ChannelDesk,
    endpoint_id: UUID,
    version: int | None,
    values: Mapping[str, Any],
) -> tuple[Endpoint, Endpoint]:
    """The whole robot anew; without `url` or `secret` it keeps the ones it has.

    A `secret` of null takes it away.
    """
    before = _opened(uow, endpoint_id, version)
    row = _checked(uow, desk, endpoint_id, values)
    storage.change_endpoint(uow.session, endpoint_id, {**row, "last_error": None})
    return before, _found(uow, endpoint_id)


def remove_endpoint(uow: UnitOfWork, endpoint_id: UUID, version: int | None) -> Endpoint:
    """Rules that name it tell it nothing more."""
    before = _opened(uow, endpoint_id, version)
    storage.delete_endpoint(uow.session, endpoint_id)
    return before


def try_endpoint(
    uow: UnitOfWork, desk: ChannelDesk, now: datetime, endpoint_id: UUID, language: str
) -> Answer:
    """Hand a test message over and say what the robot answered; it may be switched off."""
    endpoint = _found(uow, endpoint_id)
    sender = robot_sender(
        endpoint.kind, endpoint.url(desk.keys), endpoint.secret(desk.keys), desk.http
    )
    subject, text = words_of_trial(language, endpoint.name)
    answer = sender.send(Message(uuid7(), "", subject, text, language=language))
    storage.note_sent(uow.session, endpoint_id, now, None if answer.is_sent else answer.reason)
    return answer


def _checked(
    uow: UnitOfWork, desk: ChannelDesk, endpoint_id: UUID, values: Mapping[str, Any]
) -> dict[str, Any]:
    name = values.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= _MAX_NAME:
        raise field_error("name", f"must be 1 to {_MAX_NAME} characters")
    if storage.has_name(uow.session, name.strip(), endpoint_id):
        raise field_error("name", "another robot is called so", "name.taken")
    checked = {
        "name": name.strip(),
        "kind": _kind(values.get("kind")),
        "is_active": values.get("is_active", True) is True,
    }
    if values.get("url") is not None:
        url = check_url(desk.http, values["url"])
        checked["url_encrypted"] = desk.keys.encrypt_text(url, storage.url_context(endpoint_id))
    if "secret" in values:
        checked["secret_encrypted"] = _sealed_secret(desk, endpoint_id, values["secret"])
    return checked


def _kind(value: object) -> EndpointKind:
    try:
        return EndpointKind(str(value))
    except ValueError:
        raise field_error("kind", f"must be one of {', '.join(EndpointKind)}") from None


def _sealed_secret(desk: ChannelDesk, endpoint_id: UUID, secret: object) -> bytes | None:
    if secret is None:
        return None
    if not isinstance(secret, str) or not 1 <= len(secret) <= _MAX_SECRET:
        raise field_error("secret", f"must be 1 to {_MAX_SECRET} characters")
    return desk.keys.encrypt_text(secret, storage.secret_context(endpoint_id))


def _opened(uow: UnitOfWork, endpoint_id: UUID, version: int | None) -> Endpoint:
    found = storage.lock_endpoint(uow.session, endpoint_id)
    if found is None:
        raise NotFound("endpoint.unknown", "there is no such robot")
    check_version(found.version, version)
    return found


def _found(uow: UnitOfWork, endpoint_id: UUID) -> Endpoint:
    found = storage.find_endpoints(uow.session, [endpoint_id]).get(endpoint_id)
    if found is None:
        raise NotFound("endpoint.unknown", "there is no such robot")
    return found
