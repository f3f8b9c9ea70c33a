"""Surveys with the database: begun by solvings in any order, sent, answered once, ended."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, EventSchema, dump_event, load_event
from libs.common.contracts.ticketing import (
    TicketAssigned,
    TicketDeleted,
    TicketRated,
    TicketReopened,
    TicketSolved,
    TicketStatusChanged,
)
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.copying import keep_directory
from libs.common.errors import Conflict, Forbidden, Gone, InvalidInput, NotFound, Stale
from libs.common.ids import uuid7
from services.notify import queries as notices
from services.notify.domain.survey_links import make_token
from services.notify.queries import surveys as queries
from services.notify.service.events import Service
from services.notify.use_cases import send_surveys as sending
from services.notify.use_cases.answer_survey import SurveyDesk, answer_survey
from services.notify.use_cases.edit_survey_settings import edit_survey_settings
from tests.integration.notify.desk import Desk
from tests.support.actors import actor
from tests.support.directory import person
from tests.unit.notify.facts import solved, ticket_facts

Facts = dict[str, Any]

SITE = "https://desk.example.com"
GROUP = uuid4()


class Asking:
    """Surveys of an installation whose address is known."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ordering = replace(desk.ordering, public_url=SITE)
        keys = desk.ordering.thread_keys
        self.survey_desk = SurveyDesk(desk.ordering.keys, keys, "潮汐客服")

    def hear(self, *events: Event) -> None:
        """As one batch, past the inbox: every repeat arrives."""
        service = Service()
        service.desk = self.ordering  # type: ignore[assignment]
        ratings = [one for one in events if one.type == TicketRated.type]
        others = [one for one in events if one.type != TicketRated.type]
        for method, batch in (
            (service.tell_of_tickets, others),
            (service.follow_surveys, others),
            (service.tell_of_ratings, ratings),
        ):
            if batch:
                self.desk.handle(partial(method, events=batch))

    def run(self, now: datetime | None = None) -> None:
        """The jobs, once each."""
        now = now or utc_now()
        sending.send_surveys(self.desk.database, self.ordering, now)
        self.desk.now = now
        self.desk.send()
        sending.note_sent_surveys(self.desk.database, self.desk.wait(hours=1))
        sending.expire_surveys(self.desk.database, now)

    def rows(self, ticket_id: UUID) -> list[Any]:
        query = "SELECT * FROM surveys WHERE ticket_id = :id ORDER BY solved_seq"
        with self.desk.database.engine.connect() as connection:
            return list(connection.execute(text(query), {"id": ticket_id}))

    def row(self, ticket_id: UUID) -> Any:
        (row,) = self.rows(ticket_id)
        return row

    def link(self, ticket_id: UUID) -> str:
        """The token of the ticket's newest survey."""
        survey_id = self.rows(ticket_id)[-1].survey_id
        return make_token(survey_id, self.desk.ordering.thread_keys[0])

    def answer(self, link: str, now: datetime | None = None, **given: Any) -> Facts:
        with self.desk.database.begin() as uow:
            at = now or utc_now()
            row, settings = answer_survey(uow, self.survey_desk, at, link=link, **given)
            shown = queries.show_page(row, settings, "潮汐客服", at)
            uow.commit()
            return shown

    def page(self, link: str, now: datetime | None = None, language: str | None = None) -> Facts:
        with self.desk.database.begin(read_only=True) as uow:
            return queries.get_survey(uow, self.survey_desk, now or utc_now(), link, language)

    def listed(self, who: Actor, **filters: Any) -> Facts:
        page = {name: filters.pop(name) for name in ("limit", "cursor") if name in filters}
        keys = self.survey_desk.keys
        with self.desk.database.begin(read_only=True) as uow:
            return queries.list_surveys(uow, who, keys, filters, **page)

    def set(self, **changes: Any) -> None:
        self.desk.handle(lambda uow: edit_survey_settings(uow, None, changes))

    def told(self, event_type: str) -> list[Facts]:
        """Data of the events of a type in the outbox."""
        with self.desk.database.engine.connect() as connection:
            rows = connection.execute(text("SELECT type, body FROM outbox ORDER BY outbox_id"))
            return [orjson.loads(body)["data"] for kind, body in rows if kind == event_type]


@pytest.fixture
def asking(desk: Desk) -> Asking:
    with desk.database.engine.begin() as connection:
        connection.execute(text("TRUNCATE surveys"))
        connection.execute(text("UPDATE survey_settings SET changes = '{}'"))
    return Asking(desk)


def event(schema: type[EventSchema], data: Facts) -> Event:
    return load_event(dump_event(schema, uuid7(), str(data["ticket_id"]), utc_now(), data))


