"""Texts of one's own: checked before they are kept, tried before they are checked."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from libs.common.ids import uuid7
from services.notify.clients import sandbox
from services.notify.domain.occasions import OCCASIONS, Occasion
from services.notify.domain.reading import Fields
from services.notify.domain.texts import (
    LANGUAGES,
    TEMPLATE_CHANNELS,
    Source,
    Wrong,
    default_key,
)
from services.notify.storage import configuration as stored
from services.notify.storage.rule_book import move_revision
from services.notify.use_cases.versions import check_version

MOST = 500
_MOST_PARAMS = 20
_KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
_CODE = 100
_FIELDS = (
    *("key", "occasion", "channel", "language", "subject", "body", "html", "provider_code"),
    "provider_params",
)
_TABLE, _ID = "templates", "template_id"


def create_text(uow: UnitOfWork, values: Mapping[str, Any]) -> Row[Any]:
    """Raises InvalidInput naming what is wrong, and in which line of it."""
    move_revision(uow.session)
    if stored.count_rows(uow.session, _TABLE) >= MOST:
        raise Conflict("template.too_many", f"there are at most {MOST} texts")
    read = read_text(uow, values)
    _refuse_double(uow, read, None)
    return stored.add_row(uow.session, _TABLE, {"template_id": uuid7(), **read})


def replace_text(
    uow: UnitOfWork, template_id: UUID, version: int | None, values: Mapping[str, Any]
) -> tuple[Row[Any], Row[Any]]:
    """Another text in its place: before and after."""
    before = _take(uow, template_id, version)
    read = read_text(uow, values)
    _refuse_double(uow, read, template_id)
    return before, stored.change_row(uow.session, _TABLE, _ID, template_id, read)


def remove_text(uow: UnitOfWork, template_id: UUID, version: int | None) -> Row[Any]:
    """What it replaced holds again."""
    before = _take(uow, template_id, version)
    stored.remove_row(uow.session, _TABLE, _ID, template_id)
    return before


def read_text(uow: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a text; raises InvalidInput whose errors are keyed by field."""
    given = Fields(values, _FIELDS)
    occasion = given.word("occasion", OCCASIONS)
    source = source_of(given)
    key = given.text("key") or occasion
    columns = {
        "key": key,
        "occasion": occasion,
        "channel": given.word("channel", TEMPLATE_CHANNELS),
        "language": given.word("language", LANGUAGES),
        "subject": source.subject,
        "body": source.body,
        "html": source.html,
        "provider_code": source.provider_code,
        "provider_params": list(source.provider_params),
    }
    if about := OCCASIONS.get(occasion):
        for wrong in sandbox.check(source, about.names):
            given.refusals.add(wrong.field, f"line {wrong.line}: {wrong.message}")
        _check_key(uow, given, key, about)
    given.refusals.demand()
    return columns


def source_of(given: Fields) -> Source:
    """The text alone, as it was sent."""
    params = [str(one) for one in given.members("provider_params")]
    if len(params) > _MOST_PARAMS:
        given.refusals.add("provider_params", f"must have at most {_MOST_PARAMS} members")
    code = given.text("provider_code")
    if code is not None and len(code) > _CODE:
        given.refusals.add("provider_code", f"must have at most {_CODE} characters")
    return Source(
        body=given.text("body", is_required=True) or "",
        subject=given.text("subject"),
        html=given.text("html"),
        provider_code=code,
        provider_params=tuple(params),
    )


def faults_of(source: Source, occasion: Occasion) -> list[Wrong]:
    """What would be refused."""
    return sandbox.check(source, occasion.names)


def _check_key(uow: UnitOfWork, given: Fields, key: str, occasion: Occasion) -> None:
    """A key is of one occasion: an occasion's own, or one that others do not have."""
    if not _KEY.fullmatch(key):
        given.refusals.add("key", "must be small letters, digits and _, at most 60")
        return
    owner = _OWNERS.get(key) or stored.occasion_of_key(uow.session, key)
    if owner is not None and owner != occasion.key:
        given.refusals.add("key", "stands for another occasion's texts")


_OWNERS = {default_key(one, whom): one.key for one in OCCASIONS.values() for whom in one.audiences}


def _refuse_double(uow: UnitOfWork, read: Mapping[str, Any], own_id: UUID | None) -> None:
    for row in stored.list_rows(uow.session, _TABLE, "key"):
        same = (row.key, row.channel, row.language) == (
            read["key"],
            read["channel"],
            read["language"],
        )
        if same and row.template_id != own_id:
            raise Conflict(
                "template.exists", "there is such a text already: key, channel and language"
            )


def _take(uow: UnitOfWork, template_id: UUID, version: int | None) -> Row[Any]:
    move_revision(uow.session)
    row = stored.find_row(uow.session, _TABLE, _ID, template_id)
    if row is None:
        raise NotFound("template.unknown", "there is no such text")
    check_version(row.version, version)
    return row
