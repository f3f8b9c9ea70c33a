"""Who works together in the tests: agents whom the copy knows, and tickets that they have taken."""

from typing import Any

from libs.common.actor import Actor
from libs.common.contracts.envelope import Event
from tests.integration.ticketing.desk import Ask, Desk, created
from tests.integration.ticketing.hearing import colleague
from tests.support.actors import actor

Json = dict[str, Any]


def worker(desk: Desk, name: str, watches: Any = (), **fields: Any) -> Actor:
    known: Event = colleague(desk, name, **fields)
    return actor("agent", name, known.data["person_id"], watches=list(watches))


def taken(ask: Ask, who: Actor) -> Json:
    made = created(ask)
    ask(
        "assign_ticket",
        who,
        number=made["number"],
        assignee_id=str(who.subject),
        assignee_name="我",
    )
    taken: Json = ask("accept_ticket", who, number=made["number"])
    return taken