def solution(**fields: Any) -> Event:
    """ticket.solved of a new ticket, unless the fields say of which."""
    given: Facts = {"status": "solved", "status_category": "solved", "occurred_at": utc_now()}
    return event(TicketSolved, solved(**given | fields))


def later(first: Event, seq: int, schema: type[EventSchema] = TicketSolved, **own: Any) -> Event:
    """Another event of the same ticket."""
    names = ("ticket_id", "number", "customer_id", "contact_id")
    same = {name: first.data[name] for name in names}
    if schema is TicketSolved:
        return solution(**same, seq=seq, **own)
    given: Facts = {"status": "in_progress", "status_category": "open", "seq": seq}
    if schema is TicketReopened:
        given |= {"cause": "customer", "reason": None}
    return event(schema, ticket_facts(**same | given | own))


def of_customer(customer: Facts, **fields: Any) -> Event:
    contact = customer["contacts"][0]["contact_id"]
    return solution(customer_id=customer["customer_id"], contact_id=contact, **fields)


def test_a_solution_asks_the_customer_by_mail(asking: Asking, sink: Any):
    customer = asking.desk.known_customer()
    done = of_customer(customer)
    asking.hear(done)
    asking.run()
    row = asking.row(done.data["ticket_id"])
    assert (row.status, row.channel, row.header_encrypted) == ("sent", "mail", None)
    [sent] = asking.told("survey.sent")
    assert (sent["channel"], sent["solved_seq"]) == ("mail", done.data["seq"])
    mails = [text for mail in sink.mails() if "/s/" in (text := mail.text())]
    assert [re.findall(rf"{SITE}/s/([\w-]+)", one) for one in mails] == [[row.code]]


def test_a_customer_whom_no_rule_tells_is_not_looked_after_for_days(asking: Asking):
    done = of_customer(asking.desk.known_customer())
    switch = "UPDATE rules SET is_active = {} WHERE occasion = 'survey'"
    move = "UPDATE rule_book SET revision = revision + 1"
    asking.desk.handle(lambda uow: run(uow, switch.format("false"), move))
    try:
        asking.hear(done)
        asking.run()
    finally:
        asking.desk.handle(lambda uow: run(uow, switch.format("true"), move))
    row = asking.row(done.data["ticket_id"])
    # The request's own page still has it.
    assert (row.status, row.next_look_at) == ("waiting", None)


def run(uow: UnitOfWork, *statements: str) -> None:
    for statement in statements:
        uow.session.execute(text(statement))


def test_repeats_make_one_survey_and_one_message(asking: Asking):
    customer = asking.desk.known_customer()
    done = of_customer(customer)
    asking.hear(done, done)
    asking.hear(done)
    for _ in range(3):
        asking.run()
    assert len(asking.rows(done.data["ticket_id"])) == 1
    assert len(asking.told("survey.sent")) == 1
    asked = [one for one in asking.desk.deliveries() if one.occasion == "survey"]
    assert len(asked) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_solved_reopened_solved_in_any_order_leaves_the_last_one(asking: Asking, order: Any):
    first = solution(seq=3)
    events = [first, later(first, 5, TicketReopened), later(first, 8)]
    for place in order:
        asking.hear(events[place])
    states = [row.status for row in asking.rows(first.data["ticket_id"])]
    assert states[-1] == "waiting"
    assert states[0] in ("cancelled", "superseded")


def test_of_two_solutions_heard_at_once_the_later_one_is_asked_about(asking: Asking):
    first = solution(seq=3)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(asking.hear, [first, later(first, 8), first, later(first, 8)]))
    states = {row.solved_seq: row.status for row in asking.rows(first.data["ticket_id"])}
    assert states == {3: "superseded", 8: "waiting"}


def test_a_ticket_that_is_reopened_first_asks_nobody(asking: Asking):
    customer = asking.desk.known_customer()
    asking.set(delay_seconds=3_600)
    done = of_customer(customer, seq=3)
    asking.hear(done)
    asking.run()
    asking.hear(later(done, 4, TicketReopened))
    asking.run(utc_now().replace(year=2100))
    assert asking.row(done.data["ticket_id"]).status == "cancelled"
    assert asking.told("survey.sent") == []


def closed(first: Event, close_kind: str) -> Event:
    """The solved ticket is closed as something."""
    moved = {"from_status": "solved", "to_status": "closed", "reason": None}
    ended = {"status": "closed", "status_category": "closed", "close_kind": close_kind}
    return later(first, 4, TicketStatusChanged, **moved, **ended)


