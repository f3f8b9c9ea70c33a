"""What rules have told: to whom, where, when, in which words; once, in whatever order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event as sql_events
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.contracts.kb import ArticleReviewRequested
from libs.common.contracts.sla import ClockChanged, StepReached
from libs.common.contracts.ticketing import TicketAssigned, TicketCreated, TicketNoteAdded
from libs.common.errors import Conflict
from services.notify.domain.ticket_happenings import happening_of
from services.notify.queries.deliveries import search_deliveries
from services.notify.use_cases.claim import claim
from services.notify.use_cases.resend import resend_delivery
from tests.integration.notify.colleagues import colleague, titles
from tests.integration.notify.desk import Desk, event_of, reply_to, ticket_of
from tests.support.sms_sink import SmsSink
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.facts import NOON, clock_facts, contact_facts, step_facts, ticket_facts

PHONE = "+8613800138000"
GROUP = uuid4()


def phone() -> dict[str, Any]:
    return contact_facts(kind="phone", value=PHONE, is_verified=True)


def customer_actor(customer: dict[str, Any]) -> Actor:
    return Actor(subject=customer["customer_id"], name="韩梅梅", kind="customer")


def assigned_to(somebody: Actor, **fields: Any) -> dict[str, Any]:
    own = {"assignment_id": uuid4(), "epoch": 1, "note": None, "mode": "manual"}
    return ticket_facts(assignee_id=somebody.subject, **own | fields)


@pytest.mark.parametrize("first", ["promise", "ticket"])
def test_a_receipt_names_the_promised_time_whichever_event_comes_first(
    desk: Desk, sink: SmtpSink, first: str
) -> None:
    ticket = ticket_of(desk.known_customer())
    promise = event_of(ClockChanged, clock_facts(ticket, NOON + timedelta(hours=4)))
    events = [("tell_of_tickets", event_of(TicketCreated, ticket)), ("keep_promises", promise)]
    for method, event in events if first == "ticket" else events[::-1]:
        desk.hear(method, event)
        desk.hear(method, event)
    desk.now = datetime.now(UTC)
    desk.send()
    (mail,) = sink.mails()
    assert "将在 2026-11-22 00:00 前给您首次答复" in mail.text()


def test_without_a_promise_a_receipt_waits_ten_seconds_and_says_the_hours(
    desk: Desk, sink: SmtpSink
) -> None:
    desk.tell(happening_of("ticket.created", ticket_of(desk.known_customer())))
    desk.wait(seconds=9)
    desk.send()
    assert sink.count() == 0
    desk.wait(seconds=1)
    desk.send()
    (mail,) = sink.mails()
    assert "24 小时内" in mail.text()


def test_a_customer_without_mail_is_told_by_sms_where_the_rule_allows_it(
    desk: Desk, sms: SmsSink
) -> None:
    desk.allow(occasion="accepted", channels=["mail", "sms"])
    customer = desk.known_customer(contacts=[phone()])
    desk.tell(happening_of("ticket.accepted", ticket_of(customer)))
    desk.send()
    assert (desk.delivery().channel, desk.delivery().status) == ("sms", "waiting")
    desk.send_messages("sms")
    assert desk.delivery().status == "sent"
    (taken,) = sms.requests()
    assert "G20261121001" in taken.text


def test_a_customer_whom_no_channel_reaches_is_skipped_with_a_reason(desk: Desk) -> None:
    desk.allow(occasion="accepted", channels=["mail", "sms"])
    desk.tell(happening_of("ticket.accepted", ticket_of(desk.known_customer(contacts=[]))))
    desk.send()
    desk.send_messages("sms")
    assert (desk.delivery().status, desk.delivery().error) == ("skipped", "no phone number")


def test_a_customers_wish_orders_the_channels_of_the_rule(desk: Desk, sms: SmsSink) -> None:
    desk.allow(occasion="accepted", channels=["mail", "sms"])
    customer = desk.known_customer(contacts=[contact_facts(), phone()])
    desk.wish(customer_actor(customer), channels={"progress": {"order": ["sms"]}})
    desk.tell(happening_of("ticket.accepted", ticket_of(customer)))
    assert (desk.delivery().channel, desk.delivery().other_channels) == ("sms", ["mail"])


def test_who_has_switched_all_channels_off_is_skipped(desk: Desk) -> None:
    desk.allow(occasion="accepted")
    customer = desk.known_customer()
    desk.wish(customer_actor(customer), channels={"*": {"off": ["mail", "sms"]}})
    desk.tell(happening_of("ticket.accepted", ticket_of(customer)))
    assert desk.delivery().status == "skipped"


def test_two_rules_that_agree_tell_once(desk: Desk) -> None:
    for _ in range(2):
        desk.allow(occasion="accepted")
    ticket = ticket_of(desk.known_customer())
    for _ in range(2):
        desk.tell(happening_of("ticket.accepted", ticket))
    assert len(desk.deliveries()) == 1


def test_a_condition_decides_by_tier_and_urgency(desk: Desk) -> None:
    vip = {"field": "tier", "op": "is", "value": "vip"}
    desk.allow(occasion="accepted", condition={"all": [vip]})
    for tier in ("vip", None):
        desk.tell(happening_of("ticket.accepted", ticket_of(desk.known_customer(tier=tier))))
    assert len(desk.deliveries()) == 1


def test_quiet_hours_delay_all_but_what_is_urgent(desk: Desk) -> None:
    li = colleague(desk)
    desk.allow(occasion="assigned", audience="staff", channels=["mail"])
    desk.wish(li, quiet_from="19:00", quiet_until="07:00", zone="Asia/Shanghai")
    desk.tell(happening_of("ticket.assigned", assigned_to(li)))  # 20:00 in Shanghai
    desk.tell(happening_of("ticket.assigned", assigned_to(li, urgency="critical")))
    quiet, urgent = desk.deliveries()
    assert quiet.next_at == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert urgent.next_at == desk.now


def test_a_colleague_is_mailed_where_the_directory_knows_them(desk: Desk, sink: SmtpSink) -> None:
    li = colleague(desk)
    desk.allow(occasion="assigned", audience="staff", channels=["in_app", "mail"])
    desk.tell(happening_of("ticket.assigned", assigned_to(li)))
    desk.send()
    (mail,) = sink.mails()
    assert (mail.recipient, mail.message["Subject"]) == (
        "li@example.com",
        "工单 G20261121001 已分配给您",
    )
    assert mail.message["Message-ID"].startswith("<notice-")
    assert titles(desk, li) == ["工单 G20261121001 已分配给您"]


def test_each_new_notice_is_an_event_however_often_its_cause_comes(desk: Desk) -> None:
    li = colleague(desk)
    event = event_of(TicketAssigned, assigned_to(li, urgency="critical"))
    for _ in range(3):
        desk.hear("tell_of_tickets", event, event)
    (raised,) = desk.told("notice.raised")
    assert (raised["recipient_id"], raised["is_urgent"]) == (str(li.subject), True)


def test_whoever_is_mentioned_or_may_review_is_told(desk: Desk) -> None:
    li, boss = colleague(desk), colleague(desk, "王主管", role="supervisor")
    note = ticket_facts(entry_id=uuid4(), mentions=[li.subject])
    desk.hear("tell_of_tickets", event_of(TicketNoteAdded, note))
    review = {
        "article_id": uuid4(),
        "revision": 3,
        "title": "更换滤芯",
        "comment": "请过目",
        "occurred_at": NOON,
        "actor": {"kind": "staff", "id": li.subject, "name": "李雷"},
    }
    for _ in range(2):
        desk.hear("tell_of_reviews", event_of(ArticleReviewRequested, review))
    assert titles(desk, li) == ["系统在工单 G20261121001 的备注中提到了您"]
    assert titles(desk, boss) == ["知识文章待审核：更换滤芯"]


@pytest.mark.parametrize("order", list(permutations(["ticket", "step"])))
def test_a_step_is_told_once_before_or_after_its_ticket(desk: Desk, order: tuple[str, ...]) -> None:
    li = colleague(desk)
    ticket = ticket_facts(assignee_id=li.subject, message_id=None, contact_id=None, text="…")
    step = step_facts(
        ticket_id=ticket["ticket_id"], assignee_id=li.subject, recipients=[{"to": "assignee"}]
    )
    events = {
        "ticket": ("tell_of_tickets", event_of(TicketCreated, ticket)),
        "step": ("tell_of_rules", event_of(StepReached, step)),
    }
    for name in (*order, *order):
        desk.hear(*events[name])
    assert titles(desk, li) == ["工单 G20261121001 即将超时：首次回复"]


def test_whoever_has_the_ticket_hears_that_its_customer_was_not_reached(
    desk: Desk, sink: SmtpSink
) -> None:
    li = colleague(desk)
    ticket = ticket_of(desk.known_customer(), assignee_id=li.subject, is_auto_reply=True)
    desk.hear("tell_of_tickets", event_of(TicketCreated, ticket))
    sink.behave("refuse")
    desk.pass_on(reply_to(ticket))
    desk.send()
    assert titles(desk, li) == ["工单 G20261121001 的通知未能送达客户：客服回复"]


def test_a_message_of_which_nobody_knows_is_left_and_sent_again_by_hand_only(
    desk: Desk, sms: SmsSink
) -> None:
    desk.allow(occasion="accepted", channels=["sms"])
    customer = desk.known_customer(contacts=[phone()])
    desk.tell(happening_of("ticket.accepted", ticket_of(customer)))
    _lose(desk)
    desk.send_messages("sms")
    assert (desk.delivery().status, len(sms.requests())) == ("unknown", 0)
    delivery_id = desk.delivery().delivery_id
    desk.handle(lambda uow: resend_delivery(uow, desk.now, delivery_id) and None)
    desk.send_messages("sms")
    assert (desk.delivery().status, len(sms.requests())) == ("sent", 1)
    with pytest.raises(Conflict, match="not sent again"):
        desk.handle(lambda uow: resend_delivery(uow, desk.now, delivery_id) and None)


def test_what_is_sent_again_by_hand_has_its_days_of_trying_anew(desk: Desk, sink: SmtpSink) -> None:
    desk.pass_on(reply_to(ticket_of(desk.known_customer())))
    sink.behave("defer")
    desk.send()
    desk.wait(days=4)
    desk.send()
    assert desk.delivery().status == "failed"
    delivery_id = desk.delivery().delivery_id
    desk.handle(lambda uow: resend_delivery(uow, desk.now, delivery_id) and None)
    for _ in range(3):
        desk.send()
        assert desk.delivery().status == "waiting"
        desk.wait(hours=1)
    sink.behave("accept")
    desk.send()
    assert desk.delivery().status == "sent"


def test_what_is_most_urgent_is_rather_sent_twice(desk: Desk, sms: SmsSink) -> None:
    desk.allow(occasion="accepted", channels=["sms"])
    customer = desk.known_customer(contacts=[phone()])
    desk.tell(happening_of("ticket.accepted", ticket_of(customer, urgency="critical")))
    _lose(desk)
    desk.send_messages("sms")
    assert (desk.delivery().status, len(sms.requests())) == ("sent", 1)


def _lose(desk: Desk) -> None:
    """A process claims, and dies before it can tell what became of it."""
    assert claim(desk.database, desk.ordering, ["sms"], desk.now, 10)
    desk.wait(seconds=61)


def test_deliveries_are_found_by_state_and_ticket_page_by_page(desk: Desk) -> None:
    ticket = ticket_of(desk.known_customer())
    desk.pass_on(*(reply_to(ticket, seq) for seq in range(2, 7)))
    wanted = {"status": "waiting", "number": ticket["number"]}
    with desk.database.begin(read_only=True) as uow:
        first = search_deliveries(uow.session, wanted, 3, None)
        second = search_deliveries(uow.session, wanted, 3, first["next_cursor"])
    ids = [one["delivery_id"] for one in first["items"] + second["items"]]
    assert ids == [str(row.delivery_id) for row in reversed(desk.deliveries())]
    assert second["next_cursor"] is None


_MANY = """
INSERT INTO deliveries (delivery_id, created_at, status, channel, occasion, recipient_kind,
    recipient_id, ticket_number, content_encrypted, message_id)
SELECT gen_random_uuid(), now(), 'sent', 'mail', 'replied', 'customer', gen_random_uuid(),
    'G' || n, '', n FROM generate_series(1, 20000) AS n
"""


def test_the_deliveries_of_a_ticket_are_found_among_many_by_an_index(desk: Desk) -> None:
    # Never committed: the other tests count theirs.
    with desk.database.engine.connect() as connection, Session(connection) as session:
        session.execute(text(_MANY))
        session.execute(text("ANALYZE deliveries"))
        statements: list[Any] = []
        sql_events.listen(
            connection, "before_cursor_execute", lambda *given: statements.append(given[2:4])
        )
        found = search_deliveries(session, {"number": "G777"}, 50, None)
        asked, parameters = statements[0]
        plan = connection.exec_driver_sql(f"EXPLAIN {asked}", parameters).scalars().all()
    assert [one["ticket_number"] for one in found["items"]] == ["G777"]
    assert "Index Cond: (ticket_number" in "\n".join(plan)
