import pytest
from flask import Flask

from gateway.preconditions import etag, expected_version
from libs.common.errors import InvalidInput, PreconditionRequired

app = Flask(__name__)


def version_of(header: str | None, *, is_required: bool = False) -> int | None:
    headers = {} if header is None else {"If-Match": header}
    with app.test_request_context(headers=headers):
        return expected_version(is_required=is_required)


@pytest.mark.parametrize("header", ['"3"', 'W/"3"', ' "3" '])
def test_the_tag_that_was_answered_is_understood(header: str) -> None:
    assert version_of(header) == 3


def test_a_tag_is_read_as_it_was_written() -> None:
    assert version_of(etag(42)) == 42


def test_a_star_means_any_version() -> None:
    assert version_of("*", is_required=True) is None


def test_without_the_header_any_version_is_meant() -> None:
    assert version_of(None) is None


def test_where_it_matters_the_version_must_be_said() -> None:
    with pytest.raises(PreconditionRequired) as caught:
        version_of(None, is_required=True)
    assert caught.value.code == "version.required"


@pytest.mark.parametrize("header", ["3", '"abc"', '"3", "4"', '"-1"', '"3', '"' + "9" * 40 + '"'])
def test_what_is_no_tag_of_ours_is_refused_by_name(header: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        version_of(header)
    assert list(caught.value.details["errors"]) == ["If-Match"]
