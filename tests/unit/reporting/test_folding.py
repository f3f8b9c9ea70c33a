"""What is counted of a ticket, whatever the order in which its facts come."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.reporting.domain.acts import Act, Figures
from services.reporting.domain.facts import (
    CheckFact,
    ClockFact,
    Part,
    SurveyFact,
    Tale,
    TicketFact,
    UseFact,
)
from services.reporting.domain.folding import fold

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 9:00 in Shanghai
CATEGORY = {"unassigned": "new", "awaiting_customer": "pending", "closed": "closed"}
CATEGORY |= {"solved": "solved", "deleted": "closed", "purged": "closed"}


PASSING = (
    *("tells_customer", "from_group_id", "previous_assignee_id", "score"),
    *("due_at", "outcome", "part", "parts"),
)


class Life:
    """A ticket's facts; times in hours from Monday 9:00."""

    def __init__(self, **state: Any) -> None:
        self.tale = Tale()
        self.state: dict[str, Any] = {
            "status": "unassigned",
            "urgency": "normal",
            "kind": "inquiry",
            "channel": "mail",
            **state,
        }
        self.tell("ticket.created", 0)

    def tell(self, type_: str, hour: float, **changes: Any) -> "Life":
        passing = {name: changes.pop(name) for name in PASSING if name in changes}
        self.state |= changes
        fact = TicketFact(
            seq=len(self.tale.tickets) + 1,
            type=type_,
            occurred_at=MONDAY + timedelta(hours=hour),
            created_at=MONDAY,
            category=CATEGORY.get(self.state["status"], "open"),
            is_by_staff=type_ not in ("ticket.created", "ticket.reopened"),
            actor_id="anna",
            **self.state,
            **passing,
        )
        self.tale.tickets.append(fact)
        return self

    def assign(self, hour: float, agent: str = "anna", group: str = "north") -> "Life":
        where = {"agent_id": agent, "group_id": group, "status": "in_progress"}
        return self.tell("ticket.assigned", hour, **where)

    def reply(self, hour: float) -> "Life":
        return self.tell("ticket.replied", hour)

    def solve(self, hour: float) -> "Life":
        return self.tell("ticket.solved", hour, status="solved", tells_customer=True)

    def reopen(self, hour: float) -> "Life":
        return self.tell("ticket.reopened", hour, status="follow_up")

    def figures(self) -> Figures:
        return fold(self.tale, ZONE)

    def acts(self, what: str) -> list[Act]:
        return [act for act in self.figures().acts if act.what == what]


def test_nothing_is_counted_of_a_ticket_of_which_only_clocks_are_known() -> None:
    clock = ClockFact(clock_id="c", revision=1, target="accept", state="met", is_breached=False)
    assert fold(Tale(clocks=[clock]), ZONE) == Figures()


def test_what_is_in_the_bin_or_purged_counts_nowhere_until_it_is_restored() -> None:
    life = Life().assign(1).reply(2).solve(3).tell("ticket.deleted", 4, status="deleted")
    assert life.figures() == Figures()
    life.tell("ticket.restored", 5, status="solved")
    assert [act.what for act in life.figures().acts] == ["replied", "created", "solved"]
    life.tell("ticket.deleted", 6, status="deleted").tell("ticket.purged", 7, status="purged")
    # What comes late is told of a ticket that there is no more.
    life.tell("ticket.rated", 8, score=1)
    assert life.figures() == Figures()


def test_what_is_restored_or_unmerged_was_not_reopened() -> None:
    life = Life().assign(1).tell("ticket.deleted", 2, status="deleted")
    life.tell("ticket.restored", 3, status="unassigned", agent_id=None).assign(4)
    life.tell("ticket.merged", 5, status="closed").tell("ticket.unmerged", 6, status="in_progress")
    assert life.acts("reopened") == []
    [solved] = life.solve(7).acts("solved")
    assert (solved.is_single_contact, solved.seconds) == (True, 5 * 3600)


