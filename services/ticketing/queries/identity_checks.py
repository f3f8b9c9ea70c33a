"""How and by whom the customer of a confidential ticket was checked."""

from typing import Any

from sqlalchemy import select

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.domain.identity import IdentityCheck
from services.ticketing.queries.confidential import reason_for, reporting
from services.ticketing.queries.shapes import show_instant
from services.ticketing.queries.ticket_pages import find_ticket_face
from services.ticketing.storage.together_tables import identity_checks
from services.ticketing.storage.worded_rows import read_row

_MOST = 50

Json = dict[str, Any]


def list_identity_checks(uow: UnitOfWork, actor: Actor, number: str) -> Json:
    """The newest first, with whether one is asked for; notes only for whoever may read them."""
    ticket = find_ticket_face(uow, actor, number)
    statement = (
        select(identity_checks)
        .where(identity_checks.c.ticket_id == ticket.ticket_id)
        .order_by(identity_checks.c.checked_at.desc(), identity_checks.c.check_id.desc())
        .limit(_MOST)
    )
    found = uow.session.execute(statement).all()
    checks = [read_row(uow.session, identity_checks, row, IdentityCheck) for row in found]
    is_withheld = reason_for(ticket, actor) is not None
    answer = {
        "is_needed": ticket.needs_identity_check,
        "valid_until": show_instant(ticket.identity_valid_until),
        "items": [show_check(one, is_withheld=is_withheld) for one in checks],
    }
    noted = any(one.words.get("note") for one in checks)
    return reporting(answer, [ticket] if noted else [], actor, "identity checks")


def show_check(check: IdentityCheck, *, is_withheld: bool = False) -> Json:
    """One, its note left out where the ticket is withheld."""
    return {
        "check_id": str(check.check_id),
        "method": check.method,
        "result": check.result,
        "note": None if is_withheld else check.words.get("note"),
        "person": {"person_id": str(check.person_id), "name": check.person_name},
        "checked_at": show_instant(check.checked_at),
        "valid_until": show_instant(check.valid_until),
    }
