"""Editing, versions, and what input is refused."""

import pytest

from libs.common.errors import Conflict, InvalidInput, Stale
from services.ticketing.domain import checks
from tests.unit.ticketing.making import (
    LI,
    accepted_ticket,
    by,
    closed_ticket,
    facts,
)


def test_an_edit_tells_what_was_changed_from_what_to_what():
    ticket = accepted_ticket()
    version = ticket.version
    ticket.edit({"subject": "电脑蓝屏", "urgency": "urgent"}, "客户要求加急", by(LI))
    assert (ticket.subject, ticket.urgency) == ("电脑蓝屏", "urgent")
    assert ticket.version == version + 1
    assert ticket.facts[0].details == {"changed": ["subject", "urgency"]}
    assert ticket.entries[0].event == {
        "type": "ticket.edited",
        "changes": [
            {"field": "subject", "from": "电脑无法开机", "to": "电脑蓝屏"},
            {"field": "urgency", "from": "normal", "to": "urgent"},
        ],
        "reason": "客户要求加急",
    }


def test_an_edit_that_changes_nothing_leaves_no_trace():
    ticket = accepted_ticket()
    version = ticket.version
    ticket.edit({"subject": ticket.subject, "tags": []}, None, by(LI))
    assert (ticket.version, facts(ticket)) == (version, [])


def test_fields_do_not_grow_without_end_by_many_small_edits():
    ticket = accepted_ticket()
    ticket.edit({"fields": {f"a{i}": 1 for i in range(150)}}, None, by(LI))
    with pytest.raises(InvalidInput) as refused:
        ticket.edit({"fields": {f"b{i}": 1 for i in range(150)}}, None, by(LI))
    assert list(refused.value.details["errors"]) == ["fields"]
    ticket.edit({"fields": {f"a{i}": None for i in range(150)} | {"b": 1}}, None, by(LI))
    assert ticket.fields == {"b": 1}


def test_fields_are_merged_and_null_removes_one():
    ticket = accepted_ticket()
    ticket.edit({"fields": {"model": "X1", "place": "三楼"}}, None, by(LI))
    ticket.edit({"fields": {"model": "X2", "place": None}}, None, by(LI))
    assert ticket.fields == {"model": "X2"}


def test_tags_keep_their_order_and_lose_repeats():
    ticket = accepted_ticket()
    ticket.edit({"tags": ["VIP", " 加急 ", "VIP"]}, None, by(LI))
    assert ticket.tags == ["VIP", "加急"]


def test_a_closed_ticket_refuses_an_edit():
    with pytest.raises(Conflict) as refusal:
        closed_ticket().edit({"subject": "新"}, None, by(LI))
    assert refusal.value.code == "ticket.closed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": "  "}, "subject"),
        ({"subject": "长" * 201}, "subject"),
        ({"subject": 7}, "subject"),
        ({"kind": "gossip"}, "kind"),
        ({"urgency": "asap"}, "urgency"),
        ({"urgency": ["urgent"]}, "urgency"),
        ({"fields": ["x"]}, "fields"),
        ({"fields": {"deep": {"er": 1}}}, "fields.deep"),
        ({"fields": {"": 1}}, "fields."),
        ({"fields": {"endless": float("inf")}}, "fields.endless"),
        ({"fields": {"long": "x" * 4001}}, "fields.long"),
        ({"tags": "VIP"}, "tags"),
        ({"tags": ["x" * 41]}, "tags"),
        ({"status": "closed"}, "status"),
        ({"number": "G20230101001"}, "number"),
    ],
)
def test_a_refused_edit_names_its_field(changes, field):
    with pytest.raises(InvalidInput) as refusal:
        accepted_ticket().edit(changes, None, by(LI))
    assert field in refusal.value.details["errors"]


def test_a_change_made_from_an_older_state_is_stale():
    ticket = accepted_ticket()
    ticket.check_version(ticket.version)
    ticket.check_version(None)
    with pytest.raises(Stale) as refusal:
        ticket.check_version(ticket.version - 1)
    assert refusal.value.code == "version.stale"
    assert refusal.value.details == {"version": ticket.version}


def test_what_postgresql_cannot_store_is_taken_out_however_deep():
    assert checks.storable({"a\x00": ["b\x00", {"c": "d\x00"}], "n": 1}) == {
        "a": ["b", {"c": "d"}],
        "n": 1,
    }


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("", "\n  打不开  \n谢谢", "打不开"),
        (" 订单\n 问题 ", "x", "订单 问题"),
        ("", " \n ", "(无主题)"),
        ("长" * 300, "", "长" * 200),
        ("\x00", "内容", "内容"),
    ],
)
def test_a_message_always_has_a_subject(subject, text, expected):
    assert checks.subject_of(subject, text) == expected
