"""What reporting knows of a ticket: its events, clocks, surveys, suggestions used, quality checks.

Ids are texts here, as they are kept; instants are aware.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

FINISHED = ("solved", "closed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a person, group or department (`target_kind`) is asked to help with."""

    part_id: str
    target_kind: str
    target_id: str
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketFact:
    """The ticket after an event of ticketing's; `seq` orders a ticket's facts.

    `score` and `nps` are those of a judgement that staff recorded with this event. `from_group_id`
    and `previous_assignee_id`: of a transfer, who had the ticket before it. `due_at`: until when a
    supervision or a part of a collaboration is to be done; `outcome` is that of the supervision,
    `part` and `parts` are what somebody is asked for.
    """

    seq: int
    type: str
    occurred_at: datetime
    created_at: datetime
    status: str
    category: str
    urgency: str
    kind: str
    channel: str
    group_id: str | None = None
    department_id: str | None = None
    agent_id: str | None = None
    region_id: str | None = None
    category_path: tuple[str, ...] = ()
    actor_id: str | None = None
    is_by_staff: bool = False
    tells_customer: bool = False  # of ticket.solved
    from_group_id: str | None = None
    previous_assignee_id: str | None = None
    score: int | None = None
    nps: int | None = None
    due_at: datetime | None = None
    outcome: str | None = None
    part: Part | None = None
    parts: tuple[Part, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Solved or closed."""
        return self.category in FINISHED

    @property
    def is_message(self) -> bool:
        """Whether a person of the staff wrote to the customer, apart from a solution."""
        return self.type == "ticket.replied" and self.is_by_staff

    @property
    def is_public_reply(self) -> bool:
        """Whether the customer heard from a person of the staff, by a message or a solution."""
        solution = self.type == "ticket.solved" and self.tells_customer and self.is_by_staff
        return solution or self.is_message

    @property
    def is_transfer(self) -> bool:
        """Whether one group passed the ticket to another."""
        moved = self.from_group_id is not None and self.from_group_id != self.group_id
        return self.type == "ticket.transferred" and moved


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockFact:
    """A clock as sla told of it; of two facts of a clock the one with the higher revision holds.

    `elapsed_seconds` of the policy's hours had passed when it stopped.
    """

    clock_id: str
    revision: int
    target: str
    state: str
    is_breached: bool
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    elapsed_seconds: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyFact:
    """A survey was sent or, with a score, answered; `solved_seq` is the solution's it is about."""

    survey_id: str
    at: datetime
    solved_seq: int
    is_answer: bool
    score: int | None = None
    nps: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UseFact:
    """Somebody put a suggested article into an answer."""

    use_id: str
    at: datetime
    person_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckFact:
    """The result of a quality check; of two facts of a review the higher version holds.

    Handler, group and department are those that the ticket had when it was drawn; `at`: when it
    was scored.
    """

    review_id: str
    version: int
    at: datetime
    handler_id: str
    group_id: str | None = None
    department_id: str | None = None
    total: int
    is_passed: bool


@dataclass(kw_only=True, slots=True)
class Tale:
    """All that is known of one ticket, in any order, repeated, and with gaps."""

    tickets: list[TicketFact] = field(default_factory=list)
    clocks: list[ClockFact] = field(default_factory=list)
    surveys: list[SurveyFact] = field(default_factory=list)
    uses: list[UseFact] = field(default_factory=list)
    checks: list[CheckFact] = field(default_factory=list)
    tier: str | None = None


def in_order(facts: Iterable[TicketFact]) -> list[TicketFact]:
    """Each fact once, by `seq`, none earlier than the one before it; begun at the creation.

    A ticket whose creation is not known yet is taken to have waited from then on, unassigned.
    """
    known = {fact.seq: fact for fact in facts}
    found: list[TicketFact] = []
    for _, fact in sorted(known.items()):
        if not found:
            found.append(_beginning(fact))
            if fact.type == "ticket.created":
                continue
        is_late = fact.occurred_at < found[-1].occurred_at
        found.append(replace(fact, occurred_at=found[-1].occurred_at) if is_late else fact)
    return found


def _beginning(fact: TicketFact) -> TicketFact:
    if fact.type == "ticket.created":
        return replace(fact, occurred_at=fact.created_at)
    return replace(
        fact,
        type="ticket.created",
        occurred_at=fact.created_at,
        status="unassigned",
        category="new",
        group_id=None,
        department_id=None,
        agent_id=None,
    )
