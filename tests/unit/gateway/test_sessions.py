from datetime import UTC, datetime, timedelta
from uuid import uuid4

from gateway.auth.caller import Caller
from gateway.auth.roles import Membership, Role
from gateway.auth.sessions import is_valid
from gateway.login.settings import SessionRules

NINE = datetime(2023, 10, 1, 9, tzinfo=UTC)
RULES = SessionRules()
AGENT = Role("agent", "staff", "客服", "Agent", "own", True, frozenset({"session.own"}))


def session(kind: str, *, last_used_at: datetime, expires_at: datetime) -> Caller:
    return Caller(
        credential_id=uuid4(),
        kind=kind,
        last_used_at=last_used_at,
        expires_at=expires_at,
        person_id=uuid4(),
        login="CS001",
        name="客服一号",
        language="zh",
        role=AGENT,
        membership=Membership(),
        permissions=AGENT.permissions,
    )


def test_a_cookie_rests_for_two_hours_at_most() -> None:
    resting = session("cookie", last_used_at=NINE, expires_at=NINE + timedelta(hours=12))
    assert is_valid(resting, NINE + timedelta(minutes=119), RULES)
    assert not is_valid(resting, NINE + timedelta(hours=2), RULES)


def test_a_cookie_ends_however_busy_it_is() -> None:
    busy = session("cookie", last_used_at=NINE, expires_at=NINE + timedelta(minutes=1))
    assert not is_valid(busy, NINE + timedelta(minutes=1), RULES)


def test_an_apps_token_rests_until_it_ends() -> None:
    token = session("bearer", last_used_at=NINE, expires_at=NINE + timedelta(hours=3))
    assert is_valid(token, NINE + timedelta(minutes=179), RULES)
    assert not is_valid(token, NINE + timedelta(hours=3), RULES)


def test_an_installation_may_be_stricter() -> None:
    resting = session("cookie", last_used_at=NINE, expires_at=NINE + timedelta(hours=12))
    strict = SessionRules(idle=timedelta(minutes=10))
    assert not is_valid(resting, NINE + timedelta(minutes=10), strict)
