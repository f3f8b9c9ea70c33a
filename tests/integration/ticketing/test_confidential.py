"""Confidential tickets: sealed whatever the options say, and never in search, rules or events."""

import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.contracts.envelope import public_body
from libs.common.crypto import KeyRing, Undecryptable
from libs.common.crypto.rotation import rotate_some
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, InvalidInput
from libs.common.testing.databases import Databases
from services.ticketing.storage.sealed_columns import SEALED
from services.ticketing.use_cases import working
from services.ticketing.use_cases.edit_templates import create_template, publish_template
from services.ticketing.use_cases.index_tickets import index_some
from services.ticketing.use_cases.problem_answers import answer_next
from services.ticketing.use_cases.work_bulks import work_bulks
from tests.integration.ticketing.confiding import (
    ANSWER,
    ASKED,
    CARD,
    CHANGED,
    CHECKED,
    DRAFTED,
    NOTED,
    ROOM,
    SAID,
    SECRETS,
    SOLVED,
    begun,
    live,
    text_field,
)
from tests.integration.ticketing.desk import (
    ZONE,
    Ask,
    Desk,
    message,
    requester,
    staged,
)
from tests.integration.ticketing.hearing import colleague
from tests.integration.ticketing.keyed import keyed_database
from tests.support.actors import actor
from tests.support.dump import places_of

KEYS = KeyRing({"k1": secrets.token_bytes(32)})


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    with keyed_database(databases, "confidential", KEYS) as database:
        yield database


def clear_transient(database: Database) -> None:
    """Events as the relay leaves them, and words as the index of search has them."""
    with database.engine.begin() as connection:
        connection.execute(text("TRUNCATE outbox"))
    while index_some(database):
        pass


BURNING, RAISED, TOLD_ALL = "起火", "领导亲自过问此事", "对所有客户说的一句话"


def hurry(ask: Ask, number: str) -> None:
    """Somebody gives a reason; the tickets of a list and of a problem are told the same."""
    ask(
        "edit_ticket",
        number=number,
        version=None,
        changes={"urgency": "urgent"},
        urgency_reason=RAISED,
    )
    actions = [{"type": "add_note", "text": TOLD_ALL}]
    ask("create_bulk", numbers=[number], actions=actions, reason=RAISED)
    problem = ask("create_problem", problem={"title": "系统性盗刷", "description": "银行侧"})
    ask("link_problem", number=problem["number"], numbers=[number])
    ask("start_problem_answer", number=problem["number"], text=TOLD_ALL, solves=False)


def work(database: Database) -> None:
    """What the jobs have to do for many tickets."""
    while work_bulks(database, ZONE, utc_now()):
        pass
    while answer_next(database, utc_now()):
        pass


def words_beside(database: Database) -> dict[str, list[str]]:
    clear_transient(database)
    beside = {words: places_of(database, words) for words in (BURNING, RAISED, TOLD_ALL)}
    return {words: places for words, places in beside.items() if places}


def test_what_quotes_it_and_what_is_for_many_tickets_stands_in_no_table(
    ask: Ask, database: Database, secret: str, stranger: Actor
) -> None:
    number = begun(ask, secret, text=f"机房{BURNING}了")["number"]
    hinted = ask("get_ticket", actor=stranger, number=number)
    assert hinted["urgency_proposal"] | {"at": ""} == {"urgency": "critical", "words": [], "at": ""}
    hurry(ask, number)
    assert words_beside(database) == {}
    work(database)
    assert words_beside(database) == {}
    assert ask("get_ticket", actor=stranger, number=number)["urgency_reason"] is None
    items = ask("get_ticket", number=number)["timeline"]["items"]
    assert [one["text"] for one in items].count(TOLD_ALL) == 2
    assert RAISED in [(one["event"] or {}).get("reason") for one in items]


def test_a_plain_ticket_leaves_no_such_words_when_it_becomes_confidential(
    ask: Ask, database: Database, secret: str, plain: str
) -> None:
    number = begun(ask, plain, text=f"机房{BURNING}了")["number"]
    assert ask("get_ticket", number=number)["urgency_proposal"]["words"] == [BURNING]
    hurry(ask, number)
    work(database)
    assert set(words_beside(database)) == {BURNING, RAISED, TOLD_ALL}
    ask("change_ticket_template", number=number, template_key=secret)
    assert words_beside(database) == {}
    shown = ask("get_ticket", number=number)
    assert (shown["urgency_reason"], shown["urgency_proposal"]["words"]) == (None, [])


def found(database: Database) -> dict[str, list[str]]:
    return {words: places for words in SECRETS if (places := places_of(database, words))}


