"""What an editor is told, and the facts that are made of a ticket's events."""

from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
import pytest

from libs.common.actions.parsing import STATUSES as SETTABLE
from libs.common.conditions import FIELDS, STATUSES, URGENCIES, catalogue, facts_of, parse_condition
from libs.common.contracts.envelope import schema_of
from services.ticketing.domain.closing import CLOSE_KINDS
from services.ticketing.domain.statuses import CATEGORY_OF, MOVES
from services.ticketing.domain.vocabulary import KINDS
from services.ticketing.domain.vocabulary import URGENCIES as RISING

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_words_are_those_of_ticketing():
    assert tuple(FIELDS["kind"].choices or ()) == KINDS
    assert tuple(URGENCIES) == RISING
    assert STATUSES.keys() == CATEGORY_OF.keys()
    assert (FIELDS["status_category"].choices or {}).keys() == set(CATEGORY_OF.values())
    assert tuple(FIELDS["close_kind"].choices or ()) == CLOSE_KINDS
    assert set(SETTABLE) == {status for moves in MOVES.values() for status in moves}


def test_the_catalogue_can_be_sent_and_names_everything_in_both_languages():
    entries = orjson.loads(orjson.dumps(catalogue()))
    assert [entry["name"] for entry in entries] == [*FIELDS, "fields."]
    for entry in entries:
        assert entry["ops"]
        for label in (entry["label"], *(one["label"] for one in entry.get("choices", ()))):
            assert label["zh"]
            assert label["en"]
    by_name = {entry["name"]: entry for entry in entries}
    assert by_name["group_id"]["source"] == "groups"
    assert by_name["channel"]["is_open"] is True
    assert by_name["kind"]["is_open"] is False
    assert by_name["weekday"]["range"] == [1, 7]


@pytest.mark.parametrize("op", FIELDS["subject"].ops)
def test_whatever_the_catalogue_offers_is_accepted(op):
    value = {} if op.endswith("_set") else {"value": ["a"] if op.endswith("in") else "a"}
    if op in ("contains", "not_contains"):
        value = {"value": "a"}
    assert parse_condition({"field": "subject", "op": op, **value})


def header(**changes: object) -> dict[str, object]:
    return {
        "kind": "complaint",
        "urgency": "critical",
        "channel": "mail",
        "status": "assigned",
        "status_category": "open",
        "customer_id": uuid4(),
        "assignee_id": None,
        "group_id": UUID(int=1),
        "subject": "主题",
        "created_at": datetime(2026, 1, 31, 20, tzinfo=UTC),
        "scope": {"region": UUID(int=2)},
        "tags": ["商家"],
        "custom_fields": {"型号": "X1"},
        **changes,
    }


def test_facts_are_made_of_what_an_event_carries():
    facts = facts_of(
        header(),
        tier="vip",
        language="zh",
        zone=SHANGHAI,
        now=datetime(2026, 1, 31, 20, tzinfo=UTC),
    )
    assert facts.keys() == {*FIELDS, "fields"}
    assert facts["group_id"] == str(UUID(int=1))
    assert facts["region_id"] == str(UUID(int=2))
    assert facts["assignee_id"] is None
    # Four in the morning of Sunday, the first of February.
    assert (facts["local_hour"], facts["weekday"]) == (4, 7)
    assert facts["fields"] == {"型号": "X1"}
    condition = {
        "all": [
            {"field": "fields.型号", "op": "is", "value": "X1"},
            {"field": "tags", "op": "has_any", "value": ["商家"]},
            {"field": "group_id", "op": "is", "value": str(UUID(int=1))},
            {"field": "tier", "op": "is", "value": "vip"},
        ]
    }
    assert parse_condition(condition).holds(facts)


def test_a_ticket_event_of_an_older_producer_has_facts_too():
    told = header(scope={}, region_id=str(UUID(int=3)))
    for name in ("tags", "custom_fields", "assignee_id"):
        del told[name]
    facts = facts_of(told, tier=None, language=None, zone=SHANGHAI, now=datetime.now(UTC))
    assert facts["region_id"] == str(UUID(int=3))
    assert facts["tags"] == []
    assert facts["fields"] == {}


def test_ticket_events_have_what_facts_are_made_of():
    fields = schema_of("ticket.created").fields
    assert {"tags", "custom_fields", "scope", *header()} <= fields.keys()