def test_a_new_ticket_counts_for_whom_it_came_to_first() -> None:
    life = Life().assign(1).assign(2, "bert", "south")
    [new] = life.acts("created")
    assert (new.group_id, new.agent_id, new.day) == ("north", "anna", date(2026, 11, 23))


def test_the_first_reply_counts_from_the_creation() -> None:
    life = Life().assign(1).reply(2.5).reply(3)
    [reply] = life.acts("replied")
    assert reply.seconds == 9000


def test_a_solution_that_the_customer_is_told_is_a_first_reply() -> None:
    assert len(Life().assign(1).solve(2).acts("replied")) == 1


def test_a_second_solving_counts_without_the_time_that_the_first_stood() -> None:
    life = Life().assign(1).solve(2).reopen(50).solve(51)
    first, second = life.acts("solved")
    assert (first.seconds, second.seconds) == (7200, 3 * 3600)
    assert (first.handling_seconds, second.handling_seconds) == (3600, 2 * 3600)
    assert (first.is_reopened, second.is_reopened) == (True, False)
    assert (first.is_first, second.is_first) == (True, False)


def test_waiting_for_the_customer_is_resolution_time_but_no_handling() -> None:
    life = Life().assign(1).tell("ticket.status_changed", 2, status="awaiting_customer")
    [solved] = life.tell("ticket.status_changed", 6, status="in_progress").solve(7).acts("solved")
    assert (solved.seconds, solved.handling_seconds) == (7 * 3600, 2 * 3600)


def test_one_contact_means_one_reply_no_transfer_and_no_quick_reopening() -> None:
    def single(life: Life) -> bool:
        return life.acts("solved")[0].is_single_contact

    assert single(Life().assign(1).reply(2).solve(3))
    assert not single(Life().assign(1).reply(2).reply(2.5).solve(3))
    passed = {"from_group_id": "north", "group_id": "south", "previous_assignee_id": "anna"}
    assert not single(Life().assign(1).tell("ticket.transferred", 2, **passed).solve(3))
    placed = {"from_group_id": None, "group_id": "south"}
    assert single(Life().tell("ticket.transferred", 2, **placed).assign(2, group="south").solve(3))
    assert not single(Life().assign(1).solve(3).reopen(3 + 7 * 24 - 0.01))
    assert single(Life().assign(1).solve(3).reopen(3 + 7 * 24))


def test_a_reopening_counts_for_who_had_solved() -> None:
    life = Life().assign(1).solve(2)
    life.tell("ticket.reopened", 3, status="unassigned", agent_id=None)
    [reopened] = life.acts("reopened")
    assert reopened.agent_id == "anna"


def test_an_answer_counts_for_who_solved_on_the_day_of_the_answer() -> None:
    life = Life().assign(1).solve(2).reopen(3).assign(4, "bert").solve(5)
    for number, seq in enumerate((3, 6)):
        at = MONDAY + timedelta(days=2 + number)
        facts = {"survey_id": f"s{number}", "solved_seq": seq}
        life.tale.surveys.append(SurveyFact(at=at, is_answer=False, **facts))
        life.tale.surveys.append(SurveyFact(at=at, is_answer=True, score=5, **facts))
    rated = life.acts("rated")
    assert [(one.agent_id, one.day.day) for one in rated] == [("anna", 25), ("bert", 26)]
    assert all(one.is_answered for one in life.acts("surveyed"))


def test_what_customers_tell_the_staff_is_a_rating_too() -> None:
    life = Life().assign(1).solve(2).tell("ticket.rated", 3, score=2)
    assert [one.score for one in life.acts("rated")] == [2]
    assert not Life().assign(1).solve(2).tell("ticket.rated", 3).acts("rated")


def clock(revision: int, state: str, **more: Any) -> ClockFact:
    return ClockFact(
        clock_id="c",
        revision=revision,
        target="resolution",
        state=state,
        **{"is_breached": False, **more},
    )


