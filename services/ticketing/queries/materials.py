"""Requests for material: of a ticket for staff, behind a link for whoever has it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.domain.material import MaterialRequest
from services.ticketing.queries.confidential import reason_for, reporting
from services.ticketing.queries.ticket_pages import find_ticket_face
from services.ticketing.queries.together_shapes import (
    show_material,
    show_material_page,
    without_words,
)
from services.ticketing.storage.material_rows import find_by_token
from services.ticketing.storage.tables import tickets
from services.ticketing.storage.together_tables import material_requests
from services.ticketing.storage.worded_rows import read_row

_MOST = 50


def list_materials(uow: UnitOfWork, actor: Actor, number: str, now: datetime) -> dict[str, Any]:
    """The newest of a ticket."""
    ticket = find_ticket_face(uow, actor, number)
    statement = (
        select(material_requests)
        .where(material_requests.c.ticket_id == ticket.ticket_id)
        .order_by(material_requests.c.created_at.desc())
        .limit(_MOST)
    )
    found = uow.session.execute(statement).all()
    requests = [read_row(uow.session, material_requests, row, MaterialRequest) for row in found]
    shown = [show_material(one, now) for one in requests]
    if reason_for(ticket, actor):
        shown = [without_words(one) for one in shown]
    return reporting({"items": shown}, [ticket] if shown else [], actor, "materials")


def get_material_page(uow: UnitOfWork, token: str, now: datetime) -> dict[str, Any]:
    """What stands behind a link; NotFound where there is none."""
    request = find_by_token(uow.session, token)
    if request is None:
        raise NotFound("material.unknown", "there is no such link")
    number = uow.session.scalar(
        select(tickets.c.number).where(tickets.c.ticket_id == request.ticket_id)
    )
    return show_material_page(request, str(number), now)
