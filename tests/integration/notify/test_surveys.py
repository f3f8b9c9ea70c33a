"""Surveys with the database: begun by solvings in any order, sent, answered once, ended."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from libs.common.contracts.ticketing import TicketDeleted, TicketReopened, TicketStatusChanged
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, Gone, NotFound
from tests.integration.notify.asking import SITE, Asking, later, of_customer, solution

Facts = dict[str, Any]


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
