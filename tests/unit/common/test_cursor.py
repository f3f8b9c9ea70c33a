"""Cursors of lists."""

import base64
from datetime import UTC, datetime
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import InvalidInput

values = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    st.integers(-(2**63), 2**63 - 1),
    st.uuids(),
    st.datetimes(timezones=st.just(UTC)),
)


@given(st.lists(values, max_size=5))
def test_what_was_encoded_comes_back_with_its_types(given_values):
    assert decode_cursor(encode_cursor(given_values), len(given_values)) == given_values


@given(st.lists(values, max_size=5))
def test_a_cursor_is_safe_in_an_address(given_values):
    assert set(encode_cursor(given_values)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


def complaint_about(text: str) -> str | None:
    """The code of the refusal, if the text is refused; no other error may come out."""
    try:
        decode_cursor(text, 2)
    except InvalidInput as refusal:
        return refusal.code
    return None


@given(st.text())
def test_any_text_is_decoded_or_refused(text):
    assert complaint_about(text) in (None, "cursor.invalid")


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(), st.lists))
def test_any_json_is_decoded_or_refused(forged):
    text = base64.urlsafe_b64encode(orjson.dumps(forged)).decode().rstrip("=")
    assert complaint_about(text) in (None, "cursor.invalid")


@pytest.mark.parametrize(
    "forged",
    [
        [{"t": "2026-01-01T00:00:00"}, 1],
        [{"t": 5}, 1],
        [{"u": "x"}, 1],
        [{"u": 5}, 1],
        [{"z": "x"}, 1],
        [{}, 1],
        [2**64 - 1, 1],
        ["\x00", 1],
        {"a": 1, "b": 2},
        "ab",
    ],
)
def test_forged_values_are_refused(forged):
    text = base64.urlsafe_b64encode(orjson.dumps(forged)).decode()
    with pytest.raises(InvalidInput) as refusal:
        decode_cursor(text, 2)
    assert "cursor" in refusal.value.details["errors"]


def test_the_number_and_the_kinds_of_values_must_fit():
    cursor = encode_cursor([datetime(2026, 1, 1, tzinfo=UTC), uuid4()])
    decode_cursor(cursor, 2, datetime, UUID)
    with pytest.raises(InvalidInput):
        decode_cursor(cursor, 3)
    with pytest.raises(InvalidInput):
        decode_cursor(cursor, 2, int, UUID)


def packed(instant: str) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([{"t": instant}])).decode()


def test_instants_come_in_utc_whatever_their_offset() -> None:
    """PostgreSQL refuses offsets of sixteen hours and more."""
    [instant] = decode_cursor(packed("2026-11-23T12:00:00+23:14"), 1)
    assert instant.isoformat() == "2026-11-22T12:46:00+00:00"


def test_an_instant_before_all_years_is_refused() -> None:
    with pytest.raises(InvalidInput):
        decode_cursor(packed("0001-01-01T00:00:00+23:00"), 1)
