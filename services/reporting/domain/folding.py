"""From a ticket's facts to its figures, whatever the order in which the facts came."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from services.reporting.domain import acts as words
from services.reporting.domain.acts import Act, Figures, Stay
from services.reporting.domain.clocks import FIRST_REPLY, RESOLUTION, Clocks
from services.reporting.domain.facts import CheckFact, SurveyFact, Tale, TicketFact, in_order
from services.reporting.domain.promises import promises_of

# A solution that is not taken up again for so long was one.
_LASTING = timedelta(days=7)
# What is in the bin, or was purged from it, counts nowhere.
_THROWN_AWAY = ("deleted", "purged")
# A deletion or merger that was taken back: nobody has taken a solution up again.
_TAKEN_BACK = ("ticket.restored", "ticket.unmerged")
_SECOND = timedelta(seconds=1)
_NONE = timedelta(0)


def fold(tale: Tale, zone: tzinfo) -> Figures:
    """What is counted of the ticket; days are those of the zone. Nothing without its own facts."""
    life = in_order(tale.tickets)
    is_counted = life and life[-1].status not in _THROWN_AWAY
    return _Folding(life, tale, zone).figures() if is_counted else Figures()


@dataclass
class _Solving:
    """A solution, with what becomes of it."""

    fact: TicketFact
    seconds: timedelta
    handling: timedelta
    is_first: bool
    is_single_contact: bool
    is_reopened: bool = False


class _Folding:
    """One ticket on its way from facts to figures."""

    def __init__(self, life: Sequence[TicketFact], tale: Tale, zone: tzinfo) -> None:
        self._life, self._tale, self._zone = life, tale, zone
        self._times = [fact.occurred_at for fact in life]
        self._clocks = Clocks(tale.clocks)
        self._breach = self._clocks.first_breach()
        last = life[-1]
        self._ticket: dict[str, Any] = {
            "kind": last.kind,
            "channel": last.channel,
            "tier": tale.tier,
            "region_id": last.region_id,
            "category_path": last.category_path,
        }
        self._solvings: list[_Solving] = []
        self._acts: list[Act] = []
        self._counts: dict[str, int] = {}

    def figures(self) -> Figures:
        self._walk()
        self._create()
        for solving in self._solvings:
            self._keep_solving(solving)
        self._hear_customers()
        if self._breach is not None:
            self._act(words.BREACHED, self._breach, self._state_at(self._breach))
        for use in sorted(self._tale.uses, key=lambda use: (use.at, use.use_id)):
            self._act(words.SUGGESTED, use.at, self._state_at(use.at), agent_id=use.person_id)
        self._judge_handling()
        promises = promises_of(self._life)
        for promise in sorted(promises, key=lambda one: one.at):
            self._act(promise.what, promise.at, self._state_at(promise.at), **promise.told)
        return Figures(tuple(self._acts), tuple(self._stays()))

    def _walk(self) -> None:
        """Along the facts: replies, transfers, solutions, reopenings."""
        unfinished = handling = _NONE
        messages = transfers = 0
        is_answered, standing = False, None
        for before, fact in pairwise(self._life):
            passed = fact.occurred_at - before.occurred_at
            unfinished += _NONE if before.is_finished else passed
            handling += passed if before.category == "open" else _NONE
            if fact.is_transfer:
                transfers += 1
                self._transfer(fact, before)
            if fact.is_public_reply and not is_answered:
                is_answered = True
                self._reply(fact)
            if not before.is_finished and fact.category == "solved":
                is_first = not self._solvings
                is_single = is_first and transfers == 0 and messages <= 1
                standing = _Solving(fact, unfinished, handling, is_first, is_single)
                self._solvings.append(standing)
            elif before.is_finished and not fact.is_finished and fact.type not in _TAKEN_BACK:
                self._reopen(fact, standing, before)
                standing = None
            messages += fact.is_message
        self._is_settled = standing is not None

    def _transfer(self, fact: TicketFact, before: TicketFact) -> None:
        had = {
            "group_id": fact.from_group_id,
            "department_id": before.department_id,
            "agent_id": fact.previous_assignee_id,
        }
        self._act(words.TRANSFERRED, fact.occurred_at, fact, **had)

    def _reply(self, fact: TicketFact) -> None:
        at = fact.occurred_at
        self._act(
            words.REPLIED,
            at,
            fact,
            agent_id=fact.agent_id or fact.actor_id,
            seconds=(at - self._times[0]) // _SECOND,
            business_seconds=self._clocks.elapsed(FIRST_REPLY, at),
        )

    def _reopen(self, fact: TicketFact, standing: _Solving | None, before: TicketFact) -> None:
        had = before
        if standing is not None:
            standing.is_reopened = True
            if fact.occurred_at - standing.fact.occurred_at < _LASTING:
                standing.is_single_contact = False
            had = standing.fact
        self._act(words.REOPENED, fact.occurred_at, had, agent_id=_solver(had))

    def _create(self) -> None:
        """A new ticket counts for the group, the department and the agent who had it first."""
        groups = (fact.group_id for fact in self._life if fact.group_id)
        departments = (fact.department_id for fact in self._life if fact.department_id)
        agents = (fact.agent_id for fact in self._life if fact.agent_id)
        is_complaint = self._ticket["kind"] == words.COMPLAINT
        self._act(
            words.CREATED,
            self._times[0],
            self._life[0],
            group_id=next(groups, None),
            department_id=next(departments, None),
            agent_id=next(agents, None),
            is_settled=is_complaint and self._is_settled,
        )

    def _keep_solving(self, solving: _Solving) -> None:
        at = solving.fact.occurred_at
        self._act(
            words.SOLVED,
            at,
            solving.fact,
            agent_id=_solver(solving.fact),
            seconds=solving.seconds // _SECOND,
            handling_seconds=solving.handling // _SECOND,
            business_seconds=self._clocks.elapsed(RESOLUTION, at),
            is_first=solving.is_first,
            is_single_contact=solving.is_single_contact,
            is_reopened=solving.is_reopened,
            was_overdue=self._breach is not None and self._breach <= at,
        )

    def _hear_customers(self) -> None:
        """Surveys and their answers, and what customers told the staff; each for who solved."""
        surveys = {(one.survey_id, one.is_answer): one for one in self._tale.surveys}
        found: list[tuple[datetime, str, str, TicketFact, dict[str, Any]]] = []
        for (key, is_answer), one in surveys.items():
            about = self._solved_by(one)
            if is_answer:
                found.append((one.at, key, words.RATED, about, _judgement(one)))
            else:
                told = {"is_answered": (key, True) in surveys}
                found.append((one.at, key, words.SURVEYED, about, told))
        for fact in self._life:
            if fact.type == "ticket.rated" and (fact.score is not None or fact.nps is not None):
                about = self._last_solution(fact.seq) or fact
                told = _judgement(fact)
                found.append((fact.occurred_at, f"{fact.seq:09}", words.RATED, about, told))
        for at, _, what, about, told in sorted(found, key=lambda one: one[:3]):
            self._act(what, at, about, agent_id=_solver(about), **told)

    def _judge_handling(self) -> None:
        """Quality checks as they stand now, on the day of the score; for who handled the ticket."""
        newest: dict[str, CheckFact] = {}
        for one in self._tale.checks:
            if one.review_id not in newest or newest[one.review_id].version < one.version:
                newest[one.review_id] = one
        for one in sorted(newest.values(), key=lambda check: (check.at, check.review_id)):
            self._act(
                words.CHECKED,
                one.at,
                self._state_at(one.at),
                agent_id=one.handler_id,
                group_id=one.group_id,
                department_id=one.department_id,
                points=one.total,
                is_passed=one.is_passed,
            )

    def _solved_by(self, survey: SurveyFact) -> TicketFact:
        """The solution that a survey is about; while it is not known, the ticket as it was."""
        for solving in self._solvings:
            if solving.fact.seq == survey.solved_seq:
                return solving.fact
        return self._state_at(survey.at)

    def _last_solution(self, seq: int) -> TicketFact | None:
        found = [one.fact for one in self._solvings if one.fact.seq < seq]
        return found[-1] if found else None

    def _state_at(self, at: datetime) -> TicketFact:
        return self._life[max(bisect_right(self._times, at) - 1, 0)]

    def _act(self, what: str, at: datetime, state: TicketFact, **more: Any) -> None:
        nth = self._counts[what] = self._counts.get(what, 0) + 1
        whose = {
            "group_id": state.group_id,
            "department_id": state.department_id,
            "agent_id": state.agent_id,
            "urgency": state.urgency,
        }
        day = at.astimezone(self._zone).date()
        given = {**self._ticket, **whose, **more}
        self._acts.append(Act(what=what, nth=nth, at=at, day=day, **given))

    def _stays(self) -> Iterator[Stay]:
        """Unfinished stretches of one status, group, department, agent and urgency that a midnight
        is in.
        """
        number = 0
        for start, end, fact in self._stretches():
            start_day = start.astimezone(self._zone).date()
            end_day = end.astimezone(self._zone).date() if end else None
            if start_day != end_day:
                number += 1
                yield Stay(
                    nth=number,
                    started_at=start,
                    start_day=start_day,
                    end_day=end_day,
                    status=fact.status,
                    group_id=fact.group_id,
                    department_id=fact.department_id,
                    agent_id=fact.agent_id,
                    urgency=fact.urgency,
                    **self._ticket,
                )

    def _stretches(self) -> Iterator[tuple[datetime, datetime | None, TicketFact]]:
        start = self._times[0]
        for before, fact in pairwise(self._life):
            if _place(before) == _place(fact):
                continue
            if not before.is_finished:
                yield start, fact.occurred_at, before
            start = fact.occurred_at
        if not self._life[-1].is_finished:
            yield start, None, self._life[-1]


def _place(fact: TicketFact) -> tuple[str | None, ...]:
    return (fact.status, fact.group_id, fact.department_id, fact.agent_id, fact.urgency)


def _solver(fact: TicketFact) -> str | None:
    """Whose ticket it was; if nobody's, who of the staff solved it."""
    return fact.agent_id or (fact.actor_id if fact.is_by_staff else None)


def _judgement(one: SurveyFact | TicketFact) -> dict[str, Any]:
    return {"score": one.score, "nps": one.nps}