def test_nothing_that_is_confidential_stands_in_any_table(
    ask: Ask, desk: Desk, database: Database, secret: str
) -> None:
    number = begun(ask, secret)["number"]
    live(ask, desk, number)
    clear_transient(database)
    assert found(database) == {}
    assert places_of(database, ROOM) == ["tickets"], "a field that nobody chose stays open"
    shown = ask("get_ticket", number=number)
    assert (shown["fields"], shown["solution"]) == ({"card": CHANGED, "room": ROOM}, SOLVED)
    said = {item["text"] for item in shown["timeline"]["items"]}
    assert said >= {SAID, ANSWER, NOTED, SOLVED}
    [change] = [
        item["event"]["changes"][0]
        for item in shown["timeline"]["items"]
        if item["event"] and item["event"]["type"] == "ticket.edited"
    ]
    assert (change["from"]["card"], change["to"]["card"]) == (CARD, CHANGED)


def test_a_running_ticket_becomes_confidential_with_all_that_was_written(
    ask: Ask, desk: Desk, database: Database, secret: str, plain: str
) -> None:
    number = begun(ask, plain)["number"]
    file = staged(ask)["attachment_id"]
    helper = str(colleague(desk, "风控").data["person_id"])
    parts = [{"target_kind": "person", "target_id": helper, "duty": ASKED}]
    ask("reply", number=number, text=ANSWER, attachment_ids=[file])
    ask("start_collaboration", number=number, parts=parts)
    ask("save_draft", number=number, kind="note", text=DRAFTED)
    ask("edit_ticket", number=number, version=None, changes={"fields": {"card": CHANGED}})
    clear_transient(database)
    assert set(found(database)) == {SAID, ANSWER, ASKED, DRAFTED, CARD, CHANGED}
    before = ask("get_ticket", number=number)["timeline"]["items"]
    plan = ask("preview_ticket_template", number=number, template_key=secret)
    assert (plan["is_confidential"], plan["becomes_confidential"]) == (False, True)
    ask("change_ticket_template", number=number, template_key=secret)
    clear_transient(database)
    assert found(database) == {}
    shown = ask("get_ticket", number=number)
    assert shown["is_confidential"]
    assert shown["fields"] == {"card": CHANGED, "room": ROOM}
    assert shown["timeline"]["items"][: len(before)] == before
    assert ask("get_draft", number=number, kind="note")["text"] == DRAFTED
    # Back to a plain one: it stays so, and no field is open any more.
    ask("change_ticket_template", number=number, template_key=plain)
    kept = ask("get_ticket", number=number)
    assert (kept["is_confidential"], kept["fields"]) == (True, {"card": CHANGED, "room": ROOM})
    assert desk.scalar("SELECT fields FROM tickets WHERE number = :n", n=number) == {}


def test_the_change_of_form_is_undone_with_its_transaction(
    ask: Ask, desk: Desk, plain: str, secret: str
) -> None:
    ticket = begun(ask, plain)
    with pytest.raises(InvalidInput):
        ask(
            "change_ticket_template",
            number=ticket["number"],
            template_key=secret,
            fields={"unknown": "x"},
        )
    after = ask("get_ticket", number=ticket["number"])
    assert (after["is_confidential"], after["fields"]) == (False, {"card": CARD, "room": ROOM})


def test_without_keys_no_template_is_confidential(database: Database, ask: Ask, desk: Desk) -> None:
    keyless = Desk(Database(database.engine, "ticketing"))
    values = {"name": {"zh": "密"}, "kind": "complaint", "confidential": {"fields": []}}
    key = f"t{uuid4().hex[:12]}"
    with keyless.database.begin() as uow:
        create_template(uow, desk.ask(_now), key, values)
        with pytest.raises(Conflict) as refusal:
            publish_template(uow, desk.boss, desk.ask(_now), key, None, None)
    assert refusal.value.code == "ticket_template.no_keys"


def _now(uow: Any) -> Any:
    return uow.session.scalar(text("SELECT now()"))


def test_a_field_that_the_template_has_not_cannot_be_confidential(ask: Ask) -> None:
    values = {
        "name": {"zh": "密"},
        "kind": "complaint",
        "confidential": {"fields": ["nowhere"], "identity_check": "perhaps"},
    }
    with pytest.raises(InvalidInput) as refusal:
        ask("create_template", key=f"t{uuid4().hex[:12]}", values=values)
    errors = refusal.value.details["errors"]
    assert errors.keys() == {"confidential.fields[0]", "confidential.identity_check"}


def test_an_export_carries_it_to_another_installation(ask: Ask, guarded: str) -> None:
    document = ask("export_templates", keys=[guarded])
    [template] = document["templates"]
    assert template["confidential"] == {"fields": ["card"], "identity_check": True}
    [judged] = ask("check_templates", document=document)["items"]
    assert judged["outcome"] == "same"


def test_events_carry_no_chosen_field_and_other_teams_no_words(
    ask: Ask, desk: Desk, secret: str
) -> None:
    opened = begun(ask, secret)
    live(ask, desk, opened["number"])
    for event in desk.events(opened["ticket_id"]):
        assert event["data"]["custom_fields"] == {"room": ROOM}
        assert event["data"]["scope"]["confidential"] is True
        public = public_body(event["type"], orjson.dumps(event)).decode()
        assert not [words for words in SECRETS if words in public]
        assert not [words for words in (CARD, CHANGED, DRAFTED, CHECKED) if words in str(event)]