@pytest.mark.parametrize("kind", ["duplicate", "invalid", "withdrawn", "deleted"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_nobody_is_asked_about_what_is_not_closed_normally(asking: Asking, kind: str, order: Any):
    asking.set(delay_seconds=3_600)
    done = of_customer(asking.desk.known_customer(), seq=3)
    away = {"status": "deleted", "status_category": "closed", "reason": "测试"}
    ended = later(done, 4, TicketDeleted, **away) if kind == "deleted" else closed(done, kind)
    for place in order:
        asking.hear((done, ended)[place])
    asking.hear(done, ended)
    asking.run(utc_now().replace(year=2100))
    assert asking.told("survey.sent") == []
    assert [row.status for row in asking.rows(done.data["ticket_id"])] in ([], ["cancelled"])


def test_a_normal_closing_asks_all_the_same(asking: Asking):
    asking.set(delay_seconds=3_600)
    done = of_customer(asking.desk.known_customer(), seq=3)
    asking.hear(done)
    asking.hear(closed(done, "normal"))
    asking.run(utc_now().replace(year=2100))
    assert len(asking.told("survey.sent")) == 1


def test_a_survey_that_was_sent_survives_a_reopening(asking: Asking):
    customer = asking.desk.known_customer()
    done = of_customer(customer, seq=3)
    asking.hear(done)
    asking.run()
    asking.hear(later(done, 4, TicketReopened))
    assert asking.row(done.data["ticket_id"]).status == "sent"


def test_a_link_to_an_older_solution_says_so(asking: Asking):
    done = solution(seq=3)
    asking.hear(done)
    link = asking.link(done.data["ticket_id"])
    asking.hear(later(done, 8))
    assert asking.page(link)["state"] == "superseded"
    with pytest.raises(Gone) as refusal:
        asking.answer(link, score=5)
    assert refusal.value.code == "survey.superseded"
    assert asking.page(asking.link(done.data["ticket_id"]))["state"] == "open"


def test_an_answer_is_told_once_with_what_it_means(asking: Asking):
    done = solution()
    asking.hear(done)
    link = asking.link(done.data["ticket_id"])
    given = {"score": 1, "nps": 0, "tags": ["slow"], "comment": "没修好"}
    shown = asking.answer(link, **given)
    assert (shown["state"], shown["score"]) == ("answered", 1)
    assert asking.answer(link, **given) == shown
    [told] = asking.told("survey.answered")
    assert (told["is_low"], told["is_satisfied"]) == (True, False)
    assert (told["comment"], told["tags"], told["nps"]) == ("没修好", ["slow"], 0)
    row = asking.row(done.data["ticket_id"])
    assert "没修好".encode() not in row.comment_encrypted


def test_another_answer_is_refused(asking: Asking):
    done = solution()
    asking.hear(done)
    link = asking.link(done.data["ticket_id"])
    asking.answer(link, score=5)
    for other in ({"score": 4}, {"score": 5, "comment": "还行"}, {"score": 5, "nps": 3}):
        with pytest.raises(Conflict) as refusal:
            asking.answer(link, **other)
        assert refusal.value.code == "survey.answered"
    assert len(asking.told("survey.answered")) == 1


def test_of_two_answers_at_once_one_counts(asking: Asking):
    done = solution()
    asking.hear(done)
    link = asking.link(done.data["ticket_id"])

    def answer(score: int) -> int | None:
        try:
            score_kept: int = asking.answer(link, score=score)["score"]
        except Conflict:
            return None
        return score_kept

    with ThreadPoolExecutor(5) as pool:
        kept = [one for one in pool.map(answer, (1, 2, 3, 4, 5)) if one is not None]
    [told] = asking.told("survey.answered")
    assert kept == [told["score"]]


def test_the_same_answer_at_once_is_one_answer(asking: Asking):
    done = solution()
    asking.hear(done)
    link = asking.link(done.data["ticket_id"])
    with ThreadPoolExecutor(5) as pool:
        shown = list(pool.map(lambda _: asking.answer(link, score=3), range(5)))
    assert [one["score"] for one in shown] == [3] * 5
    assert len(asking.told("survey.answered")) == 1


def test_an_answer_before_any_message_counts_as_asked_on_the_page(asking: Asking):
    customer = asking.desk.known_customer()
    done = of_customer(customer)
    asking.hear(done)
    asking.answer(asking.link(done.data["ticket_id"]), score=4)
    asking.run()
    assert [one["channel"] for one in asking.told("survey.sent")] == ["portal"]
    assert [one.occasion for one in asking.desk.deliveries() if one.occasion == "survey"] == []


def test_the_short_link_leads_to_the_same_page(asking: Asking):
    done = solution()
    asking.hear(done)
    row = asking.row(done.data["ticket_id"])
    assert asking.page(row.code) == asking.page(asking.link(done.data["ticket_id"]))


@pytest.mark.parametrize("link", ["", "x" * 12, "A" * 43, "a\0" * 6, None, 7])
def test_what_is_no_link_of_ours_is_not_found(asking: Asking, link: Any):
    with pytest.raises(NotFound) as refusal:
        asking.page(link)
    assert refusal.value.code == "survey.unknown"
    with pytest.raises(NotFound):
        asking.answer(link, score=5)


def test_the_page_shows_the_number_and_nothing_else_of_the_ticket(asking: Asking):
    done = solution()
    asking.hear(done)
    shown = asking.page(asking.link(done.data["ticket_id"]))
    assert shown["number"] == done.data["number"]
    assert shown["company"] == "潮汐客服"
    said = orjson.dumps(shown).decode()
    for hidden in ("subject", "customer_name", "text"):
        assert done.data[hidden] not in said


def test_the_page_speaks_the_customers_language(asking: Asking):
    customer = asking.desk.known_customer(language="en")
    done = of_customer(customer)
    asking.hear(done)
    link = asking.link(done.data["ticket_id"])
    assert asking.page(link)["language"] == "en"
    assert asking.page(link, language="zh")["title"] == "满意度调查"


def test_an_unanswered_survey_expires(asking: Asking):
    done = solution()
    asking.hear(done)
    link, late = asking.link(done.data["ticket_id"]), utc_now().replace(year=2100)
    assert asking.page(link, late)["state"] == "expired"
    with pytest.raises(Gone) as refusal:
        asking.answer(link, late, score=5)
    assert refusal.value.code == "survey.expired"
    asking.run(late)
    assert asking.row(done.data["ticket_id"]).status == "expired"
    assert asking.page(link)["state"] == "expired"


def test_without_an_address_of_our_own_the_survey_waits_on_the_requests_page(asking: Asking):
    asking.ordering = replace(asking.ordering, public_url="")
    customer = asking.desk.known_customer()
    done = of_customer(customer)
    asking.hear(done)
    asking.run()
    assert asking.row(done.data["ticket_id"]).status == "waiting"
    assert [one for one in asking.desk.deliveries() if one.occasion == "survey"] == []
    assert request_survey(asking, done) is not None


def request_survey(asking: Asking, done: Event, customer_id: UUID | None = None) -> Facts | None:
    whose = customer_id or done.data["customer_id"]
    who = actor("customer", "韩梅梅", whose, requester=str(whose))
    with asking.desk.database.begin(read_only=True) as uow:
        return queries.get_request_survey(
            uow.session, who, asking.survey_desk, utc_now(), done.data["number"]
        )


def test_requesters_find_the_link_beside_their_own_request(asking: Asking):
    done = solution(number="G20261121777")
    asking.hear(done)
    found = request_survey(asking, done)
    assert found is not None
    assert found["path"] == f"/s/{asking.link(done.data['ticket_id'])}"
    assert request_survey(asking, done, uuid4()) is None
    asking.answer(asking.link(done.data["ticket_id"]), score=5)
    assert request_survey(asking, done) is None


def test_internal_repairs_are_asked_about_unless_switched_off(asking: Asking):
    repair = solution(kind="repair", channel="internal")
    asking.hear(repair)
    assert asking.row(repair.data["ticket_id"]).kind == "repair"
    asking.set(is_sent_for_internal=False)
    other = solution(kind="internal", channel="internal")
    asking.hear(other)
    assert asking.rows(other.data["ticket_id"]) == []


def test_an_older_survey_is_superseded_though_nobody_is_asked_any_more(asking: Asking):
    done = solution(seq=3)
    asking.hear(done)
    asking.set(is_active=False)
    asking.hear(later(done, 8))
    assert [row.status for row in asking.rows(done.data["ticket_id"])] == ["superseded"]


def placed(**scope: Any) -> Facts:
    """A ticket somewhere in the organisation."""
    empty: Facts = {"cc": [], "collaborators": [], "confidential": False}
    return {"scope": empty | scope}


def test_staff_see_what_was_answered_about_tickets_of_theirs(asking: Asking):
    li, han = actor("agent", "李雷"), actor("agent", "韩立")
    done = solution(assignee_id=li.subject, **placed(assignee=li.subject, group=GROUP))
    asking.hear(done)
    asking.answer(asking.link(done.data["ticket_id"]), score=2, comment="慢")
    [shown] = asking.listed(li)["items"]
    assert (shown["score"], shown["comment"], shown["is_satisfied"]) == (2, "慢", False)
    assert shown["agent"]["person_id"] == str(li.subject)
    assert asking.listed(han)["items"] == []
    lead = actor("agent", "组长", tickets="group", groups=[str(GROUP)])
    assert len(asking.listed(lead)["items"]) == 1


def test_surveys_go_with_their_tickets(asking: Asking):
    li, han = actor("agent", "李雷"), actor("agent", "韩立")
    done = solution(seq=3, assignee_id=li.subject, **placed(assignee=li.subject))
    handed = later(
        done,
        9,
        TicketAssigned,
        assignment_id=uuid4(),
        epoch=2,
        assignee_id=han.subject,
        **placed(assignee=han.subject),
    )
    asking.hear(done)
    asking.hear(handed)
    asking.hear(done)
    asking.answer(asking.link(done.data["ticket_id"]), score=5)
    assert asking.listed(li)["items"] == []
    assert len(asking.listed(han)["items"]) == 1


def test_lists_are_narrowed_and_read_page_by_page(asking: Asking):
    boss = actor("supervisor", "王主管")
    for score in (1, 2, 3, 4, 5):
        done = solution(number=f"G2026112100{score}")
        asking.hear(done)
        asking.answer(asking.link(done.data["ticket_id"]), score=score)
    waiting = solution()
    asking.hear(waiting)

    def scores(**filters: Any) -> list[int]:
        return [one["score"] for one in asking.listed(boss, **filters)["items"]]

    assert scores() == [5, 4, 3, 2, 1]
    assert scores(score=["1", "5"]) == [5, 1]
    assert scores(is_satisfied=True) == [5, 4]
    assert scores(number="g20261121003") == [3]
    assert scores(until=utc_now().replace(year=2000).isoformat()) == []
    assert scores(status="waiting") == [None]
    first = asking.listed(boss, limit=3)
    rest = asking.listed(boss, limit=3, cursor=first["next_cursor"])
    assert [one["score"] for one in (*first["items"], *rest["items"])] == [5, 4, 3, 2, 1]
    assert rest["next_cursor"] is None
    with pytest.raises(InvalidInput):
        asking.listed(boss, status="waiting", cursor=first["next_cursor"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": ["6"]},
        {"status": "lost"},
        {"from": "2026-11-21"},
        {"group_id": "x"},
        {"limit": 0},
        {"cursor": "x"},
    ],
)
def test_wrong_filters_are_refused(asking: Asking, wrong: Facts):
    with pytest.raises(InvalidInput):
        asking.listed(actor("supervisor", "王主管"), **wrong)


def test_whoever_has_no_requests_has_no_surveys(asking: Asking):
    with asking.desk.database.begin(read_only=True) as uow, pytest.raises(Forbidden):
        queries.get_request_survey(
            uow.session, actor("agent", "李雷"), asking.survey_desk, utc_now(), "G1"
        )


def test_settings_are_changed_by_one_at_a_time(asking: Asking):
    with asking.desk.database.begin() as uow:
        before, after = edit_survey_settings(uow, None, {"low_score": 1})
        uow.commit()
    assert (before.low_score, after.low_score) == (2, 1)
    assert after.version == before.version + 1
    with asking.desk.database.begin() as uow, pytest.raises(Stale):
        edit_survey_settings(uow, before.version, {"low_score": 3})


def test_a_low_score_tells_assignee_and_leads_once(asking: Asking):
    li = known(asking, "李雷", group_ids=[GROUP])
    lead = known(asking, "王组长", group_ids=[GROUP], led_group_ids=[GROUP])
    rated = event(
        TicketRated,
        ticket_facts(
            assignee_id=li.subject,
            group_id=GROUP,
            seq=6,
            entry_id=uuid4(),
            source="survey",
            survey_id=uuid4(),
            is_satisfied=False,
            rated_score=1,
            comment="没修好",
        ),
    )
    asking.hear(rated, rated)
    asking.hear(rated)
    for one in (li, lead):
        with asking.desk.database.begin(read_only=True) as uow:
            shown = notices.list_notices(uow.session, one, unread=True, limit=10)["items"]
        assert [notice["occasion"] for notice in shown] == ["rated_low"]


def known(asking: Asking, name: str, **fields: Any) -> Actor:
    """Somebody whom the copy of the organisation has."""
    somebody = actor("agent", name)
    change = person(somebody.subject, name=name, **fields)
    asking.desk.handle(lambda uow: keep_directory(uow.session, [change]))
    return somebody
