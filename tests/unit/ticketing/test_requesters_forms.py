"""The part of a template that requesters fill in, and what cannot be asked of them."""

from typing import Any

import pytest

from libs.common.errors import InvalidInput
from services.ticketing.domain.templates.content import Content, parse_content

IS_BROKEN = {"field": "fields.state", "op": "is", "value": "broken"}
CHOICES = {"choices": [{"value": one, "label": {"zh": one}} for one in ("broken", "noisy")]}


def field(key: str, type: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": type, "label": {"zh": key}} | more


STATE = field("state", "choice", options=CHOICES)


def content(*fields: dict[str, Any], hidden: list[Any] | None = None, **more: Any) -> Content:
    given = {"name": {"zh": "报修"}, "kind": "repair", "fields": list(fields)}
    return parse_content({**given, "requesters": {"hidden": hidden or []}, **more})


def errors_of(*fields: dict[str, Any], **more: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refusal:
        content(*fields, **more)
    errors: dict[str, list[str]] = refusal.value.details["errors"]
    return errors


def test_a_template_is_for_staff_until_it_says_otherwise():
    given = {"name": {"zh": "报修"}, "kind": "repair"}
    assert parse_content(given).requesters is None
    assert parse_content(given).as_json()["requesters"] is None


def test_what_is_read_is_written_the_same():
    told = content(field("item"), field("cost"), hidden=["cost", "cost"])
    assert told.as_json()["requesters"] == {"hidden": ["cost"], "categories": False}
    assert parse_content(told.as_json()) == told


def test_requesters_fill_in_what_is_not_hidden_and_only_to_open():
    told = content(
        STATE,
        field("since", visible_when=IS_BROKEN),
        field("cost", "money", required=True),
        field("engineer", "person"),
        hidden=["cost"],
        requirements={
            "create": {"fields": ["state", "cost"], "attachments": [{"kind": "photo", "count": 1}]},
            "solve": {"fields": ["cost"], "summary": ["cause"]},
        },
    )
    assert told.requesters is not None
    form = told.requesters.form_of(told.definition)
    assert [one.key for one in form.fields] == ["state", "since"]
    assert form.known_fields().keys() == {"state", "since"}
    facts = {"kind": "repair", "urgency": "normal", "channel": "portal"}
    assert form.visible({"state": "broken"}, facts).keys() == {"state", "since"}
    assert form.visible({"state": "noisy"}, facts).keys() == {"state"}
    assert form.missing("create", {}, facts).keys() == {"fields.state", "attachments.photo"}
    assert form.missing("solve", {}, facts) == {}


@pytest.mark.parametrize(
    "more",
    [
        {"required": True},
        {"required_when": IS_BROKEN},
    ],
)
def test_a_colleague_is_nothing_that_requesters_can_be_asked_for(more: dict[str, Any]):
    errors = errors_of(STATE, field("engineer", "person", **more))
    assert "hide the field" in errors["fields[1].required"][0]
    assert content(STATE, field("engineer", "person", **more), hidden=["engineer"])


def test_nor_by_the_first_stage():
    stages = {"create": {"fields": ["engineer"]}}
    errors = errors_of(field("engineer", "person"), requirements=stages)
    assert list(errors) == ["fields[0].required"]


@pytest.mark.parametrize("name", ["visible_when", "required_when"])
def test_what_they_see_depends_on_nothing_that_they_do_not_see(name: str):
    errors = errors_of(STATE, field("since", **{name: IS_BROKEN}), hidden=["state"])
    assert errors == {f"fields[1].{name}": ["speaks of what requesters do not see: state"]}
    assert content(STATE, field("since", **{name: IS_BROKEN}), hidden=["state", "since"])


@pytest.mark.parametrize(
    ("requesters", "named"),
    [
        ({"hidden": ["nowhere"]}, "requesters.hidden[0]"),
        ({"hidden": [7]}, "requesters.hidden[0]"),
        ({"hidden": "state"}, "requesters.hidden"),
        ({"shown": []}, "requesters.shown"),
        ("all", "requesters"),
    ],
)
def test_what_is_wrong_is_named(requesters: Any, named: str):
    assert list(errors_of(STATE, requesters=requesters)) == [named]
