"""What stored conditions, actions and texts name, whatever wrote them."""

import pytest

from services.ticketing.domain.naming import Named, comparisons

NAMED = Named(categories={"c1"}, statuses={"own_a", "follow_up"}, tags={"退款"}, fields={"card"})


def one(field: str, value: object = None, op: str = "is") -> dict[str, object]:
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("comparison", "is_named"),
    [
        (one("category_id", "c1"), True),
        (one("category_id", ["c0", "c1"], "in"), True),
        (one("category_id", "c2"), False),
        (one("own_status", "own_a"), True),
        (one("status", ["solved", "follow_up"], "in"), True),
        (one("subject", "own_a"), False),
        (one("tags", ["退款"], "has_none"), True),
        (one("subject", "退款"), False),
        (one("fields.card", op="is_set"), True),
        (one("fields.cards", op="is_set"), False),
    ],
)
def test_a_comparison_names_what_it_asks_for(comparison, is_named):
    assert NAMED.in_condition({"all": [one("kind", "repair"), {"none": [comparison]}]}) is is_named


@pytest.mark.parametrize(
    ("action", "is_named"),
    [
        ({"type": "set_status", "status": "own_a"}, True),
        ({"type": "add_tags", "tags": ["甲", "退款"]}, True),
        ({"type": "remove_tags", "tags": ["退款"]}, True),
        ({"type": "set_field", "field": "card", "value": "1"}, True),
        ({"type": "set_field", "field": "room", "value": "card"}, False),
        ({"type": "reply", "text": "卡号 {{ fields.card }}"}, True),
        ({"type": "add_note", "text": "fields.card"}, False),
        # The tags that a category brings stand in its defaults.
        ({"tags": ["退款"]}, True),
    ],
)
def test_an_action_names_what_it_does(action, is_named):
    assert NAMED.in_actions([{"type": "set_urgency", "urgency": "urgent"}, action]) is is_named


@pytest.mark.parametrize("raw", [None, [], "x", {}, {"all": None}, {"all": ["x", None]}])
def test_what_cannot_be_understood_names_nothing(raw):
    assert not NAMED.in_condition(raw)
    assert not NAMED.in_actions(raw if isinstance(raw, list) else None)
    assert not NAMED.in_text(raw)


def test_each_comparison_is_found_with_its_place():
    condition = {"any": [one("kind", "repair"), {"all": [one("tags", ["甲"], "has_any")]}]}
    assert list(comparisons(condition)) == [
        ("condition.any[0]", "kind", ["repair"]),
        ("condition.any[1].all[0]", "tags", ["甲"]),
    ]
