"""Where an attachment's bytes are, for those who may have them."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.queries.shapes import show_attachment
from services.ticketing.storage.tables import attachments, tickets


def get_attachment(uow: UnitOfWork, actor: Actor, attachment_id: UUID) -> dict[str, Any]:
    """A file of a ticket that the actor may see, or one that the actor has just uploaded."""
    is_own_upload = and_(
        attachments.c.ticket_id.is_(None), attachments.c.staged_by == actor.subject
    )
    is_visible = and_(tickets.c.ticket_id.is_not(None), scope.visible(actor, TICKET_SCOPE))
    statement = (
        select(attachments)
        .outerjoin(tickets, tickets.c.ticket_id == attachments.c.ticket_id)
        .where(attachments.c.attachment_id == attachment_id, or_(is_own_upload, is_visible))
    )
    row = uow.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound("attachment.not_found", "there is no such attachment")
    return show_attachment(row)
