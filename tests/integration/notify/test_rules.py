"""What rules have told: to whom, where, when, in which words; once, in whatever order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event as sql_events
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.contracts.gateway import PersonChanged
from libs.common.contracts.kb import ArticleReviewRequested
from libs.common.contracts.sla import ClockChanged, StepReached
from libs.common.contracts.ticketing import TicketAssigned, TicketCreated, TicketNoteAdded
from libs.common.errors import Conflict, InvalidInput, NotFound, Stale
from services.notify import queries
from services.notify.domain.ticket_happenings import happening_of
from services.notify.queries import configuration, trials
from services.notify.queries.deliveries import search_deliveries
from services.notify.use_cases import edit_rules, edit_texts
from services.notify.use_cases.claim import claim
from services.notify.use_cases.resend import resend_delivery
from tests.integration.notify.desk import Desk, event_of, reply_to, ticket_of
from tests.support.actors import actor
from tests.support.directory import person
from tests.support.sms_sink import SmsSink
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.facts import NOON, clock_facts, contact_facts, step_facts, ticket_facts

PHONE = "+8613800138000"
GROUP = uuid4()


def phone() -> dict[str, Any]:
    return contact_facts(kind="phone", value=PHONE, is_verified=True)


def customer_actor(customer: dict[str, Any]) -> Actor:
    return Actor(subject=customer["customer_id"], name="韩梅梅", kind="customer")


def colleague(desk: Desk, name: str = "李雷", **fields: Any) -> Actor:
    """Somebody of whom the directory has told, with an address."""
    somebody = actor("agent", name)
    told = person(somebody.subject, name=name, **fields).data
    desk.hear("copy_directory", event_of(PersonChanged, told | {"email": "li@example.com"}))
    return somebody


def boss() -> Actor:
    return actor("supervisor", "主管")


def titles(desk: Desk, somebody: Actor) -> list[str]:
    with desk.database.begin(read_only=True) as uow:
        listed = queries.list_notices(uow.session, somebody, unread=False, limit=50)
    return [notice["title"] for notice in listed["items"]]


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


def write(desk: Desk, **values: Any) -> UUID:
    text = {"occasion": "accepted", "channel": "mail", "language": "zh", "subject": "进展"}
    made: list[UUID] = []
    text |= {"body": "{{ customer }}：{{ number }} 在办。"}
    desk.handle(lambda uow: made.append(edit_texts.create_text(uow, text | values).template_id))
    return made[0]


def test_own_words_replace_the_shipped_ones_at_once(desk: Desk, sink: SmtpSink) -> None:
    desk.allow(occasion="accepted")
    customer = desk.known_customer()
    desk.tell(happening_of("ticket.accepted", ticket_of(customer)))
    template_id = write(desk)
    desk.send()
    assert "韩梅梅：G20261121001 在办。" in sink.mails()[0].text()
    assert sink.mails()[0].message["Subject"] == "[G20261121001] 进展"
    desk.handle(lambda uow: edit_texts.remove_text(uow, template_id, 1) and None)
    desk.tell(happening_of("ticket.accepted", ticket_of(customer)))
    desk.send()
    assert "正在处理中" in sink.mails()[1].text()


def test_a_text_is_refused_by_field_and_line(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refusal:
        write(desk, body="您好\n{{ password }}", html="{% for x in number %}{% endfor %}")
    errors = refusal.value.details["errors"]
    assert errors["body"] == ["line 2: unknown variable password"]
    assert errors["html"] == ["line 1: for is not allowed here"]


def test_a_rule_is_refused_by_its_fields_at_once(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refusal:
        desk.allow(
            occasion="receipt",
            audience="staff",
            channels=["fax"],
            template_key="nothing",
            endpoint_ids=[str(uuid4())],
            condition={"field": "nonsense", "op": "is", "value": 1},
        )
    found = refusal.value.details["errors"]
    assert set(found) >= {"audience", "condition.field", "template_key", "endpoint_ids[0]"}


def test_nobody_overwrites_a_rule_silently(desk: Desk) -> None:
    rule_id = desk.allow(occasion="accepted")
    new = {"name": "新", "occasion": "accepted", "audience": "customer", "channels": ["sms"]}
    desk.handle(lambda uow: edit_rules.replace_rule(uow, rule_id, 1, new) and None)
    with pytest.raises(Stale):
        desk.handle(lambda uow: edit_rules.replace_rule(uow, rule_id, 1, new) and None)


def test_a_trial_says_who_would_be_told_and_tells_nobody(desk: Desk) -> None:
    li = colleague(desk, group_ids=[GROUP])
    sample = {"assignee_id": str(li.subject), "urgency": "critical"}
    with desk.database.begin() as uow:
        found = trials.try_rules(
            uow, desk.ordering, boss(), desk.now, occasion="assigned", number=None, sample=sample
        )
        uow.commit()
    (told,) = found["recipients"]
    assert (told["name"], told["channel"]) == ("李雷", "in_app")
    assert [rule["holds"] for rule in found["rules"]] == [True]
    assert titles(desk, li) == []


@pytest.mark.parametrize("unit", ["own", "group", "department", "region"])
def test_a_ticket_outside_the_scope_is_neither_tried_nor_previewed(desk: Desk, unit: str) -> None:
    mine = {"assignee": uuid4(), "group": uuid4(), "department": uuid4(), "region": uuid4()}
    number = f"G{uuid4().hex}"
    ticket = ticket_of(desk.known_customer(), number=number, subject="秘密", scope=mine)
    ticket |= {"assignee_id": mine["assignee"], "group_id": mine["group"]}
    desk.hear("tell_of_tickets", event_of(TicketCreated, ticket))
    asked = {"occasion": "solved", "channel": "sms", "language": "zh", "body": "{{ subject }}"}

    def look(who: Actor) -> list[str]:
        with desk.database.begin(read_only=True) as uow:
            given = asked | {"number": number}
            shown = trials.preview(uow, desk.ordering, who, desk.now, given)
            tried = trials.try_rules(
                uow,
                desk.ordering,
                who,
                desk.now,
                occasion="solved",
                number=number,
                sample=None,
            )
        return [shown["rendered"]["text"], *(rule["name"] for rule in tried["rules"])]

    def scoped(ids: list[str], subject: UUID) -> Actor:
        scopes = {"tickets": unit, **({} if unit == "own" else {f"{unit}s": ids})}
        return Actor(subject, "组长", scopes=scopes)

    near = mine["assignee"] if unit == "own" else mine[unit]
    assert look(scoped([str(near)], near))[0] == "秘密"
    for stranger in (scoped([str(uuid4())], uuid4()), Actor(uuid4(), "审计", scopes={})):
        with pytest.raises(NotFound):
            look(stranger)


def test_a_preview_shows_words_or_what_is_wrong_with_them(desk: Desk) -> None:
    asked = {"occasion": "solved", "channel": "mail", "language": "en"}
    with desk.database.begin(read_only=True) as uow:
        good = trials.preview(
            uow, desk.ordering, boss(), desk.now, asked | {"body": "{{ solution }}!"}
        )
        bad = trials.preview(uow, desk.ordering, boss(), desk.now, asked | {"body": "{{ a.b }}"})
    assert good["errors"] == []
    assert "您好，今天收到的杯子碎了。!" in good["rendered"]["text"]
    assert bad["errors"][0]["line"] == 1


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


def test_the_shipped_rules_can_be_read_and_shown(desk: Desk) -> None:
    with desk.database.begin(read_only=True) as uow:
        rules = configuration.list_rules(uow.session)["items"]
        book = desk.ordering.shelf.current(uow.session)
    active = [rule for rule in rules if rule["is_active"]]
    assert sum(map(len, book.rules.values())) == len(active) > 15
