"""The OpenAPI document is valid, complete, and the one that the console was made from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.routing import Rule

from gateway.openapi import FILE, build
from tests.support.gateway import offline_app

PREFIX = "/api/v1"
SCHEMAS = {
    *("Session", "Person", "TicketRow", "Ticket", "TicketPage", "Entry", "TimelinePage"),
    *("Customer", "Notice", "NoticePage", "Status", "TicketCounts", "CountValue", "Attachment"),
    *("Failure", "FailurePage", "Receipt", "ReceiptPage", "Problem"),
}
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(json.dumps(build()))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield path, method, item[method]


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_the_console_was_made_from_this_document(document: dict[str, Any]) -> None:
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    assert kept == document, "run: python -m gateway.openapi --write"


def test_every_route_is_documented_and_nothing_else(
    document: dict[str, Any], tmp_path: Path
) -> None:
    routed = {
        (_template(rule), method.lower())
        for rule in offline_app(tmp_path).url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        and not rule.rule.endswith(("openapi.json", "asyncapi.json"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(document)} == routed


def test_the_schemas_that_the_console_types_have_their_names(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"].keys() >= SCHEMAS


def test_every_operation_has_an_id_of_its_own_and_a_summary(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    assert all(operation.get("summary") for _, _, operation in operations(document))


def test_every_operation_says_who_may(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        is_public = operation.get("security") == []
        assert is_public != ("x-permission" in operation), f"{method} {path}"


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        expected = {"503", "default"}
        expected |= {"401", "403"} if "x-permission" in operation else set()
        expected |= {"404"} if "{" in path else set()
        expected |= {"400", "413", "415", "422"} if "requestBody" in operation else set()
        assert expected <= operation["responses"].keys(), f"{method} {path}"


def test_every_problem_has_the_problem_type(document: dict[str, Any]) -> None:
    for name, response in document["components"]["responses"].items():
        content = response["content"]
        schema = {"$ref": "#/components/schemas/Problem"}
        assert content == {"application/problem+json": {"schema": schema}}, name


def test_commands_may_be_repeated_by_their_key(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        names = {parameter.get("name") for parameter in operation.get("parameters", ())}
        if "409" in operation["responses"]:
            assert "Idempotency-Key" in names, f"{method} {path}"


def test_what_is_sent_is_closed_and_what_is_answered_is_open(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["NewTicket"]["additionalProperties"] is False
    assert schemas["Ticket"].get("additionalProperties") is not False


def _template(rule: Rule) -> str:
    """`/tickets/<number:number>` as OpenAPI writes it."""
    parts = [f"{{{text}}}" if is_dynamic else text for is_dynamic, text in rule._trace]
    return "".join(parts).removeprefix("|")
