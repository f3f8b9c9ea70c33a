"""What a template may say, and how what it may not is named."""

import importlib.util
from pathlib import Path

import pytest

from libs.common.errors import InvalidInput
from services.ticketing.domain.templates import parse_definition
from services.ticketing.domain.templates.content import parse_content, parse_key
from tests.unit.ticketing.template_making import choices, defined, field, is_

ROOT = Path(__file__).resolve().parents[3]


def errors_of(raw):
    with pytest.raises(InvalidInput) as refusal:
        parse_definition(raw)
    return refusal.value.details["errors"]


def test_what_is_not_said_gets_its_default_and_reads_the_same_again():
    read = defined(field("a"), field("b", "money"), field("c", "file"))
    assert [one["options"] for one in read.as_json()["fields"]] == [
        {"max_length": 200},
        {"min": None, "max": None, "decimals": 2, "currency": "CNY"},
        {"kinds": ["photo", "document", "video"], "least": 1, "most": 10},
    ]
    assert parse_definition(read.as_json()) == read


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (field("a", "colour"), "fields[0].type"),
        (field("a b"), "fields[0].key"),
        (field("a.b"), "fields[0].key"),
        (field("cause"), "fields[0].key"),
        (field("a", label={"en": "only English"}), "fields[0].label.zh"),
        (field("a", colour="red"), "fields[0].colour"),
        (field("a", required="yes"), "fields[0].required"),
        (field("a", options={"max_length": 0}), "fields[0].options.max_length"),
        (field("a", options={"min": 1}), "fields[0].options.min"),
        (field("a", "number", options={"min": 2, "max": 1}), "fields[0].options.max"),
        (field("a", "number", default="many"), "fields[0].default"),
        (field("a", "money", options={"currency": "yuan"}), "fields[0].options.currency"),
        (field("a", "choice"), "fields[0].options.choices"),
        (field("a", "choice", options=choices("x", "x")), "fields[0].options.choices"),
        (field("a", "order_number", options={"pattern": "(x"}), "fields[0].options.pattern"),
        (field("a", "table"), "fields[0].options.columns"),
        (
            field("a", "table", options={"columns": [field("x", "table")]}),
            "fields[0].options.columns[0].type",
        ),
        (field("a", "file", options={"kinds": ["song"]}), "fields[0].options.kinds[0]"),
    ],
)
def test_what_a_field_cannot_be_is_named_by_its_path(given, path):
    assert path in errors_of({"fields": [given]})


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (is_("nowhere", 1), "no such field"),
        ({"field": "status", "op": "is", "value": "solved"}, "cannot speak of it"),
        (is_("size", "XXL"), "has no choice XXL"),
        ({"all": [is_("size", "S"), is_("size", "L")]}, "can never hold"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(condition, told):
    size = field("size", "choice", options=choices("S", "L"))
    wrong = errors_of({"fields": [size, field("b", visible_when=condition)]})
    assert told in str(wrong)
    assert all(path.startswith("fields[1].visible_when") for path in wrong)


def test_a_field_that_shows_and_is_required_under_contradicting_conditions_is_refused():
    size = field("size", "choice", options=choices("S", "L"))
    shown = field("b", visible_when=is_("size", "S"), required_when=is_("size", "L"))
    assert list(errors_of({"fields": [size, shown]})) == ["fields[1].required_when"]


def test_fields_that_show_one_another_in_a_circle_are_refused():
    first = field("a", visible_when=is_("b", "x"))
    second = field("b", visible_when=is_("a", "x"))
    wrong = errors_of({"fields": [first, second, field("c")]})
    assert list(wrong) == ["fields[0].visible_when", "fields[1].visible_when"]


def test_requirements_are_of_fields_that_are_there():
    wrong = errors_of(
        {
            "fields": [field("a")],
            "requirements": {
                "solve": {"fields": ["a", "z"], "attachments": [{"kind": "song", "count": 0}]},
                "archive": {},
            },
        }
    )
    assert sorted(wrong) == [
        "requirements.archive",
        "requirements.solve.attachments[0].count",
        "requirements.solve.attachments[0].kind",
        "requirements.solve.fields[1]",
    ]


def test_a_key_is_used_once():
    assert list(errors_of({"fields": [field("a"), field("a")]})) == ["fields[1].key"]


@pytest.mark.parametrize("key", ["A", "a", "return-goods", "1a", "退货", "x" * 41, None])
def test_a_templates_key_is_small_letters(key):
    with pytest.raises(InvalidInput) as refusal:
        parse_key(key)
    assert list(refusal.value.details["errors"]) == ["key"]


def test_the_shipped_templates_can_be_read():
    [file] = (ROOT / "services/ticketing/migrations/versions").glob("0007_*.py")
    spec = importlib.util.spec_from_file_location("shipped_templates", file)
    assert spec
    assert spec.loader
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    for key, kind, zh, en, description, definition in migration.SHIPPED:
        told = {"name": {"zh": zh, "en": en}, "kind": kind, "description": description}
        content = parse_content({**told, **definition})
        assert parse_key(key) == key
        assert content.definition.fields
        assert parse_content(content.as_json()) == content
