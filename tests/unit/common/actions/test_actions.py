"""Actions and recipients are read whole, or refused by their paths."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.actions import (
    AddNote,
    AddTags,
    Assign,
    Recipient,
    RemoveTags,
    SetStatus,
    SetUrgency,
    Transfer,
    parse_actions,
    parse_recipients,
)
from libs.common.actions.parsing import ASSIGN_TO, STATUSES, TELL
from libs.common.conditions import URGENCIES
from libs.common.errors import InvalidInput

SOMEBODY, GROUP = uuid4(), uuid4()

ACTIONS: list[tuple[dict[str, Any], Any]] = [
    ({"type": "set_urgency", "urgency": "critical"}, SetUrgency("critical")),
    (
        {"type": "set_urgency", "urgency": "normal", "may_lower": True},
        SetUrgency("normal", may_lower=True),
    ),
    ({"type": "add_tags", "tags": ["升级", "vip"]}, AddTags(("升级", "vip"))),
    ({"type": "remove_tags", "tags": ["vip"]}, RemoveTags(("vip",))),
    ({"type": "set_status", "status": "follow_up"}, SetStatus("follow_up")),
    ({"type": "transfer", "group_id": str(GROUP)}, Transfer(GROUP)),
    (
        {"type": "assign", "to": "person", "person_id": str(SOMEBODY)},
        Assign("person", person_id=SOMEBODY),
    ),
    ({"type": "assign", "to": "group_lead"}, Assign("group_lead")),
    ({"type": "assign", "to": "title", "title": "技术总监"}, Assign("title", key="技术总监")),
    ({"type": "assign", "to": "role", "role": "supervisor"}, Assign("role", key="supervisor")),
    ({"type": "add_note", "text": "已超时"}, AddNote("已超时")),
]
RECIPIENTS: list[tuple[dict[str, Any], Recipient]] = [
    ({"to": "assignee"}, Recipient("assignee")),
    ({"to": "group_leads"}, Recipient("group_leads")),
    ({"to": "group"}, Recipient("group")),
    ({"to": "title", "title": "技术总监"}, Recipient("title", key="技术总监")),
    ({"to": "role", "role": "supervisor"}, Recipient("role", key="supervisor")),
    ({"to": "person", "person_id": str(SOMEBODY)}, Recipient("person", person_id=SOMEBODY)),
]


KINDS = tuple(dict.fromkeys(raw["type"] for raw, _ in ACTIONS))


def one_of(*words: str) -> str:
    return f"must be one of {', '.join(words)}"


class Nobody:
    """Knows of no id."""

    def has(self, source: str, value: str) -> bool:
        return False


def errors(parse: Any, raw: Any, **options: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        parse(raw, **options)
    assert caught.value.code == "field.invalid"
    found: dict[str, list[str]] = caught.value.details["errors"]
    return found


@pytest.mark.parametrize(("raw", "action"), ACTIONS)
def test_an_action_is_read_and_written_the_same(raw, action):
    assert parse_actions([raw]) == (action,)
    assert action.as_json() == raw


@pytest.mark.parametrize(("raw", "recipient"), RECIPIENTS)
def test_a_recipient_is_read_and_written_the_same(raw, recipient):
    assert parse_recipients([raw, raw]) == (recipient,)
    assert recipient.as_json() == raw


@pytest.mark.parametrize(
    ("raw", "path", "message"),
    [
        ("add_note", "", "must be an object"),
        ({}, ".type", "is required"),
        ({"type": ["assign"]}, ".type", one_of(*KINDS)),
        ({"type": "set_urgency"}, ".urgency", "is required"),
        ({"type": "set_urgency", "urgency": "high"}, ".urgency", one_of(*URGENCIES)),
        (
            {"type": "set_urgency", "urgency": "urgent", "may_lower": 1},
            ".may_lower",
            "must be true or false",
        ),
        ({"type": "set_status", "status": "solved"}, ".status", one_of(*STATUSES)),
        ({"type": "add_tags", "tags": []}, ".tags", "must be a list of at least one tag"),
        ({"type": "add_tags", "tags": ["a", " "]}, ".tags[1]", "must not be empty"),
        ({"type": "add_tags", "tags": ["a" * 41]}, ".tags[0]", "must be at most 40 characters"),
        ({"type": "remove_tags", "tags": ["a"] * 31}, ".tags", "must have at most 30 tags"),
        ({"type": "transfer", "group_id": "A组"}, ".group_id", "must be a UUID"),
        ({"type": "assign", "to": "anybody"}, ".to", one_of(*ASSIGN_TO)),
        ({"type": "assign", "to": "person"}, ".person_id", "is required"),
        ({"type": "assign", "to": "title", "title": ""}, ".title", "must not be empty"),
        ({"type": "assign", "to": "group_lead", "title": "x"}, ".title", "is unknown here"),
        ({"type": "add_note", "text": "a" * 2001}, ".text", "must be at most 2000 characters"),
        ({"type": "add_note", "text": "a", "public": True}, ".public", "is unknown here"),
    ],
)
def test_a_fault_is_named_by_its_path(raw, path, message):
    assert errors(parse_actions, [ACTIONS[0][0], raw]) == {f"actions[1]{path}": [message]}


@pytest.mark.parametrize(
    ("raw", "path", "message"),
    [
        ({"to": "customer"}, ".to", one_of(*TELL)),
        ({"to": "assignee", "person_id": str(SOMEBODY)}, ".person_id", "is unknown here"),
        ({"to": "role"}, ".role", "is required"),
    ],
)
def test_a_recipients_fault_is_named_by_its_path(raw, path, message):
    where = "steps[3].recipients"
    assert errors(parse_recipients, [raw], where=where) == {f"{where}[0]{path}": [message]}


@pytest.mark.parametrize("parse", [parse_actions, parse_recipients])
@pytest.mark.parametrize("raw", [None, {}, "assignee"])
def test_what_is_no_list_is_refused(parse, raw):
    [message] = errors(parse, raw, where="these").values()
    assert message == ["must be a list"]


def test_ten_are_enough():
    assert len(parse_actions([{"type": "add_note", "text": f"{n}"} for n in range(10)])) == 10
    many = [{"to": "title", "title": f"{n}"} for n in range(11)]
    assert errors(parse_recipients, many) == {"recipients": ["must have at most 10 members"]}


def test_what_can_be_done_once_is_there_once():
    twice = [ACTIONS[0][0], ACTIONS[10][0], ACTIONS[1][0]]
    assert errors(parse_actions, twice) == {"actions[2].type": ["may be there only once"]}


def test_ids_must_be_known_where_somebody_knows():
    raw = [ACTIONS[5][0], ACTIONS[6][0]]
    assert errors(parse_actions, raw, known=Nobody()) == {
        "actions[0].group_id": ["is not among the groups"],
        "actions[1].person_id": ["is not among the people"],
    }
    assert errors(parse_recipients, [RECIPIENTS[5][0]], known=Nobody()) == {
        "recipients[0].person_id": ["is not among the people"]
    }


KEYS = ["type", "to", "tags", "urgency", "person_id", "text", "title"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["assign", "title", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(ANYTHING, st.sampled_from(KINDS))
def test_whatever_is_sent_is_read_or_refused(raw, kind):
    one = {**raw, "type": kind} if isinstance(raw, dict) else raw
    for parse in (parse_actions, parse_recipients):
        for sent in (raw, [raw], [one]):
            with suppress(InvalidInput):
                assert all(told.as_json() for told in parse(sent))
