"""How content the customer is, and what follows: 待跟进 until they are satisfied."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.errors import Conflict, field_error
from services.ticketing.domain.act import Act
from services.ticketing.domain.handing import HandedTicket
from services.ticketing.domain.statuses import SOLVED
from services.ticketing.domain.timeline import Entry

SURVEY, STAFF, PORTAL = "survey", "staff", "portal"
LOW_SCORE = "low_score"
BEST_SCORE = 5

_NEITHER = 3  # a score that goes with either word


@dataclass(frozen=True)
class Judgement:
    """What the customer said of the solution, at `judged_at`; scores are 1–5, 5 is the best.

    `is_satisfied` is None where a score says neither. `solved_seq` is the `seq` of the
    `ticket.solved` that it is about, if that is known. `words` are the customer's own. `told_by`
    is the way in which staff heard of it (phone, visit …).
    """

    source: str
    judged_at: datetime
    is_satisfied: bool | None
    score: int | None = None
    nps: int | None = None
    reasons: tuple[str, ...] = ()
    words: str | None = None
    survey_id: UUID | None = None
    solved_seq: int | None = None
    told_by: str | None = None


def check_judgement(is_satisfied: bool, score: int | None) -> None:
    """Staff's word and the score must not contradict each other; raises InvalidInput."""
    if score is None:
        return
    if not 1 <= score <= BEST_SCORE:
        raise field_error("score", f"must be 1 to {BEST_SCORE}")
    is_against = score < _NEITHER if is_satisfied else score > _NEITHER
    if is_against:
        word = "satisfied" if is_satisfied else "not satisfied"
        raise field_error("score", f"{score} does not go with {word}", "judgement.contradictory")


class RatedTicket(HandedTicket):
    """A ticket as far as it is about whether its customer is content."""

    def rate(self, entry_id: UUID, judgement: Judgement, act: Act) -> Entry:
        """Keep what the customer said; whoever is dissatisfied has the ticket worked on again.

        Of two judgements the one that was made later counts, in whichever order they are heard.
        """
        is_newest = self.judged_at is None or judgement.judged_at >= self.judged_at
        if is_newest:
            self._take_judgement(judgement)
            self._take_confirmation(entry_id, judgement, act)
        entry = self._enter_judgement(entry_id, judgement, act)
        self._record(
            act,
            "ticket.rated",
            entry_id=entry.entry_id,
            source=judgement.source,
            survey_id=judgement.survey_id,
            is_satisfied=judgement.is_satisfied,
            nps=judgement.nps,
            reasons=list(judgement.reasons),
            rated_score=judgement.score,
            comment=judgement.words,
        )
        if is_newest and judgement.is_satisfied is False and self._is_about_this(judgement):
            self._reopen(LOW_SCORE, None, self._status_of_follow_up(), act)
        return entry

    def judge(self, judgement: Judgement, act: Act) -> Entry:
        """Staff write down what the customer told them (R103), however the ticket stands.

        It may have been said before now, but not before there was what it is about.
        """
        self._require_worker(act)
        if self.status == "archived":
            raise Conflict("ticket.closed", "the ticket is archived")
        if judgement.judged_at > act.now:
            raise field_error("said_at", "must not be in the future", "judgement.in_future")
        # Who remembers a call knows the minute at most.
        earliest = (self.solved_at or self.created_at).replace(second=0, microsecond=0)
        if judgement.judged_at < earliest:
            message = "must not be before the solution that it is about"
            raise field_error("said_at", message, "judgement.before_solution")
        return self.rate(act.new_id(), judgement, act)

    def answer_solution(self, is_solved: bool, words: str | None, act: Act) -> Entry:
        """The customer says in the portal whether it is solved; if not, work goes on."""
        if self.status_category != SOLVED:
            raise Conflict("ticket.not_solved", "only a solved request can be confirmed")
        if not is_solved and not words:
            raise field_error("words", "say what is still missing", "field.required")
        judgement = Judgement(
            PORTAL, act.now, is_solved, words=words, solved_seq=self.solved_seq, told_by=PORTAL
        )
        return self.rate(act.new_id(), judgement, act)

    @property
    def is_confirmed(self) -> bool:
        """Whether the customer has said that the present solution is one."""
        return bool(self.confirmation and self.confirmation["is_confirmed"])

    def _take_confirmation(self, entry_id: UUID, judgement: Judgement, act: Act) -> None:
        """How and when they said it; in what words stands in the timeline, by `entry_id`."""
        if judgement.is_satisfied is None:
            return
        self.confirmation = {
            "is_confirmed": judgement.is_satisfied,
            "how": judgement.told_by or judgement.source,
            "at": judgement.judged_at.isoformat(),
            "by": act.actor.name,
            "entry_id": str(entry_id),
        }

    def _take_judgement(self, judgement: Judgement) -> None:
        self.judged_at = judgement.judged_at
        if judgement.score is not None:
            self.score = judgement.score
        if judgement.is_satisfied is None:
            return
        if not judgement.is_satisfied and not self.is_dissatisfied:
            self.dissatisfied_at = judgement.judged_at
        elif judgement.is_satisfied:
            self.dissatisfied_at = None
        self.is_dissatisfied = not judgement.is_satisfied

    def _is_about_this(self, judgement: Judgement) -> bool:
        """Whether the ticket rests on the solution that was judged: there is nothing to reopen
        while it is worked on, and a later solution is another one."""
        is_over = self.status == "closed" and self.merged_into is None
        is_resting = self.status_category == SOLVED or is_over
        known = self.solved_seq is not None and judgement.solved_seq is not None
        return is_resting and (not known or self.solved_seq == judgement.solved_seq)

    def _enter_judgement(self, entry_id: UUID, judgement: Judgement, act: Act) -> Entry:
        details = {
            "source": judgement.source,
            "score": judgement.score,
            "is_satisfied": judgement.is_satisfied,
            "nps": judgement.nps,
            "reasons": list(judgement.reasons),
            "told_by": judgement.told_by,
        }
        if judgement.source == STAFF and judgement.judged_at < act.now:
            details["said_at"] = judgement.judged_at.isoformat()
        event = {"type": "ticket.rated", **details}
        return self._enter(
            entry_id, act.actor, act.now, kind="event", text=judgement.words, event=event
        )

    def _reopen(self, cause: str, reason: str | None, status: str, act: Act) -> None:
        self.solution = self.solved_at = self.solved_seq = self.closed_at = None
        self.close_kind = self.duplicate_of = None
        if self.is_confirmed:
            # It was about a solution that no longer stands.
            self.confirmation = None
        self._set_status(status, act)
        self._enter_event(act, "ticket.reopened", cause=cause, to_status=status, reason=reason)
        self._record(act, "ticket.reopened", cause=cause, reason=reason)

    def _refuse_dissatisfied(self) -> None:
        """待跟进: what the customer is not content with is not over."""
        if self.is_dissatisfied:
            raise Conflict(
                "ticket.not_satisfied", "the customer is not satisfied: it cannot be closed yet"
            )

    def _working_status(self) -> str:
        if self.assignee_id is None:
            return "unassigned"
        return "in_progress" if self.accepted_at else "assigned"

    def _status_of_follow_up(self) -> str:
        """待跟进, unless nobody has begun to work on it."""
        status = self._working_status()
        return "follow_up" if status == "in_progress" else status
