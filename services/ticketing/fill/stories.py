"""Makes up tickets and lets the domain's own rules carry them through their lives."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from libs.common.actor import Actor
from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.domain.opening import Opening
from services.ticketing.domain.placing import Team
from services.ticketing.domain.statuses import is_unfinished
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import CustomerMessage
from services.ticketing.domain.vocabulary import URGENCIES
from services.ticketing.fill import words

_KINDS = {"inquiry": 40, "complaint": 20, "repair": 25, "suggestion": 5, "internal": 10}
_CHANNELS = {"mail": 40, "web_form": 35, "phone": 15, "manual": 10}
_ENDS = {
    "unassigned": 4,
    "assigned": 6,
    "in_progress": 12,
    "awaiting_customer": 6,
    "awaiting_approval": 2,
    "follow_up": 3,
    "solved": 12,
    "closed": 40,
    "archived": 15,
}
# The share of tickets that somebody has passed to a group.
_ROUTED = 0.7
_MOVED_BY_HAND = ("awaiting_customer", "awaiting_approval", "follow_up")


class Storyteller:
    """Invents tickets; the same seed invents the same ones, but for their ids."""

    def __init__(
        self,
        seed: int,
        customers: int,
        agents: Sequence[Actor],
        teams: Sequence[Team],
        now: datetime,
    ) -> None:
        self._random = Random(seed)
        self._now = now
        self._agents = agents
        self._teams = teams
        rights = frozenset({"ticket.assign", "ticket.transfer", "ticket.work_all"})
        self._boss = Actor(uuid7(), "王主管", "staff", ("supervisor",), permissions=rights)
        self._customers = [self._person() for _ in range(customers)]

    def tell(self, begins_at: datetime) -> Ticket:
        """One ticket and what became of it."""
        end = self._weighted(_ENDS)
        clock = _Clock(self._random, begins_at)
        customer_id, name = self._random.choice(self._customers)
        opening = self._opening(customer_id, name, begins_at)
        ticket = Ticket.open(opening, clock.act(Actor(customer_id, name, "customer")))
        if self._random.random() < _ROUTED:
            ticket.transfer(self._random.choice(self._teams), None, clock.act(self._boss))
        if end != "unassigned":
            agent = self._random.choice(self._agents)
            assert agent.subject is not None
            ticket.assign(agent.subject, agent.name, None, clock.act(self._boss))
            if end != "assigned":
                self._work(ticket, agent, end, clock)
        if is_unfinished(ticket.status):
            self._let_be_due(ticket)
        return ticket

    def _let_be_due(self, ticket: Ticket) -> None:
        """Most of what is unfinished is due in the days around now."""
        if self._random.random() < 0.8:
            ticket.next_due_at = self._now + timedelta(days=self._random.uniform(-1, 6))
            ticket.is_overdue = ticket.next_due_at < self._now

    def _work(self, ticket: Ticket, agent: Actor, end: str, clock: "_Clock") -> None:
        ticket.accept(clock.act(agent))
        if self._random.random() < 0.4:
            ticket.note(self._random.choice(words.NOTES), (), clock.act(agent))
        ticket.reply(self._random.choice(words.REPLIES), (), None, clock.act(agent))
        if self._random.random() < 0.5:
            act = clock.act(Actor(ticket.customer_id, ticket.customer_name, "customer"))
            ticket.receive_message(
                CustomerMessage(self._random.choice(words.ANSWERS), act.now, uuid7()), act
            )
        if end in _MOVED_BY_HAND:
            ticket.change_status(end, None, clock.act(agent))
        elif end != "in_progress":
            self._finish(ticket, agent, end, clock)

    def _finish(self, ticket: Ticket, agent: Actor, end: str, clock: "_Clock") -> None:
        ticket.solve(self._random.choice(words.SOLUTIONS), True, clock.act(agent))
        if end != "solved":
            ticket.change_status("closed", None, clock.act(agent))
        if end == "archived":
            ticket.change_status("archived", None, clock.act(self._boss))

    def _opening(self, customer_id: UUID, name: str, at: datetime) -> Opening:
        kind = self._weighted(_KINDS)
        order = str(self._random.randrange(10**11, 10**12))
        subject = self._random.choice(words.SUBJECTS[kind]).format(
            p=self._random.choice(words.PRODUCTS), c=self._random.choice(words.CITIES), n=order
        )
        text = f"您好,{subject}。{self._random.choice(words.DETAILS)}"
        return Opening(
            ticket_id=uuid7(),
            customer_id=customer_id,
            customer_name=name,
            subject=subject,
            channel=self._weighted(_CHANNELS),
            kind=kind,
            urgency=self._random.choices(URGENCIES, (85, 12, 3))[0],
            fields={"order_number": order} if order in subject else {},
            message=CustomerMessage(text, at, uuid7()),
        )

    def _person(self) -> tuple[UUID, str]:
        given = self._random.sample(words.GIVEN, self._random.choice((1, 2)))
        return uuid7(), self._random.choice(words.SURNAMES) + "".join(given)

    def _weighted(self, weights: dict[str, int]) -> str:
        return self._random.choices(list(weights), list(weights.values()))[0]


class _Clock:
    """The time of a story: each act comes some minutes or hours after the one before."""

    def __init__(self, random: Random, now: datetime) -> None:
        self._random = random
        self._now = now

    def act(self, actor: Actor) -> Act:
        act = Act(actor, self._now, uuid7)
        self._now += timedelta(minutes=self._random.expovariate(1 / 90))
        return act
