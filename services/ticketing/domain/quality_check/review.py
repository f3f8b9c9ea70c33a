"""A review (质检单): waiting → scored → confirmed, with one appeal between the two at most.

An appeal is upheld (the result stands: `upheld`) or the result is changed (`changed`). Reviews
change nothing on the ticket; who did what, when and why stands in the review's own steps.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.errors import Conflict, Forbidden, field_error
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.quality_check.scoring import Marks, read_marks
from services.ticketing.domain.quality_check.sheets import Sheet

WAITING, SCORED, APPEALED, UPHELD, CHANGED, CONFIRMED = STATES = (
    *("waiting", "scored", "appealed"),
    *("upheld", "changed", "confirmed"),
)
# Nothing more happens but the confirmation.
DECIDED = (SCORED, UPHELD, CHANGED)
BY_RULE, BY_SAMPLE, BY_HAND = ("rule", "sample", "manual")
CITED_LIMIT = 20


@dataclass(frozen=True)
class Reviewer:
    """Who is to review: a person, or whoever of a group comes first."""

    person: tuple[UUID, str] | None = None
    group: tuple[UUID, str] | None = None


@dataclass(frozen=True)
class Told:
    """A step that other services hear of, by the type of its event."""

    type: str
    at: datetime
    actor: Actor


@dataclass(eq=False, kw_only=True)
class Review:
    """`words` are what people wrote: comment, items (by item), reasons (by step).

    Group, department and region are those that the ticket had when it was drawn; `due_at`: until
    then its handler may appeal or confirm, afterwards it is confirmed by time.
    """

    review_id: UUID
    ticket_id: UUID
    source: str
    rule_id: UUID | None
    sheet_id: UUID
    sheet_number: int
    handler_id: UUID
    handler_name: str
    group_id: UUID | None
    group_name: str | None
    department_id: UUID | None
    region_id: UUID | None
    customer_id: UUID
    reviewer_id: UUID | None
    reviewer_name: str | None
    reviewer_group_id: UUID | None
    reviewer_group_name: str | None
    drawn_at: datetime
    updated_at: datetime
    state: str = WAITING
    points: dict[str, int] = field(default_factory=dict)
    entry_ids: list[UUID] = field(default_factory=list)
    total: int | None = None
    first_total: int | None = None
    is_passed: bool | None = None
    is_fatal: bool = False
    scored_at: datetime | None = None
    appealed_at: datetime | None = None
    decided_at: datetime | None = None
    confirmed_at: datetime | None = None
    due_at: datetime | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    version: int = 1
    words: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.told: list[Told] = []

    def scope(self) -> dict[str, Any]:
        """What the shared scope predicate looks at; watching a ticket shows no reviews."""
        return {
            "assignee": self.handler_id,
            "group": self.group_id,
            "department": self.department_id,
            "region": self.region_id,
            "requester": self.customer_id,
        }

    def is_for(self, actor: Actor, units: Collection[UUID]) -> bool:
        """Whether this actor is to review it, alone or as one of a group among `units`.

        Nobody reviews himself.
        """
        if actor.subject is None or actor.subject == self.handler_id:
            return False
        if self.reviewer_id is not None:
            return self.reviewer_id == actor.subject
        return self.reviewer_group_id in units

    def is_seen_by(self, actor: Actor, units: Collection[UUID], is_in_scope: bool) -> bool:
        """Its handler sees it once there is a result; reviewers their own; leads by their scope."""
        if actor.subject == self.handler_id:
            may_look = actor.may("quality.own") or actor.may("quality.read")
            return may_look and self.state != WAITING
        if self.is_for(actor, units) and actor.may("quality.review"):
            return True
        return is_in_scope and actor.may("quality.read")

    def allowed(self, actor: Actor, units: Collection[UUID], now: datetime) -> list[str]:
        """Names of what this actor may do now; what is missing would be refused."""
        is_handler = actor.subject == self.handler_id
        is_in_time = self.due_at is not None and now < self.due_at
        decides = not is_handler and actor.subject != self.reviewer_id
        judged = {
            "score": ("review", self.state == WAITING and self.is_for(actor, units)),
            "reassign": ("draw", self.state == WAITING and not is_handler),
            "appeal": (
                "own",
                is_handler and self.state == SCORED and is_in_time and not self.appealed_at,
            ),
            "confirm": ("own", is_handler and self.state in DECIDED),
            "decide": ("decide", self.state == APPEALED and decides),
        }
        return [
            name for name, (may, is_so) in judged.items() if is_so and actor.may(f"quality.{may}")
        ]

    def hand_to(self, reviewer: Reviewer, reason: str | None, act: Act) -> None:
        """Somebody else reviews it, as long as nobody has."""
        self._demand(WAITING)
        self.assign(reviewer)
        self._step("reassigned", checks.optional_text("reason", reason), act)

    def assign(self, reviewer: Reviewer) -> None:
        """Who is to review it; raises InvalidInput for the handler himself."""
        if reviewer.person is not None and reviewer.person[0] == self.handler_id:
            raise field_error("reviewer_id", "nobody reviews his own work", "quality.own_work")
        self.reviewer_id, self.reviewer_name = reviewer.person or (None, None)
        self.reviewer_group_id, self.reviewer_group_name = reviewer.group or (None, None)

    def score(
        self,
        sheet: Sheet,
        scores: Mapping[str, Any],
        comment: str | None,
        entry_ids: Sequence[UUID],
        units: Collection[UUID],
        act: Act,
    ) -> None:
        """The result, by whoever is to review it."""
        self._demand(WAITING)
        if not self.is_for(act.actor, units):
            raise Forbidden("quality.not_reviewer", "somebody else reviews this ticket")
        marks = read_marks(sheet, scores)
        said = checks.optional_text("comment", comment)
        if len(entry_ids) > CITED_LIMIT:
            raise field_error("entry_ids", f"must have at most {CITED_LIMIT} members")
        self.reviewer_id, self.reviewer_name = act.actor.subject, act.actor.name
        self.entry_ids = list(dict.fromkeys(entry_ids))
        self._take(marks)
        self.first_total, self.scored_at, self.state = marks.total, act.now, SCORED
        self.words["comment"] = said
        self._due(sheet, act)
        self._step("scored", None, act, "quality.review_scored")

    def appeal(self, reason: str, act: Act) -> None:
        """The handler disputes the result: once, in words, in time."""
        self._demand_handler(act)
        if self.appealed_at is not None:
            raise Conflict("quality.appealed_already", "there has been an appeal already")
        self._demand(SCORED)
        if self.due_at is not None and act.now >= self.due_at:
            raise Conflict("quality.appeal_late", "the time for an appeal is over")
        said = checks.required_text("reason", reason, checks.REASON_LIMIT)
        self.appealed_at, self.state, self.due_at = act.now, APPEALED, None
        self._step("appealed", said, act, "quality.review_appealed")

    def decide(self, sheet: Sheet, scores: Mapping[str, Any] | None, reason: str, act: Act) -> None:
        """The result stands, or with `scores` becomes another: by neither of the two concerned."""
        self._demand(APPEALED)
        if act.actor.subject in (self.reviewer_id, self.handler_id):
            message = "an appeal is decided by neither its reviewer nor its handler"
            raise Forbidden("quality.decides_own", message)
        said = checks.required_text("reason", reason, checks.REASON_LIMIT)
        if scores is not None:
            self._take(read_marks(sheet, scores))
        self.decided_at, self.state = act.now, UPHELD if scores is None else CHANGED
        self._due(sheet, act)
        self._step(self.state, said, act, "quality.appeal_decided")

    def confirm(self, act: Act) -> None:
        """The handler agrees before time does."""
        self._demand_handler(act)
        self._confirm(act)

    def confirm_by_time(self, act: Act) -> bool:
        """Nobody has disputed it in time; whether that is so."""
        is_due = self.due_at is not None and self.due_at <= act.now
        if self.state not in DECIDED or not is_due:
            return False
        self._confirm(act)
        return True

    def _confirm(self, act: Act) -> None:
        self._demand(*DECIDED)
        self.confirmed_at, self.state, self.due_at = act.now, CONFIRMED, None
        self._step("confirmed", None, act, "quality.review_confirmed")

    def _take(self, marks: Marks) -> None:
        self.points, self.words["items"] = dict(marks.points), dict(marks.comments)
        self.total, self.is_passed, self.is_fatal = marks.total, marks.is_passed, marks.is_fatal

    def _due(self, sheet: Sheet, act: Act) -> None:
        self.due_at = act.now + timedelta(days=sheet.appeal_days)

    def _demand(self, *states: str) -> None:
        if self.state not in states:
            raise Conflict(
                "quality.state_refused", f"the review is {self.state}", {"state": self.state}
            )

    def _demand_handler(self, act: Act) -> None:
        if act.actor.subject != self.handler_id:
            raise Forbidden("quality.not_handler", "only who handled the ticket may do this")

    def _step(self, kind: str, reason: str | None, act: Act, event: str | None = None) -> None:
        """What happened, by whom, when; the reason stands among the words, in the same place."""
        self.note_step(kind, act, reason)
        self.version, self.updated_at = self.version + 1, act.now
        if event is not None:
            self.told.append(Told(event, act.now, act.actor))

    def note_step(self, kind: str, act: Act, reason: str | None = None) -> None:
        """The drawing itself is the first step."""
        actor = act.actor
        who = {
            "kind": actor.kind,
            "id": None if actor.subject is None else str(actor.subject),
            "name": actor.name,
        }
        # Anew each time: what the database holds is compared with what is there.
        self.steps = [
            *self.steps,
            {"kind": kind, "actor": who, "at": act.now.isoformat(), "total": self.total},
        ]
        self.words["reasons"] = [*self.words.get("reasons", ()), reason]
