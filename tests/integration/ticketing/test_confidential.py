"""Confidential tickets: sealed whatever the options say, withheld, reported where they are read."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.config import Config
from libs.common.contracts.envelope import public_body
from libs.common.crypto import KeyRing, Undecryptable
from libs.common.crypto.rotation import rotate_some
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Forbidden, InvalidInput
from libs.common.testing.databases import Databases
from services.ticketing.queries.request_pages import get_request
from services.ticketing.storage.sealed_columns import SEALED
from services.ticketing.use_cases import working
from services.ticketing.use_cases.edit_templates import create_template, publish_template
from services.ticketing.use_cases.index_tickets import index_some
from tests.integration.ticketing.desk import Ask, Desk, agent, created, message, requester, staged
from tests.integration.ticketing.hearing import colleague
from tests.support.actors import actor
from tests.support.dump import places_of

KEYS = KeyRing({"k1": secrets.token_bytes(32)})

SAID, CARD, ROOM = "我的银行卡被盗刷了三千元", "6222020200112233445", "三楼东侧"
ANSWER, NOTED, SOLVED = "已经为您冻结账户", "客户情绪激动请注意", "款项已全部追回"
ASKED, SPENT, DRAFTED, CHECKED = (
    "请法务核对合同",
    "电话沟通半小时",
    "还没发出的话",
    "身份证后四位无误",
)
CHANGED = "6222020299998888777"
SECRETS = (SAID, CARD, ANSWER, NOTED, SOLVED, ASKED, SPENT, DRAFTED, CHECKED, CHANGED)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    """With keys, and texts in the clear."""
    label = f"tidedesk_ticketing_{os.getpid()}_confidential"
    url = databases.create(label, ["ticketing"])
    opened = Database.connect("ticketing", Config.read({"DATABASE_URL": url}))
    opened.close()
    keyed = Database(opened.engine, "ticketing", KEYS)
    yield keyed
    keyed.close()
    databases.drop(label, ["ticketing"])


def text_field(key: str) -> dict[str, Any]:
    return {"key": key, "type": "text", "label": {"zh": key}}


def made(ask: Ask, *, check: bool = False, fields: tuple[str, ...] = ("card",)) -> str:
    """A confidential template, or with no fields at all a plain one."""
    key = f"t{uuid4().hex[:12]}"
    values: dict[str, Any] = {
        "name": {"zh": "盗刷", "en": "Fraud"},
        "kind": "complaint",
        "fields": [text_field("card"), text_field("room")],
    }
    if fields:
        values["confidential"] = {"fields": list(fields), "identity_check": check}
    ask("create_template", key=key, values=values)
    ask("publish_template", key=key)
    return key


@pytest.fixture(scope="module")
def secret(ask: Ask) -> str:
    return made(ask)


@pytest.fixture(scope="module")
def guarded(ask: Ask) -> str:
    return made(ask, check=True)


@pytest.fixture(scope="module")
def plain(ask: Ask) -> str:
    return made(ask, fields=())


def begun(ask: Ask, key: str, **more: Any) -> dict[str, Any]:
    given = {"fields": {"card": CARD, "room": ROOM}, "text": SAID, "subject": "盗刷投诉"} | more
    return created(ask, template_key=key, **given)


def without(who: Actor, *permissions: str) -> Actor:
    return replace(who, permissions=who.permissions - set(permissions))


@pytest.fixture
def stranger(desk: Desk) -> Actor:
    """Sees all tickets, and may not read what is confidential."""
    return without(desk.boss, "ticket.read_confidential")


def live(ask: Ask, desk: Desk, number: str) -> dict[str, Any]:
    """All that people may write to a ticket; returns the file that an answer has."""
    helper = colleague(desk, "法务")
    file = staged(ask)["attachment_id"]
    ask("reply", number=number, text=ANSWER, attachment_ids=[file])
    ask("add_note", number=number, text=NOTED)
    parts = [{"target_kind": "person", "target_id": str(helper.data["person_id"]), "duty": ASKED}]
    [part] = ask("start_collaboration", number=number, parts=parts)["items"]
    ask("log_effort", number=number, minutes=30, note=SPENT)
    ask("save_draft", number=number, kind="note", text=DRAFTED)
    ask("edit_ticket", number=number, version=None, changes={"fields": {"card": CHANGED}})
    ask("cancel_collaboration", number=number, collaboration_id=part["collaboration_id"])
    ask("check_identity", number=number, method="document", result="passed", note=CHECKED)
    ask("solve_ticket", number=number, text=SOLVED)
    return {"file": file, "part": part["collaboration_id"]}


def clear_transient(database: Database) -> None:
    """Events as the relay leaves them, and words as the index of search has them."""
    with database.engine.begin() as connection:
        connection.execute(text("TRUNCATE outbox"))
    while index_some(database):
        pass


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


class TestWithheld:
    """Whoever may not read it is shown the ticket without its words, by every reader."""

    def test_the_ticket_and_its_timeline(
        self, ask: Ask, desk: Desk, secret: str, stranger: Actor
    ) -> None:
        number = begun(ask, secret)["number"]
        live(ask, desk, number)
        shown = ask("get_ticket", actor=stranger, number=number)
        assert (shown["is_withheld"], shown["withheld_reason"]) == (True, "permission")
        assert (shown["fields"], shown["solution"]) == ({"room": ROOM}, None)
        assert shown["number"] == number
        page = ask("list_timeline", actor=stranger, number=number)
        assert (page["is_withheld"], page["withheld_reason"]) == (True, "permission")
        assert page["items"] == shown["timeline"]["items"]
        for item in page["items"]:
            assert (item["text"], item["html"], item["attachments"]) == (None, None, [])
            assert item["is_withheld"]
            assert (item["event"] or {}).keys() <= {"type"}
        for answer in (shown, page):
            assert "confidential_read" not in answer
            assert not [words for words in SECRETS if words in str(answer)]

    def test_every_other_reader(
        self, ask: Ask, desk: Desk, secret: str, stranger: Actor, plain: str
    ) -> None:
        number = begun(ask, secret)["number"]
        ids = live(ask, desk, number)
        ask("save_draft", actor=stranger, number=number, kind="note", text=DRAFTED)
        asked: list[tuple[str, dict[str, Any]]] = [
            ("list_ticket_collaborations", {"number": number}),
            ("list_efforts", {"number": number}),
            ("list_materials", {"number": number}),
            ("list_identity_checks", {"number": number}),
            ("get_draft", {"number": number, "kind": "note"}),
            ("get_wording", {"number": number}),
            ("list_collaborations", {"side": "by_me"}),
            ("get_relations", {"number": number}),
            ("list_tickets", {"filters": {"q": number}}),
            ("try_canned_reply", {"number": number, "body": "{{fields.card}}"}),
            ("log_effort", {"number": number, "minutes": 5}),
            ("edit_ticket", {"number": number, "version": None, "changes": {"tags": ["a"]}}),
        ]
        for method, given in asked:
            answer = ask(method, actor=stranger, **given)
            told = [words for words in SECRETS if words in str(answer)]
            assert (method, told) == (method, [])
            assert "confidential_read" not in answer, method
        for method, given in (
            ("get_attachment", {"attachment_id": ids["file"]}),
            ("preview_ticket_template", {"number": number, "template_key": plain}),
        ):
            with pytest.raises(Forbidden) as refusal:
                ask(method, actor=stranger, **given)
            assert refusal.value.code == "ticket.withheld"
            assert refusal.value.details == {"reason": "permission"}

    def test_a_command_tells_no_more_than_reading(
        self, ask: Ask, secret: str, stranger: Actor
    ) -> None:
        number = begun(ask, secret)["number"]
        changed = ask(
            "edit_ticket", actor=stranger, number=number, version=None, changes={"tags": ["急"]}
        )
        assert (changed["is_withheld"], changed["fields"]) == (True, {"room": ROOM})
        assert ask("get_ticket", number=number)["fields"]["card"] == CARD

    def test_a_merged_ticket_in_a_plain_one(
        self, ask: Ask, secret: str, plain: str, stranger: Actor
    ) -> None:
        customer = str(uuid4())
        source = begun(ask, secret, customer_id=customer)["number"]
        target = begun(ask, plain, customer_id=customer, text="普通的话")["number"]
        merged = ask("merge_tickets", number=target, numbers=[source])
        assert merged["is_confidential"], "what the customer adds comes here from now on"
        given = {"number": target, "source": source}
        page = ask("list_merged_timeline", actor=stranger, **given)
        assert page["is_withheld"]
        assert SAID not in str(page)
        assert SAID in str(ask("list_merged_timeline", **given))

    def test_what_is_split_off(self, ask: Ask, secret: str, stranger: Actor) -> None:
        number = begun(ask, secret)["number"]
        [entry] = [
            item["entry_id"]
            for item in ask("get_ticket", number=number)["timeline"]["items"]
            if item["text"] == SAID
        ]
        new = ask("split_ticket", number=number, entry_ids=[entry], subject="另一件事")
        assert new["is_confidential"]
        shown = ask("get_ticket", actor=stranger, number=new["number"])
        assert SAID not in str(shown)

    def test_the_customers_own_view_is_whole(self, ask: Ask, desk: Desk, guarded: str) -> None:
        customer = requester()
        number = begun(ask, guarded, customer_id=str(customer.subject))["number"]
        page = desk.ask(get_request, customer, number)
        assert SAID in [item["text"] for item in page["timeline"]["items"]]


class TestReported:
    """Every answer that shows it says so; the gateway logs that before it hands it out."""

    def test_every_reader(self, ask: Ask, desk: Desk, secret: str, plain: str) -> None:
        number = begun(ask, secret)["number"]
        ids = live(ask, desk, number)
        cases: list[tuple[str, dict[str, Any], str]] = [
            ("get_ticket", {"number": number}, "ticket"),
            ("list_timeline", {"number": number}, "timeline"),
            ("list_ticket_collaborations", {"number": number}, "collaborations"),
            ("list_efforts", {"number": number}, "efforts"),
            ("list_identity_checks", {"number": number}, "identity checks"),
            ("get_draft", {"number": number, "kind": "note"}, "draft"),
            ("get_attachment", {"attachment_id": ids["file"]}, "attachment"),
            ("try_canned_reply", {"number": number, "body": "{{fields.card}}"}, "text"),
            (
                "preview_ticket_template",
                {"number": number, "template_key": plain},
                "template change",
            ),
            ("edit_ticket", {"number": number, "version": None, "changes": {}}, "ticket"),
        ]
        for method, given, what in cases:
            told = ask(method, **given).get("confidential_read")
            assert (method, told) == (method, {"numbers": [number], "what": what})
        for method in ("get_wording", "get_relations"):
            assert "confidential_read" not in ask(method, number=number)

    def test_a_plain_ticket_is_not(self, ask: Ask, plain: str) -> None:
        number = begun(ask, plain)["number"]
        assert "confidential_read" not in ask("get_ticket", number=number)


class TestIdentity:
    def test_nothing_shows_before_a_check_and_after_a_failed_one(
        self, ask: Ask, guarded: str
    ) -> None:
        opened = begun(ask, guarded)
        number = opened["number"]
        assert opened["withheld_reason"] == "identity_check"
        assert "check_identity" in opened["allowed"]["actions"]
        done = ask("check_identity", number=number, method="call_back", result="passed", note="x")
        shown = ask("get_ticket", number=number)
        assert (shown["is_withheld"], shown["fields"]["card"]) == (False, CARD)
        assert shown["identity_check"] == {"is_needed": True, "valid_until": done["valid_until"]}
        ask("check_identity", number=number, method="account", result="failed")
        again = ask("get_ticket", number=number)
        assert again["withheld_reason"] == "identity_check"
        listed = ask("list_identity_checks", number=number)
        assert [(one["method"], one["result"], one["note"]) for one in listed["items"]] == [
            ("account", "failed", None),
            ("call_back", "passed", None),
        ]

    def test_it_holds_for_as_long_as_the_settings_say(
        self, ask: Ask, desk: Desk, guarded: str
    ) -> None:
        number = begun(ask, guarded)["number"]
        ask(
            "edit_ticket_settings",
            actor=actor("administrator"),
            changes={"identity_check_hours": 2},
        )
        ask("check_identity", number=number, method="document", result="passed")
        until, checked = desk.scalar(
            "SELECT ARRAY[valid_until, checked_at] FROM identity_checks "
            "JOIN tickets USING (ticket_id) WHERE number = :n",
            n=number,
        )
        assert until - checked == timedelta(hours=2)
        with desk.database.engine.begin() as connection:
            past = "UPDATE tickets SET identity_valid_until = now() WHERE number = :n"
            connection.execute(text(past), {"n": number})
        assert ask("get_ticket", number=number)["withheld_reason"] == "identity_check"

    def test_it_leaves_an_entry_and_an_event_without_its_note(
        self, ask: Ask, desk: Desk, guarded: str
    ) -> None:
        opened = begun(ask, guarded)
        ask(
            "check_identity",
            number=opened["number"],
            method="in_person",
            result="passed",
            note=CHECKED,
        )
        shown = ask("get_ticket", number=opened["number"])
        events = [item["event"] for item in shown["timeline"]["items"] if item["event"]]
        [entry] = [one for one in events if one["type"] == "ticket.identity_checked"]
        assert (entry["method"], entry["result"], entry["note"]) == ("in_person", "passed", CHECKED)
        told = desk.events(opened["ticket_id"])[-1]
        assert told["type"] == "ticket.identity_checked"
        assert CHECKED not in str(told)

    def test_only_of_confidential_tickets_and_by_whoever_may(
        self, ask: Ask, plain: str, guarded: str, desk: Desk
    ) -> None:
        given = {"method": "document", "result": "passed"}
        with pytest.raises(Conflict) as refusal:
            ask("check_identity", number=begun(ask, plain)["number"], **given)
        assert refusal.value.code == "ticket.not_confidential"
        number = begun(ask, guarded)["number"]
        with pytest.raises(Forbidden):
            ask("check_identity", actor=actor("technician"), number=number, **given)
        for wrong in ({"method": "guess"}, {"result": "maybe"}):
            with pytest.raises(InvalidInput) as invalid:
                ask("check_identity", number=number, **{**given, **wrong})
            assert set(wrong) == invalid.value.details["errors"].keys()

    def test_a_right_to_read_is_needed_all_the_same(
        self, ask: Ask, guarded: str, stranger: Actor
    ) -> None:
        number = begun(ask, guarded)["number"]
        ask("check_identity", number=number, method="document", result="passed")
        shown = ask("get_ticket", actor=stranger, number=number)
        assert shown["withheld_reason"] == "permission"


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


def test_an_agent_of_the_group_reads_it(ask: Ask, desk: Desk, secret: str) -> None:
    li = agent("李雷")
    number = begun(ask, secret)["number"]
    ask("assign_ticket", number=number, assignee_id=str(li.subject), assignee_name="李雷")
    assert ask("get_ticket", actor=li, number=number)["fields"]["card"] == CARD


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
