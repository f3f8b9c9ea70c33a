"""What is confidential of a ticket, for whom, and for how long a check of identity holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.common.errors import Conflict, DeskError
from services.ticketing.domain.confidential import (
    IDENTITY_CHECK,
    PERMISSION,
    READ,
    open_keys,
    split_fields,
    withheld,
    withheld_reason,
)
from services.ticketing.domain.templates.confidentiality import Confidentiality
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.urgency_words import Proposal
from tests.unit.ticketing.making import BOSS, LI, NOON, by, cleared, new_ticket
from tests.unit.ticketing.template_making import defined, field, photo, published

PLAIN = published(defined(field("card"), field("room"), field("proof", "file")))
SECRET = replace(PLAIN, confidential=Confidentiality(("card",)))
GUARDED = replace(PLAIN, confidential=Confidentiality(("card",), identity_check=True))
VALUES = {"card": "6222", "room": "三楼", "proof": [photo("身份证.jpg")], "unknown": "x"}

READER = replace(LI, permissions=LI.permissions | {READ})
STRANGER = replace(LI, permissions=LI.permissions - {READ})


def secret_ticket(*, check: bool = False) -> Ticket:
    ticket = new_ticket()
    ticket.become_confidential(needs_identity_check=check)
    return cleared(ticket)


def test_a_hint_quotes_no_words_of_it_and_its_reason_stands_in_the_timeline_alone():
    ticket = secret_ticket()
    ticket.hear_hint(Proposal("critical", ("起火",)), by(LI))
    proposal = ticket.urgency_proposal
    assert proposal
    assert (proposal["urgency"], proposal["words"]) == ("critical", [])
    ticket.accept_hint(by(BOSS))
    assert (ticket.urgency, ticket.urgency_reason) == ("critical", None)
    assert ticket.entries[-1].event
    assert ticket.entries[-1].event["reason"] == "文字提示"
    assert ticket.facts[-1].header["urgency_reason"] is None


def test_what_was_quoted_goes_when_it_becomes_so():
    ticket = new_ticket()
    ticket.edit({"urgency": "urgent"}, "客户的卡丢了", by(BOSS))
    ticket.hear_hint(Proposal("critical", ("起火",)), by(LI))
    ticket.become_confidential(needs_identity_check=False)
    assert ticket.urgency_reason is None
    assert ticket.urgency_proposal
    assert ticket.urgency_proposal["words"] == []


def test_a_ticket_that_begins_so_keeps_no_reason():
    ticket = new_ticket(is_confidential=True, urgency="urgent", urgency_reason="来自密件")
    assert ticket.urgency_reason is None


def test_of_a_plain_ticket_nothing_is_withheld():
    assert withheld_reason(new_ticket(), STRANGER, NOON) is None


def test_of_a_confidential_one_it_is_from_whoever_lacks_the_right():
    ticket = secret_ticket()
    assert withheld_reason(ticket, STRANGER, NOON) == PERMISSION
    assert withheld_reason(ticket, READER, NOON) is None


def test_a_check_holds_to_its_end_for_all_who_have_the_right():
    ticket = secret_ticket(check=True)
    assert withheld_reason(ticket, READER, NOON) == IDENTITY_CHECK
    check = ticket.check_identity("document", "passed", None, 24, by(READER, NOON))
    assert check.valid_until == NOON + timedelta(hours=24)
    boss = replace(BOSS, permissions=BOSS.permissions | {READ})
    for reader in (READER, boss):
        last = check.valid_until - timedelta(microseconds=1)
        assert withheld_reason(ticket, reader, last) is None
        assert withheld_reason(ticket, reader, check.valid_until) == IDENTITY_CHECK
    # The right is asked for first: whoever lacks it learns nothing of checks.
    assert withheld_reason(ticket, STRANGER, NOON) == PERMISSION


def test_a_failed_check_ends_the_passed_one_at_once():
    ticket = secret_ticket(check=True)
    ticket.check_identity("document", "passed", None, 24, by(READER, NOON))
    later = NOON + timedelta(minutes=1)
    failed = ticket.check_identity("call_back", "failed", "号码不符", 24, by(READER, later))
    assert failed.valid_until is None
    assert withheld_reason(ticket, READER, later) == IDENTITY_CHECK
    assert (failed.words, failed.person_id) == ({"note": "号码不符"}, READER.subject)


def test_each_check_is_one_entry_and_one_event_without_its_note():
    ticket = secret_ticket()
    version = ticket.version
    ticket.check_identity("account", "passed", "登录账号一致", 1, by(READER, NOON))
    assert ticket.version == version + 1
    [entry] = ticket.entries
    assert entry.event is not None
    assert (entry.event["type"], entry.event["note"]) == (
        *("ticket.identity_checked", "登录账号一致"),
    )
    [told] = ticket.facts
    assert told.type == "ticket.identity_checked"
    assert "note" not in told.details


@pytest.mark.parametrize(
    ("method", "result", "field_name"),
    [("guess", "passed", "method"), ("document", "perhaps", "result")],
)
def test_a_check_says_how_and_what_came_out(method, result, field_name):
    with pytest.raises(DeskError) as refusal:
        secret_ticket().check_identity(method, result, None, 1, by(READER))
    assert list(refusal.value.details["errors"]) == [field_name]


def test_only_a_confidential_ticket_that_is_not_archived_is_checked():
    with pytest.raises(Conflict) as refusal:
        new_ticket().check_identity("document", "passed", None, 1, by(READER))
    assert refusal.value.code == "ticket.not_confidential"
    archived = secret_ticket()
    archived.status = "archived"
    with pytest.raises(Conflict) as refusal:
        archived.check_identity("document", "passed", None, 1, by(READER))
    assert refusal.value.code == "ticket.closed"


def test_fields_stay_open_that_a_confidential_template_knows_and_has_not_chosen():
    assert set(open_keys(SECRET)) == {"room"}, "files are withheld, whatever was chosen"
    plain, secret = split_fields(VALUES, SECRET, is_confidential=True)
    assert plain == {"room": "三楼"}
    assert secret == {key: VALUES[key] for key in ("card", "proof", "unknown")}


@pytest.mark.parametrize("template", [None, PLAIN])
def test_without_a_confidential_template_no_field_stays_open(template):
    assert not open_keys(template)
    assert split_fields(VALUES, template, is_confidential=True) == ({}, VALUES)
    assert split_fields(VALUES, template, is_confidential=False) == (VALUES, {})


def test_what_is_confidential_once_stays_so_and_a_check_once_wanted_is_wanted():
    ticket = secret_ticket(check=True)
    ticket.become_confidential(needs_identity_check=False)
    assert (ticket.is_confidential, ticket.needs_identity_check) == (True, True)


@pytest.mark.parametrize("reason", [PERMISSION, IDENTITY_CHECK])
def test_the_refusal_says_why(reason):
    refusal = withheld(reason)
    assert (refusal.code, refusal.details) == ("ticket.withheld", {"reason": reason})
