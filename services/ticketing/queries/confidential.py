"""How answers treat what is confidential: withheld and marked so, or shown and reported as read.

An answer with `confidential_read` goes out only after the gateway has logged that it was read.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.domain.confidential import withheld, withheld_reason
from services.ticketing.storage.tables import tickets

Json = dict[str, Any]

COLUMNS = (
    tickets.c.is_confidential,
    tickets.c.needs_identity_check,
    tickets.c.identity_valid_until,
)
_FACE = select(tickets.c.number, *COLUMNS).where(tickets.c.number == bindparam("number"))


def reason_for(ticket: Any, actor: Actor) -> str | None:
    """Why it is withheld from the actor at this moment; takes a ticket or its row."""
    return withheld_reason(ticket, actor, utc_now())


def marks(reason: str | None) -> Json:
    """What says so of a ticket, a page, an entry."""
    return {"is_withheld": reason is not None, "withheld_reason": reason}


def reporting(answer: Json, tickets: Iterable[Any], actor: Actor, what: str) -> Json:
    """The answer, reported as read if it shows something confidential of these tickets.

    `what` of them: ticket, timeline, attachment …
    """
    read = [one.number for one in tickets if one.is_confidential and reason_for(one, actor) is None]
    if not read:
        return answer
    return answer | {"confidential_read": {"numbers": sorted(set(read)), "what": what}}


def reporting_number(answer: Json, uow: UnitOfWork, actor: Actor, number: str, what: str) -> Json:
    """The same of a ticket that the actor has been found to see."""
    found = uow.session.execute(_FACE, {"number": number})
    return reporting(answer, found, actor, what)


def refuse_withheld(ticket: Any, actor: Actor) -> None:
    """Raise Forbidden where it is withheld from the actor."""
    if reason := reason_for(ticket, actor):
        raise withheld(reason)
