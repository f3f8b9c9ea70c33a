"""Rows of links between tickets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from services.ticketing.domain.links import Link

_ADD = text(
    "INSERT INTO ticket_links (link_id, from_id, to_id, kind, created_at, created_by, "
    "created_by_name) VALUES (:link_id, :from_id, :to_id, :kind, :now, :by, :name) "
    "ON CONFLICT (from_id, to_id, kind) DO NOTHING RETURNING link_id"
)
_COUNT = text(
    "SELECT (SELECT count(*) FROM ticket_links WHERE from_id = :id) "
    "+ (SELECT count(*) FROM ticket_links WHERE to_id = :id)"
)
_FIND = text("SELECT from_id, to_id, kind FROM ticket_links WHERE link_id = :link_id")
_DROP = text("DELETE FROM ticket_links WHERE link_id = :link_id RETURNING link_id")


def add_link(session: Session, link_id: UUID, link: Link, actor: Actor, now: datetime) -> bool:
    """Keep a link; False if there is such a one."""
    row = {**vars(link), "link_id": link_id, "now": now, "by": actor.subject, "name": actor.name}
    return session.execute(_ADD, row).first() is not None


def count_links(session: Session, ticket_id: UUID) -> int:
    """How many links a ticket has, on whichever side."""
    return int(session.scalar(_COUNT, {"id": ticket_id}) or 0)


def find_link(session: Session, link_id: UUID) -> Link | None:
    """One of them."""
    row = session.execute(_FIND, {"link_id": link_id}).one_or_none()
    return Link(row.from_id, row.to_id, row.kind) if row else None


def drop_link(session: Session, link_id: UUID) -> bool:
    """Remove it; False if somebody has before."""
    return session.execute(_DROP, {"link_id": link_id}).first() is not None
