"""Known tags, and tags that are called otherwise."""

import pytest

from libs.common.errors import InvalidInput
from services.ticketing.domain.tagging import read_tag, renamed
from tests.unit.ticketing.making import LI, accepted_ticket, by, closed_ticket


def test_a_renamed_tag_keeps_its_place_and_stands_there_once():
    assert renamed(["a", "b", "c"], "b", "x") == ["a", "x", "c"]
    assert renamed(["a", "b", "c"], "c", "a") == ["a", "b"]
    assert renamed(["a"], "b", "x") == ["a"]


@pytest.mark.parametrize("make", [accepted_ticket, closed_ticket])
def test_a_renaming_reaches_every_ticket_and_leaves_one_entry(make):
    ticket = make()
    ticket.tags, ticket.facts, ticket.entries = ["旧", "物流"], [], []
    ticket.rename_tag("旧", "新", by(LI))
    assert ticket.tags == ["新", "物流"]
    [entry] = ticket.entries
    assert entry.event["changes"] == [
        {"field": "tags", "from": ["旧", "物流"], "to": ["新", "物流"]}
    ]
    assert [fact.header["tags"] for fact in ticket.facts] == [["新", "物流"]]
    ticket.rename_tag("旧", "新", by(LI))
    assert len(ticket.entries) == 1


def test_what_is_wrong_with_a_tag_is_named():
    with pytest.raises(InvalidInput) as caught:
        read_tag({"name": " ", "color": "red", "is_active": 1, "size": 2})
    assert set(caught.value.details["errors"]) == {"name", "color", "is_active", "size"}
    assert read_tag({"name": " 加急 ", "color": "#FF0000"}) == {"name": "加急", "color": "#ff0000"}
