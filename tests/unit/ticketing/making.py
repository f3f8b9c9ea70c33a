"""Makes tickets, people and moments for tests of the domain."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from libs.common.actor import Actor
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES, Handing, Proposal
from services.ticketing.domain.opening import Opening
from services.ticketing.domain.placing import Team
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Attachment, CustomerMessage
from tests.support.actors import actor

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai

LI = actor("agent", "李雷")
HAN = actor("agent", "韩梅梅")
BOSS = actor("supervisor", "王主管")

# So little that no number of acts in a run of the tests reaches the instants that tests name.
_STEP = timedelta(microseconds=1)
_acts = count(1)


def by(who: Actor, now: datetime | None = None) -> Act:
    """An act of this actor, a moment after the one made before."""
    return Act(who, now or NOON + _STEP * next(_acts), uuid4)


def message(text: str = "还是不行", **fields: Any) -> CustomerMessage:
    """A customer's message."""
    given: dict[str, Any] = {"message_id": uuid4(), "received_at": NOON} | fields
    return CustomerMessage(text, **given)


def opening(**fields: Any) -> Opening:
    """The beginning of a ticket."""
    given: dict[str, Any] = {
        "ticket_id": uuid4(),
        "customer_id": uuid4(),
        "customer_name": "陈先生",
        "subject": "电脑无法开机",
        "channel": "mail",
        "message": message("早上开始无法开机"),
    }
    return Opening(**given | fields)


def new_ticket(**fields: Any) -> Ticket:
    """A ticket that a customer has just opened, with its records cleared."""
    beginning = opening(**fields)
    customer = Actor(beginning.customer_id, beginning.customer_name, "customer")
    return cleared(Ticket.open(beginning, by(customer)))


def assigned_ticket(assignee: Actor = LI) -> Ticket:
    """A ticket that waits for its assignee to confirm."""
    ticket = new_ticket()
    ticket.assign(id_of(assignee), assignee.name, None, by(BOSS))
    return cleared(ticket)


def accepted_ticket(assignee: Actor = LI) -> Ticket:
    """A ticket in progress."""
    ticket = assigned_ticket(assignee)
    ticket.accept(by(assignee))
    return cleared(ticket)


def solved_ticket(assignee: Actor = LI) -> Ticket:
    """A ticket with a solution."""
    ticket = accepted_ticket(assignee)
    ticket.solve("已指导客户重启设备,问题解决", True, by(assignee))
    return cleared(ticket)


def closed_ticket() -> Ticket:
    """A ticket that is closed."""
    ticket = solved_ticket()
    ticket.change_status("closed", None, by(LI))
    return cleared(ticket)


def from_customer(ticket: Ticket) -> Act:
    """An act of the ticket's customer."""
    return by(Actor(ticket.customer_id, ticket.customer_name, "customer"))


def cleared(ticket: Ticket) -> Ticket:
    """The same, as if loaded from storage."""
    ticket.begin()
    return ticket


def waiting_ticket(group: Team) -> Ticket:
    """A ticket that waits in a group."""
    ticket = new_ticket()
    ticket.transfer(group, None, by(BOSS))
    return cleared(ticket)


def proposal(ticket: Ticket, assignee: Actor = LI, **handing: Any) -> Proposal:
    """What dispatch proposes, knowing the ticket as it is."""
    given = {"assignment_id": uuid4(), "mode": "automatic"} | handing
    return Proposal(id_of(assignee), assignee.name, None, ticket.assignment_epoch, Handing(**given))


def carry(ticket: Ticket, proposed: Proposal) -> None:
    """Make a proposal so."""
    name, note, handing = proposed.name, proposed.note, proposed.handing
    ticket.hand(proposed.assignee_id, name, note, handing, by(RULES))


def facts(ticket: Ticket) -> list[str]:
    """The types of what it recorded."""
    return [fact.type for fact in ticket.facts]


def entered(ticket: Ticket) -> list[str]:
    """What it entered into its timeline: kinds, or types of events."""
    return [entry.event["type"] if entry.event else entry.kind for entry in ticket.entries]


def file(name: str = "照片.jpg") -> Attachment:
    """An attachment."""
    return Attachment(uuid4(), "ticketing/1", name, "image/jpeg", 2048, "0" * 64)


def team(name: str = "热线组") -> Team:
    """A group with a department and a region."""
    return Team(uuid4(), name, uuid4(), uuid4())


def id_of(who: Actor) -> UUID:
    """Somebody's id."""
    assert who.subject is not None
    return who.subject
