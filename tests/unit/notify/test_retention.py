"""How far back notify remembers."""

from datetime import UTC, datetime

import pytest

from libs.common.config import ConfigError
from services.notify.domain.retention import months_before
from services.notify.service.settings import Settings
from tests.unit.notify.facts import NOON


@pytest.mark.parametrize(
    ("months", "year", "month"), [(1, 2026, 10), (10, 2026, 1), (11, 2025, 12), (24, 2024, 11)]
)
def test_months_are_counted_whole(months: int, year: int, month: int) -> None:
    assert months_before(NOON, months) == datetime(year, month, 1, tzinfo=UTC)


def test_deliveries_are_kept_for_two_years_unless_somebody_says_otherwise() -> None:
    assert Settings.read({}).keep_months == 24
    assert Settings.read({"NOTIFY_KEEP_MONTHS": "6"}).keep_months == 6


@pytest.mark.parametrize("wrong", ["0", "-1", "two", "1201", "1.5", "６"])
def test_a_number_of_months_that_is_none_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(ConfigError, match="NOTIFY_KEEP_MONTHS"):
        Settings.read({"NOTIFY_KEEP_MONTHS": wrong})
