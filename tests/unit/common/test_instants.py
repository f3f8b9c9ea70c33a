"""Instants that people send."""

from datetime import UTC, datetime, timedelta

import pytest

from libs.common.errors import InvalidInput
from libs.common.instants import read_instant


@pytest.mark.parametrize(
    "sent", ["2026-11-22T09:00:00+08:00", "2026-11-22T01:00:00Z", "2026-11-23T00:14:00+23:14"]
)
def test_an_instant_is_handed_on_in_utc_whatever_its_offset(sent: str):
    read = read_instant("at", sent)
    assert read == datetime(2026, 11, 22, 1, tzinfo=UTC)
    assert read.utcoffset() == timedelta(0)
    assert read_instant("at", datetime.fromisoformat(sent)) == read


@pytest.mark.parametrize("odd", [None, 5, "", "soon", "2026-11-22", "2026-11-22T09:00:00"])
def test_what_names_no_instant_is_refused(odd: object):
    with pytest.raises(InvalidInput) as refused:
        read_instant("at", odd)
    assert "offset" in refused.value.details["errors"]["at"][0]


@pytest.mark.parametrize(
    "far",
    [
        "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_an_instant_too_far_off_to_reckon_with_is_refused(far: str):
    with pytest.raises(InvalidInput) as refused:
        read_instant("at", far)
    assert refused.value.details["errors"]["at"] == ["must be from 1970 to 2199"]
