"""Checking who is speaking before what is confidential shows: its hold, its traces, its rights."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Forbidden, InvalidInput
from libs.common.testing.databases import Databases
from tests.integration.ticketing.confiding import CARD, CHECKED, begun, card_template
from tests.integration.ticketing.desk import Ask, Desk
from tests.integration.ticketing.keyed import keyed_database
from tests.support.actors import actor


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    with keyed_database(databases, "identity") as database:
        yield database


@pytest.fixture(scope="module")
def guarded(ask: Ask) -> str:
    return card_template(ask, check=True)


@pytest.fixture(scope="module")
def plain(ask: Ask) -> str:
    return card_template(ask, is_open=True)


def test_nothing_shows_before_a_check_and_after_a_failed_one(ask: Ask, guarded: str) -> None:
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


def test_it_holds_for_as_long_as_the_settings_say(ask: Ask, desk: Desk, guarded: str) -> None:
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
    ask: Ask, desk: Desk, guarded: str
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
    ask: Ask, plain: str, guarded: str, desk: Desk
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


def test_a_right_to_read_is_needed_all_the_same(ask: Ask, guarded: str, stranger: Actor) -> None:
    number = begun(ask, guarded)["number"]
    ask("check_identity", number=number, method="document", result="passed")
    shown = ask("get_ticket", actor=stranger, number=number)
    assert shown["withheld_reason"] == "permission"
