"""A parameter that stands twice in an address is refused: readers of it would not agree."""

import pytest
from flask import Flask, request
from marshmallow import Schema, fields

from gateway.parsing import StrictParser
from libs.common.errors import InvalidInput

app = Flask(__name__)


class Query(Schema):
    limit = fields.Integer()
    q = fields.String()


def read(query: str) -> dict[str, object]:
    with app.test_request_context(f"/?{query}"):
        found: dict[str, object] = StrictParser().parse(Query, request, location="query")
        return found


def test_each_parameter_is_read_once() -> None:
    assert read("limit=3&q=a") == {"limit": 3, "q": "a"}


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=1&q=a&limit=1", "q=a&q=%61&limit=1"])
def test_a_parameter_that_stands_twice_is_named(query: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(query)
    assert list(refused.value.details["errors"]) == [query.partition("=")[0]]


def test_what_stands_in_the_body_is_no_parameter() -> None:
    with app.test_request_context("/?limit=1", method="POST", json={"limit": 2}):
        assert StrictParser().parse(Query, request, location="query") == {"limit": 1}
        assert StrictParser().parse(Query, request, location="json") == {"limit": 2}
