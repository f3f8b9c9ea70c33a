from datetime import UTC, datetime, timedelta
from uuid import uuid4

from gateway.auth.sessions import Caller

NINE = datetime(2023, 10, 1, 9, tzinfo=UTC)


def session(kind: str, *, last_used_at: datetime, expires_at: datetime) -> Caller:
    return Caller(
        uuid4(), kind, last_used_at, expires_at, uuid4(), "CS001", "客服一号", "agent", "zh"
    )


def test_a_cookie_rests_for_two_hours_at_most() -> None:
    resting = session("cookie", last_used_at=NINE, expires_at=NINE + timedelta(hours=12))
    assert resting.is_valid(NINE + timedelta(minutes=119))
    assert not resting.is_valid(NINE + timedelta(hours=2))


def test_a_cookie_ends_however_busy_it_is() -> None:
    busy = session("cookie", last_used_at=NINE, expires_at=NINE + timedelta(minutes=1))
    assert not busy.is_valid(NINE + timedelta(minutes=1))


def test_an_app_may_rest_for_days() -> None:
    token = session("bearer", last_used_at=NINE, expires_at=NINE + timedelta(days=30))
    assert token.is_valid(NINE + timedelta(days=29))
    assert not token.is_valid(NINE + timedelta(days=30))
