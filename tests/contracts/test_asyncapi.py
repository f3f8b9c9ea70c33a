"""The AsyncAPI document is valid, current, complete, and says nothing that is private."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT7

from libs.common.bus.topology import committed
from libs.common.consumer.names import EXCHANGES, REPLAY_STREAM
from libs.common.contracts.asyncapi import FILE
from libs.common.contracts.catalogue import EXAMPLES, event_types
from libs.common.contracts.envelope import private_fields

ROOT = Path(__file__).parents[2]
OFFICIAL = Path(__file__).with_name("asyncapi") / "3.0.0.json"
DOCUMENT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
NAMES = [one.name for one in event_types()]
HERE = "urn:tidedesk:asyncapi"


def found(reference: dict[str, str]) -> Any:
    """What a reference within the document points to."""
    part: Any = DOCUMENT
    for word in reference["$ref"].removeprefix("#/").split("/"):
        part = part[word]
    return part


def payload_validator(name: str) -> Draft7Validator:
    """Of the events of a type, with the document's own pieces."""
    whole = DRAFT7.create_resource(DOCUMENT)
    schema = {"$ref": f"{HERE}#/components/schemas/{name}"}
    registry: Registry[Any] = Registry().with_resource(HERE, whole)
    return Draft7Validator(schema, registry=registry, format_checker=FormatChecker())


def example(name: str) -> dict[str, Any]:
    (kept,) = DOCUMENT["components"]["messages"][name]["examples"]
    payload: dict[str, Any] = kept["payload"]
    return payload


def test_the_committed_document_and_table_are_the_generated_ones() -> None:
    """In a process of its own: the tests of the bus register types that services do not have."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "libs.common.contracts.asyncapi"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_document_is_asyncapi_3_0() -> None:
    official = json.loads(OFFICIAL.read_text(encoding="utf-8"))
    assert [error.message for error in Draft7Validator(official).iter_errors(DOCUMENT)] == []


def test_the_official_schema_refuses_what_is_wrong() -> None:
    official = json.loads(OFFICIAL.read_text(encoding="utf-8"))
    operation = {"action": "shout", "channel": {"$ref": "#/channels/ticket.created"}}
    wrong = DOCUMENT | {"operations": {"ticket.created": operation}}
    assert not Draft7Validator(official).is_valid(wrong)


def test_every_reference_leads_somewhere() -> None:
    def follow(part: Any) -> None:
        if isinstance(part, dict):
            if "$ref" in part:
                assert found(part)
            for value in part.values():
                follow(value)
        if isinstance(part, list):
            for value in part:
                follow(value)

    follow(DOCUMENT)


def test_every_type_has_a_channel_an_operation_and_a_message() -> None:
    assert set(DOCUMENT["channels"]) == {*NAMES, REPLAY_STREAM}
    assert set(DOCUMENT["operations"]) == set(NAMES)
    assert set(DOCUMENT["components"]["messages"]) == set(NAMES)
    assert set(DOCUMENT["channels"][REPLAY_STREAM]["messages"]) == set(NAMES)


def test_no_host_is_named() -> None:
    assert {server["host"] for server in DOCUMENT["servers"].values()} == {"{host}:{port}"}


@pytest.mark.parametrize("name", NAMES)
class TestType:
    def test_it_says_where_it_is_published_and_what_it_means(self, name: str) -> None:
        channel = DOCUMENT["channels"][name]
        exchange = channel["bindings"]["amqp"]["exchange"]
        assert (channel["address"], exchange["type"]) == (name, "topic")
        assert exchange["name"] in committed().exchanges
        assert DOCUMENT["components"]["messages"][name]["description"]

    def test_its_example_fits_its_schema(self, name: str) -> None:
        problems = [error.message for error in payload_validator(name).iter_errors(example(name))]
        assert problems == []

    def test_its_example_shows_every_public_field(self, name: str) -> None:
        assert set(example(name)["data"]) == public_fields(name)

    def test_neither_schema_nor_example_has_a_private_field(self, name: str) -> None:
        shown = public_fields(name) | set(example(name)["data"])
        assert not shown & private_fields(name)

    def test_an_event_without_what_is_required_does_not_fit(self, name: str) -> None:
        body = example(name)
        required = data_schema(name)["required"]
        poorer = {key: value for key, value in body["data"].items() if key != required[0]}
        assert not payload_validator(name).is_valid(body | {"data": poorer})

    def test_a_field_of_a_newer_release_is_no_error(self, name: str) -> None:
        body = example(name)
        newer = body | {"later": 1, "data": body["data"] | {"added_later": [1]}}
        assert payload_validator(name).is_valid(newer)

    def test_what_is_stored_of_it_ships(self, name: str) -> None:
        assert (EXAMPLES / f"{name}.json").is_file()


def data_schema(name: str) -> dict[str, Any]:
    own: dict[str, Any] = DOCUMENT["components"]["schemas"][name]["allOf"][1]["properties"]["data"]
    return own


def public_fields(name: str) -> set[str]:
    return set(data_schema(name)["properties"])


def test_the_consumer_knows_the_exchanges_that_there_are() -> None:
    assert set(EXCHANGES) == {name for name in committed().exchanges if name.endswith(".events")}
    assert set(committed().streams) == {REPLAY_STREAM}
