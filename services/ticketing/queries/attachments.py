"""Where an attachment's bytes are, for those who may have them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden, NotFound
from libs.common.scanning import CLEAN, HARMFUL, open_scanner
from services.ticketing.queries.confidential import COLUMNS, refuse_withheld, reporting
from services.ticketing.queries.merged_timelines import sees_part
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.queries.shapes import show_attachment
from services.ticketing.storage.tables import attachments, tickets, timeline_entries

# Of a file that no ticket has yet, the ticket's columns are null.
_FILE = select(attachments, tickets.c.number, *COLUMNS).outerjoin(
    tickets, tickets.c.ticket_id == attachments.c.ticket_id
)
_said_in_public = exists().where(
    timeline_entries.c.entry_id == attachments.c.entry_id,
    timeline_entries.c.kind == "message",
    # So that months before the ticket need not be looked at.
    timeline_entries.c.created_at >= tickets.c.created_at,
)


def get_attachment(uow: UnitOfWork, actor: Actor, attachment_id: UUID) -> dict[str, Any]:
    """A file of a ticket that the actor may see, or one that the actor has just uploaded.

    What was merged into a ticket that the actor may see is part of it. Raises Forbidden where the
    ticket is withheld.
    """
    try:
        row = _find(uow, actor, attachment_id, true())
    except NotFound:
        statement = _FILE.where(attachments.c.attachment_id == attachment_id)
        row = uow.session.execute(statement).one_or_none()
        if row is None or row.ticket_id is None or not sees_part(uow, actor, row.ticket_id):
            raise
        _refuse_unsafe(row)
    refuse_withheld(row, actor)
    return reporting(show_attachment(row), [row], actor, "attachment")


def get_request_attachment(uow: UnitOfWork, actor: Actor, attachment_id: UUID) -> dict[str, Any]:
    """A requester's own upload, or a file that an own ticket shows in public."""
    scope.requester_of(actor)
    return show_attachment(_find(uow, actor, attachment_id, _said_in_public))


def _find(uow: UnitOfWork, actor: Actor, attachment_id: UUID, is_shown: ColumnElement[bool]) -> Any:
    is_own_upload = and_(
        attachments.c.ticket_id.is_(None), attachments.c.staged_by == actor.subject
    )
    is_visible = and_(
        tickets.c.ticket_id.is_not(None),
        tickets.c.deleted_at.is_(None),
        scope.visible(actor, TICKET_SCOPE),
        is_shown,
    )
    statement = _FILE.where(
        attachments.c.attachment_id == attachment_id, or_(is_own_upload, is_visible)
    )
    row = uow.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound("attachment.not_found", "there is no such attachment")
    _refuse_unsafe(row)
    return row


def _refuse_unsafe(row: Any) -> None:
    """Harmful files are nobody's to open; where there is a scanner, neither is what it has not
    seen."""
    if row.scan_state == HARMFUL:
        details = {"threat": row.threat}
        raise Forbidden("attachment.harmful", f"the file holds {row.threat}", details)
    if row.scan_state != CLEAN and open_scanner() is not None:
        if row.scan_state is None:
            raise Forbidden("attachment.unscanned", "the file has not been scanned yet")
        raise Forbidden("attachment.unscannable", "the virus scanner could not look at the file")
