"""Published versions of templates: immutable, so each process reads each of them once."""

import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from libs.common.errors import InvalidInput
from services.ticketing.domain.templates import Definition, TemplateVersion, parse_definition
from services.ticketing.domain.templates.confidentiality import stored_confidentiality
from services.ticketing.domain.templates.offering import stored_offered
from services.ticketing.domain.templates.requesters import stored_requesters

_log = logging.getLogger(__name__)
_MOST_KEPT = 500
_kept: dict[UUID, TemplateVersion] = {}

_COLUMNS = "v.template_version_id, v.version, v.key, v.kind, v.name_zh, v.name_en, v.content"
_THESE = text(
    f"SELECT {_COLUMNS} FROM ticket_template_versions v "
    "WHERE v.template_version_id = ANY(CAST(:ids AS uuid[]))"
)
_CURRENT = (
    "SELECT {what} FROM ticket_templates t JOIN ticket_template_versions v "
    "ON v.template_id = t.template_id AND v.version = t.published_version "
    "WHERE t.is_active AND {which}"
)
_BY_KEY = text(_CURRENT.format(what="v.template_version_id", which="t.key = :key"))
_DEFAULTS = text(
    _CURRENT.format(
        what="DISTINCT ON (t.kind) t.kind, v.template_version_id", which="t.kind = ANY(:kinds)"
    )
    + " ORDER BY t.kind, t.position, t.template_id"
)
_FOR_REQUESTERS = text(
    _CURRENT.format(
        what="v.template_version_id, v.content ->> 'description' AS told, "
        "v.content ->> 'description_en' AS told_en",
        which="jsonb_typeof(v.content -> 'requesters') = 'object'",
    )
    + " ORDER BY t.position, t.template_id"
)


def versions_of(session: Session, ids: Iterable[UUID | None]) -> Mapping[UUID, TemplateVersion]:
    """These versions, by id."""
    wanted = {one for one in ids if one is not None}
    found = {one: _kept[one] for one in wanted if one in _kept}
    unread = [one for one in wanted if one not in found]
    if unread:
        rows = session.execute(_THESE, {"ids": unread}).all()
        found |= {row.template_version_id: _keep(read_version(row)) for row in rows}
    return found


def find_version(session: Session, template_version_id: UUID | None) -> TemplateVersion | None:
    """One of them."""
    if template_version_id is None:
        return None
    return versions_of(session, [template_version_id]).get(template_version_id)


def find_current(session: Session, key: str) -> TemplateVersion | None:
    """The version that new tickets get; None for what is not in use."""
    return find_version(session, session.execute(_BY_KEY, {"key": key}).scalar())


def default_versions(session: Session, kinds: Collection[str]) -> dict[str, TemplateVersion]:
    """Of each kind of request the first template in use, by kind."""
    rows = session.execute(_DEFAULTS, {"kinds": sorted(kinds)}).all()
    known = versions_of(session, (row.template_version_id for row in rows))
    return {row.kind: known[row.template_version_id] for row in rows}


def current_for_requesters(session: Session) -> list[tuple[TemplateVersion, str, str]]:
    """What requesters may begin with, in its order, each with its description in both languages.

    Where nobody has written an English one, the Chinese one stands for it.
    """
    rows = session.execute(_FOR_REQUESTERS).all()
    known = versions_of(session, (row.template_version_id for row in rows))
    return [
        (known[row.template_version_id], row.told or "", row.told_en or row.told or "")
        for row in rows
    ]


def read_version(row: Row[Any]) -> TemplateVersion:
    """A row as the domain knows it."""
    return TemplateVersion(
        row.template_version_id,
        row.key,
        row.version,
        row.name_zh,
        row.name_en,
        row.kind,
        _definition(row),
        stored_confidentiality(row.content.get("confidential")),
        stored_requesters(row.content.get("requesters")),
        stored_offered(row.content.get("categories")),
    )


def _definition(row: Row[Any]) -> Definition:
    """One that this release cannot read must not keep people from their tickets."""
    given = {name: row.content.get(name) for name in ("fields", "requirements", "statuses")}
    try:
        return parse_definition(given)
    except InvalidInput:
        _log.exception("version %s of template %s cannot be read", row.version, row.key)
        return Definition()


def _keep(version: TemplateVersion) -> TemplateVersion:
    if len(_kept) >= _MOST_KEPT:
        # The oldest read: those in use come back at once.
        del _kept[next(iter(_kept))]
    _kept[version.template_version_id] = version
    return version
