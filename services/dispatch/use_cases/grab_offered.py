"""Somebody grabs what their scope lets them see."""

from datetime import datetime
from typing import Any

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden
from services.dispatch.queries.scoping import demand_grabbable
from services.dispatch.use_cases.grab_ticket import grab_ticket


def grab_offered(uow: UnitOfWork, actor: Actor, now: datetime, *, number: str) -> dict[str, Any]:
    """As `grab_ticket`; NotFound outside the actor's scope."""
    if actor.subject is None:
        raise Forbidden("offer.not_yours", "only people grab tickets")
    demand_grabbable(uow, actor, number)
    return grab_ticket(uow, now, person_id=actor.subject, number=number)
