"""Rules and texts are written, refused by their fields, and tried before they tell anybody."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.actor import Actor
from libs.common.contracts.ticketing import TicketCreated
from libs.common.errors import InvalidInput, NotFound, Stale
from services.notify.domain.ticket_happenings import happening_of
from services.notify.queries import configuration, trials
from services.notify.use_cases import edit_rules, edit_texts
from tests.integration.notify.colleagues import boss, colleague, titles
from tests.integration.notify.desk import Desk, event_of, ticket_of
from tests.support.smtp_sink import SmtpSink


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
    li = colleague(desk, group_ids=[uuid4()])
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


def test_the_shipped_rules_can_be_read_and_shown(desk: Desk) -> None:
    with desk.database.begin(read_only=True) as uow:
        rules = configuration.list_rules(uow.session)["items"]
        book = desk.ordering.shelf.current(uow.session)
    active = [rule for rule in rules if rule["is_active"]]
    assert sum(map(len, book.rules.values())) == len(active) > 15