def test_business_time_is_what_the_clock_says_that_stopped_then() -> None:
    life = Life().assign(1).solve(2)
    at = MONDAY + timedelta(hours=2)
    life.tale.clocks = [clock(2, "met", stopped_at=at, elapsed_seconds=99), clock(1, "running")]
    assert life.acts("solved")[0].business_seconds == 99
    life.tale.clocks.append(clock(3, "cancelled"))
    assert life.acts("solved")[0].business_seconds is None


def test_a_ticket_is_overdue_once_from_its_first_due_time() -> None:
    life = Life().assign(1).solve(5)
    due_at = MONDAY + timedelta(hours=3)
    life.tale.clocks = [clock(2, "breached", is_breached=True, due_at=due_at)]
    [overdue] = life.acts("breached")
    assert (overdue.at, overdue.agent_id) == (due_at, "anna")
    assert life.acts("solved")[0].was_overdue
    life.tale.clocks.append(clock(3, "running", due_at=due_at + timedelta(days=1)))
    assert not life.acts("breached")


def test_a_suggestion_counts_for_who_used_it() -> None:
    life = Life().assign(1)
    life.tale.uses.append(UseFact(use_id="u", at=MONDAY + timedelta(hours=2), person_id="carl"))
    [used] = life.acts("suggested")
    assert (used.agent_id, used.group_id) == ("carl", "north")


def test_a_stay_is_over_at_least_one_midnight() -> None:
    life = Life().assign(1).assign(30, "bert").solve(31)
    [stay] = life.figures().stays
    assert (stay.start_day, stay.end_day) == (date(2026, 11, 23), date(2026, 11, 24))
    assert stay.agent_id == "anna"


def test_a_complaint_is_settled_while_its_solution_stands() -> None:
    def settled(life: Life) -> bool:
        return life.acts("created")[0].is_settled

    def complaint() -> Life:
        return Life(kind="complaint").assign(1)

    assert not settled(complaint())
    assert settled(complaint().solve(2))
    assert settled(complaint().solve(2).tell("ticket.status_changed", 3, status="closed"))
    assert not settled(complaint().solve(2).reopen(3))
    assert not settled(complaint().tell("ticket.status_changed", 3, status="closed"))


def test_order_and_repetition_of_facts_do_not_matter() -> None:
    life = (
        Life(kind="complaint").assign(1).reply(2).solve(3).reopen(40).assign(41, "bert").solve(60)
    )
    at = MONDAY + timedelta(hours=3)
    life.tale.clocks = [clock(1, "met", stopped_at=at, elapsed_seconds=5), clock(2, "running")]
    expected = life.figures()
    chance = random.Random(1)
    for _ in range(50):
        shuffled = Tale(tier=None, clocks=life.tale.clocks[:], tickets=life.tale.tickets * 2)
        chance.shuffle(shuffled.tickets)
        chance.shuffle(shuffled.clocks)
        assert fold(shuffled, ZONE) == expected


def test_a_ticket_that_is_known_by_its_solution_alone_waited_since_its_creation() -> None:
    whole = Life().assign(1).solve(30)
    stub = Tale(tickets=[whole.tale.tickets[-1]])
    figures = fold(stub, ZONE)
    assert [act.what for act in figures.acts] == ["replied", "created", "solved"]
    [stay] = figures.stays
    assert (stay.status, stay.end_day) == ("unassigned", date(2026, 11, 24))


def test_a_quality_check_counts_as_it_stands_now_for_who_had_handled() -> None:
    life = Life().assign(1).solve(2).reopen(3).assign(4, "bert", "south")

    def check(review: str, version: int, total: int) -> CheckFact:
        return CheckFact(
            review_id=review,
            version=version,
            at=MONDAY + timedelta(days=1),
            handler_id="anna",
            group_id="north",
            total=total,
            is_passed=total >= 80,
        )

    life.tale.checks += [check("a", 4, 90), check("a", 2, 60), check("b", 2, 70)]
    found = life.acts("checked")
    assert [(one.points, one.is_passed) for one in found] == [(90, True), (70, False)]
    assert {(one.agent_id, one.group_id, one.day.day) for one in found} == {("anna", "north", 24)}


