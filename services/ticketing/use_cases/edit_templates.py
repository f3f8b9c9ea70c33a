"""Changes templates: drafts are written over, versions never. The shell commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, InvalidInput, NotFound, Stale, field_error
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.moves import dead_ends
from services.ticketing.domain.statuses import is_own_key
from services.ticketing.domain.templates.content import (
    Content,
    keep_unsaid,
    parse_content,
    parse_key,
)
from services.ticketing.domain.templates.notes import Notes
from services.ticketing.domain.templates.offering import check_beginnings, check_offered
from services.ticketing.storage import template_rows as rows
from services.ticketing.storage.category_rows import read_tree
from services.ticketing.storage.status_rows import own_statuses

MOST = 200

Row = rows.Row


def create_template(uow: UnitOfWork, now: datetime, key: Any, values: Mapping[str, Any]) -> Row:
    """A draft behind the others. Raises InvalidInput naming what cannot be."""
    known = parse_key(key)
    return add_template(uow.session, now, known, read_content(uow.session, known, values).as_json())


def read_content(session: Session, key: str, values: Any, where: str = "") -> Content:
    """What the template of this key shall say; raises InvalidInput naming what cannot be.

    Among it is what only the company's own statuses tell: which there are, and whether tickets
    could still be closed; and what its categories tell: which there are, and which of them give
    their tickets this template.
    """
    content = parse_content(values, where)
    _check_categories(session, key, content, where)
    rules = content.definition.statuses
    if rules is None:
        return content
    rows.lock_templates(session)
    own, path = own_statuses(session), f"{where}statuses"
    unknown = {
        f"{path}.{place}": [f"{key} is no status here"]
        for place, key in rules.named().items()
        if is_own_key(key) and key not in own
    }
    if unknown:
        told = f"invalid: {', '.join(unknown)}"
        raise InvalidInput("ticket_template.invalid", told, {"errors": unknown})
    if stuck := dead_ends(rules, own):
        message = f"a ticket could never be closed once it is {', '.join(stuck)}"
        errors = {f"{path}.moves": [message]}
        details = {"errors": errors, "statuses": stuck}
        raise InvalidInput("ticket_template.dead_end", message, details)
    return content


def _check_categories(session: Session, key: str, content: Content, where: str) -> None:
    if not content.categories:
        return
    notes, path, tree = Notes(), f"{where}categories", read_tree(session)
    check_offered(notes, path, content.categories, tree)
    check_beginnings(notes, path, key, content.categories, tree)
    notes.refuse()


def add_template(session: Session, now: datetime, key: str, content: Mapping[str, Any]) -> Row:
    """The same of what has been read already."""
    rows.lock_templates(session)
    known = {row["key"] for row in rows.all_templates(session)}
    if key in known:
        raise field_error("key", "is used by another template", "ticket_template.key_taken")
    if len(known) >= MOST:
        raise Conflict("ticket_template.too_many", f"there are at most {MOST} templates")
    rows.insert_template(session, uuid7(), key, content, now)
    return _found(session, key)


def edit_template(
    uow: UnitOfWork, now: datetime, key: str, version: int | None, values: Mapping[str, Any]
) -> tuple[Row, Row]:
    """What is being written, anew; tickets see nothing of it until it is published."""
    before = opened(uow.session, key, version)
    values = keep_unsaid(values, before["content"])
    content = read_content(uow.session, key, values).as_json()
    rows.save_draft(uow.session, before["template_id"], content, now)
    return before, _found(uow.session, key)


def drop_draft(uow: UnitOfWork, now: datetime, key: str, version: int | None) -> tuple[Row, Row]:
    """Back to the newest version."""
    before = opened(uow.session, key, version)
    if not before["published_version"]:
        raise Conflict("ticket_template.unpublished", "there is no version to go back to")
    rows.drop_draft(uow.session, before["template_id"], now)
    return before, _found(uow.session, key)


def publish_template(
    uow: UnitOfWork, actor: Actor, now: datetime, key: str, version: int | None, note: Any
) -> tuple[Row, Row]:
    """The draft becomes the version that new tickets get; running ones keep theirs."""
    before = opened(uow.session, key, version)
    if not before["has_draft"]:
        raise Conflict(
            "ticket_template.unchanged", "nothing has been changed since the last version"
        )
    # Written by an older release, it may be refused today.
    content = read_content(uow.session, key, before["content"])
    if content.confidential is not None and uow.session.info.get("keys") is None:
        raise Conflict(
            "ticket_template.no_keys", "confidential templates need FIELD_KEYS to seal with"
        )
    rows.insert_version(
        uow.session,
        before["template_id"],
        content.as_json(),
        version_id=uuid7(),
        note=checks.optional_text("note", note),
        by=actor.subject,
        by_name=actor.name,
        now=now,
    )
    return before, _found(uow.session, key)


def set_activity(
    uow: UnitOfWork, now: datetime, key: str, version: int | None, is_active: bool
) -> tuple[Row, Row]:
    """Put away, or taken back into use; tickets that have it go on."""
    before = opened(uow.session, key, version)
    rows.set_activity(uow.session, before["template_id"], is_active, now)
    return before, _found(uow.session, key)


def remove_template(uow: UnitOfWork, key: str, version: int | None) -> Row:
    """One that no ticket can have had; returns what it was."""
    before = opened(uow.session, key, version)
    if before["published_version"]:
        raise Conflict("ticket_template.published", "tickets may have it: it can only be archived")
    rows.delete_template(uow.session, before["template_id"])
    return before


def duplicate_template(
    uow: UnitOfWork, now: datetime, key: str, new_key: Any, name: Mapping[str, Any] | None
) -> Row:
    """A draft that says the same under another key, perhaps with another name."""
    origin = find(uow.session, key)
    values = dict(origin["content"])
    if name:
        values["name"] = name
    known = parse_key(new_key)
    return add_template(uow.session, now, known, read_content(uow.session, known, values).as_json())


def order_templates(uow: UnitOfWork, keys: Sequence[str]) -> tuple[Sequence[Row], Sequence[Row]]:
    """Another order: of each kind the first in use is taken for what comes as a message."""
    rows.lock_templates(uow.session)
    before = rows.all_templates(uow.session)
    if sorted(keys) != sorted(row["key"] for row in before):
        raise field_error("keys", "must name every template once")
    rows.order_templates(uow.session, keys)
    return before, rows.all_templates(uow.session)


def opened(session: Session, key: str, version: int | None) -> Row:
    """The template, for whoever read this version of it; others wait."""
    rows.lock_templates(session)
    row = find(session, key)
    if version is not None and version != row["version"]:
        told = {"version": row["version"]}
        raise Stale("version.stale", "somebody changed it meanwhile", told)
    return row


def find(session: Session, key: str) -> Row:
    """The template; raises NotFound."""
    row = rows.find_template(session, key)
    if row is None:
        raise NotFound("ticket_template.unknown", "there is no such template")
    return row


def _found(session: Session, key: str) -> Row:
    row = rows.find_template(session, key)
    assert row is not None
    return row