def test_search_finds_number_subject_and_customer_alone(
    ask: Ask, database: Database, secret: str
) -> None:
    number = begun(ask, secret, subject="海棠路盗刷", customer_name="欧阳静")["number"]
    while index_some(database):
        pass
    for words, is_found in ((number, True), ("海棠路", True), ("欧阳静", True), (CARD, False)):
        items = ask("search_tickets", q=words)["items"]
        assert (words, number in [one["number"] for one in items]) == (words, is_found)
    assert number not in [one["number"] for one in ask("search_tickets", q="银行卡")["items"]]


def test_a_condition_cannot_ask_for_a_confidential_field(ask: Ask, secret: str) -> None:
    condition = {"all": [{"field": "fields.card", "op": "is", "value": CARD}]}
    values = {"name": "偷看", "condition": condition}
    with pytest.raises(InvalidInput) as refusal:
        ask("create_view", values=values)
    assert refusal.value.details["errors"] == {"condition.all[0].field": ["is confidential"]}
    open_one = {"all": [{"field": "fields.room", "op": "is", "value": ROOM}]}
    assert ask("create_view", values={"name": "楼层", "condition": open_one})["name"] == "楼层"


def test_messages_to_it_are_filed_once_and_sealed(
    ask: Ask, desk: Desk, database: Database, secret: str
) -> None:
    customer = uuid4()
    opened = begun(ask, secret, customer_id=str(customer))
    came = message(
        UUID(opened["ticket_id"]), opens=False, customer_id=customer, text="再补充一句密语"
    )
    desk.file(came)
    desk.file(came)
    clear_transient(database)
    assert places_of(database, "再补充一句密语") == []
    shown = ask("get_ticket", number=opened["number"])
    assert [one["text"] for one in shown["timeline"]["items"]].count("再补充一句密语") == 1


def test_a_follow_up_of_it_is_confidential_too(ask: Ask, desk: Desk, secret: str) -> None:
    customer = uuid4()
    opened = begun(ask, secret, customer_id=str(customer))
    number = opened["number"]
    ask("solve_ticket", number=number, text=SOLVED)
    ask("change_status", number=number, status="closed")
    ask("edit_ticket_settings", actor=actor("administrator"), changes={"reopen_days": 0})
    desk.file(message(UUID(opened["ticket_id"]), opens=False, customer_id=customer, text="又被盗"))
    successor = desk.scalar("SELECT followed_up_by FROM tickets WHERE number = :n", n=number)
    assert ask("get_ticket", number=desk.number_of(successor))["is_confidential"]


def test_a_new_key_takes_the_fields_over(ask: Ask, database: Database, secret: str) -> None:
    number = begun(ask, secret)["number"]
    second = {"k2": secrets.token_bytes(32)}
    first = {key: KEYS.now()._keys[key] for key in KEYS.ids}
    both = KeyRing({**second, **first})
    while rotate_some(database, both, SEALED):
        pass
    shown = Desk(Database(database.engine, "ticketing", KeyRing(second))).show(number)
    assert shown["fields"]["card"] == CARD
    # Back, for the tests that follow.
    back = KeyRing({**first, **second})
    while rotate_some(database, back, SEALED):
        pass


def test_fields_that_no_key_opens_are_not_written_over(
    ask: Ask, database: Database, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    number = begun(ask, secret)["number"]
    other = Desk(Database(database.engine, "ticketing", KeyRing({"k9": secrets.token_bytes(32)})))
    assert other.show(number)["fields"] == {"room": ROOM}
    with pytest.raises(Undecryptable):
        other.change(
            working.edit_ticket,
            other.boss,
            number=number,
            version=None,
            changes={"fields": {"room": "四楼"}},
        )
    assert ask("get_ticket", number=number)["fields"] == {"card": CARD, "room": ROOM}
    assert "cannot be read" in caplog.text


def test_requesters_may_fill_in_what_is_sealed_and_do_not_read_it_again(ask: Ask):
    key, han = f"t{uuid4().hex[:12]}", requester()
    fields = [text_field("card"), text_field("room")]
    values = {"name": {"zh": "盗刷"}, "kind": "complaint", "fields": fields}
    closed = {"confidential": {"fields": ["card"]}, "requesters": {"hidden": []}}
    ask("create_template", key=key, values=values | closed)
    ask("publish_template", key=key)
    given = {"customer_name": han.name, "subject": "盗刷", "text": SAID, "template_key": key}
    form = {"card": CARD, "room": ROOM}
    request = ask("create_request", actor=han, fields=form, **given)
    assert [one["field"]["key"] for one in request["form"]["answers"]] == ["room"]
    assert CARD not in str(ask("get_request", actor=han, number=request["number"]))
    assert ask("get_ticket", number=request["number"])["fields"]["card"] == CARD