def test_a_supervision_is_missed_once_and_signed_off_late_or_in_time() -> None:
    due_at = MONDAY + timedelta(hours=5)
    kept, missed = (Life().assign(1).tell("ticket.supervised", 2, due_at=due_at) for _ in range(2))
    kept.tell("ticket.supervision_urged", 4)
    kept.tell("ticket.supervision_ended", 5, outcome="signed_off")
    assert [one.is_passed for one in kept.acts("signed_off")] == [True]
    assert kept.acts("supervision_missed") == []
    for hour in (6, 7):
        missed.tell("ticket.supervision_urged", hour)
    missed.tell("ticket.supervision_ended", 8, outcome="signed_off")
    assert [one.is_passed for one in missed.acts("signed_off")] == [False]
    assert [(one.at, one.agent_id) for one in missed.acts("supervision_missed")] == [
        (due_at, "anna")
    ]
    assert len(missed.acts("supervised")) == 1


def test_what_is_cancelled_before_its_deadline_is_neither_kept_nor_missed() -> None:
    life = Life().tell("ticket.supervised", 2, due_at=MONDAY + timedelta(hours=5))
    life.tell("ticket.supervision_ended", 3, outcome="cancelled")
    assert (life.acts("signed_off"), life.acts("supervision_missed")) == ([], [])


def test_a_departments_help_counts_for_the_department_whoever_has_the_ticket() -> None:
    part = Part(part_id="a", target_kind="department", target_id="stores", due_at=MONDAY)
    part = replace(part, due_at=MONDAY + timedelta(hours=3))
    life = Life(department_id="service").assign(1)
    life.tell("ticket.collaboration_started", 2, parts=(part,))
    life.tell("ticket.collaboration_overdue", 4, part=part)
    life.tell("ticket.collaboration_answered", 5, part=part)
    for what in ("asked_to_help", "help_missed", "helped"):
        [one] = life.acts(what)
        assert (one.department_id, one.group_id, one.agent_id) == ("stores", None, None)


def test_a_category_is_the_tickets_and_a_department_the_moments() -> None:
    life = Life(category_path=("a",), department_id="service").assign(1)
    life.tell("ticket.edited", 2, category_path=("b", "c"))
    life.tell(
        "ticket.transferred", 30, department_id="stores", group_id="south", from_group_id="north"
    )
    life.solve(60)
    assert {one.category_path for one in life.figures().acts} == {("b", "c")}
    whose = {
        what: life.acts(what)[0].department_id for what in ("created", "transferred", "solved")
    }
    assert whose == {"created": "service", "transferred": "service", "solved": "stores"}
    stays = [(one.department_id, one.category_path) for one in life.figures().stays]
    assert stays == [("service", ("b", "c")), ("stores", ("b", "c"))]


def test_help_counts_for_whom_was_asked_and_each_round_by_its_own_deadline() -> None:
    first = Part(part_id="a", target_kind="group", target_id="south", due_at=MONDAY)
    limits = [MONDAY + timedelta(hours=hour) for hour in (3, 9)]
    early, late = (replace(first, due_at=at) for at in limits)
    free = Part(part_id="b", target_kind="person", target_id="bert")
    life = Life().assign(1).tell("ticket.collaboration_started", 2, parts=(early, free))
    life.tell("ticket.collaboration_overdue", 4, part=early)
    life.tell("ticket.collaboration_answered", 5, part=early)
    life.tell("ticket.collaboration_asked_again", 6, part=late)
    life.tell("ticket.collaboration_answered", 7, part=late)
    life.tell("ticket.collaboration_answered", 7, part=free)
    asked = {(one.group_id, one.department_id, one.agent_id) for one in life.acts("asked_to_help")}
    assert asked == {("south", None, None), (None, None, "bert")}
    assert [one.at for one in life.acts("help_missed")] == [limits[0]]
    # Without a time limit nothing is promised.
    assert [one.is_passed for one in life.acts("helped")] == [False, True]
