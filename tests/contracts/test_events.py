"""Every type of event has a stored example that loads and dumps, and keeps its secrets."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

import libs.common.contracts
from libs.common.contracts.envelope import (
    REGISTRY,
    EventSchema,
    dump_event,
    load_event,
    private_fields,
    public_body,
    schema_of,
)

FOLDER = Path(libs.common.contracts.__file__).with_name("examples")
EXAMPLES = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.json"))}
# Tests of the bus register types of their own.
OURS = {
    name: schema
    for name, schema in REGISTRY.items()
    if schema.__module__.startswith(libs.common.contracts.__name__)
}


def raw(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(EXAMPLES[name])
    return body


def texts(value: object) -> set[str]:
    """All texts in a value, however deep, that are long enough to be recognised."""
    if isinstance(value, dict):
        return texts(list(value.values()))
    if isinstance(value, list):
        return {text for item in value for text in texts(item)}
    return {value} if isinstance(value, str) and len(value) > 3 else set()


def test_every_type_has_an_example_and_every_example_a_type() -> None:
    assert set(EXAMPLES) == set(OURS)


@pytest.mark.parametrize("name", EXAMPLES)
class TestExample:
    def test_it_is_a_cloudevent_of_its_producer(self, name: str) -> None:
        body = raw(name)
        assert body["type"] == name
        assert body["specversion"] == "1.0"
        assert body["source"] == f"/tidedesk/{OURS[name].producer}"
        assert body["datacontenttype"] == "application/json"

    def test_it_shows_every_field(self, name: str) -> None:
        assert set(raw(name)["data"]) == set(schema_of(name).fields)

    def test_what_is_loaded_can_be_dumped_to_the_same(self, name: str) -> None:
        event = load_event(EXAMPLES[name])
        dumped = dump_event(OURS[name], event.id, event.subject, event.time, event.data)
        assert orjson.loads(dumped)["data"] == raw(name)["data"]

    def test_it_still_loads_with_the_fields_of_a_newer_release(self, name: str) -> None:
        newer = raw(name)
        newer["data"] |= {"added_later": {"x": [1]}}
        assert load_event(orjson.dumps(newer)) == load_event(EXAMPLES[name])

    def test_without_what_is_optional_it_loads_too(self, name: str) -> None:
        fields = schema_of(name).fields
        body = raw(name)
        body["data"] = {key: body["data"][key] for key in body["data"] if fields[key].required}
        assert load_event(orjson.dumps(body)).type == name

    def test_its_public_form_lacks_the_private_fields_and_all_that_stood_in_them(
        self, name: str
    ) -> None:
        private = private_fields(name)
        public = orjson.loads(public_body(name, EXAMPLES[name]))
        assert set(public["data"]) == set(raw(name)["data"]) - private
        secrets = texts({key: raw(name)["data"][key] for key in private})
        assert not secrets & texts(public)

    def test_nobody_s_address_stands_in_its_public_form(self, name: str) -> None:
        public = public_body(name, EXAMPLES[name]).decode()
        assert "@" not in public
        assert "+86" not in public
        assert "张" not in public


@pytest.mark.parametrize("name", OURS)
def test_a_type_is_named_aggregate_and_past_participle(name: str) -> None:
    aggregate, _, what = name.partition(".")
    assert aggregate.isidentifier()
    assert what.replace(".v", "_v").isidentifier()
    # `directory` gathers several aggregates, which stand in the second word.
    named = what if aggregate == "directory" else f"{aggregate}_{what}"
    words = named.replace(".", "_").split("_")
    assert OURS[name].__name__ == "".join(word.capitalize() for word in words)


@pytest.mark.parametrize("name", OURS)
def test_a_type_says_what_has_happened(name: str) -> None:
    assert OURS[name].__doc__
    assert OURS[name].__doc__ != EventSchema.__doc__
