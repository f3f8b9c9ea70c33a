"""Ticket numbers."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.numbers import TicketNumber, business_date

SHANGHAI = ZoneInfo("Asia/Shanghai")

numbers = st.builds(
    TicketNumber,
    st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    st.integers(1, 9_999_999),
)


def test_the_first_ticket_of_a_day_is_001():
    assert str(TicketNumber(date(2023, 10, 1), 1)) == "G20231001001"


def test_after_999_the_number_widens():
    assert str(TicketNumber(date(2023, 10, 1), 999)) == "G20231001999"
    assert str(TicketNumber(date(2023, 10, 1), 1000)) == "G202310011000"


@given(numbers)
def test_a_number_can_be_read_back(number):
    assert TicketNumber.parse(str(number)) == number
    assert TicketNumber.parse(f" {str(number).lower()} ") == number


@given(numbers, numbers)
def test_different_tickets_have_different_numbers(one, other):
    assert (str(one) == str(other)) == (one == other)


@given(numbers, numbers)
def test_numbers_sort_by_day_and_then_by_serial(one, other):
    by_order = one.order < other.order
    assert by_order == ((one.day, one.serial) < (other.day, other.serial))


@given(numbers)
def test_the_order_fits_a_bigint(number):
    assert 0 < number.order < 2**63


@pytest.mark.parametrize(
    "text",
    ["", "G", "20231001001", "G2023100101", "G20231301001", "G20230230001", "G２０231001001"],
)
def test_what_is_no_number_is_none(text):
    assert TicketNumber.parse(text) is None


def test_the_business_date_is_that_of_the_business_not_of_utc():
    evening = datetime(2026, 11, 1, 16, 30, tzinfo=UTC)
    assert business_date(evening, SHANGHAI) == date(2026, 11, 2)
    assert business_date(evening, ZoneInfo("UTC")) == date(2026, 11, 1)
