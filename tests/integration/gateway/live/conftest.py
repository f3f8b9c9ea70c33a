"""People with sessions, and what gateway.events hears."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import text

from gateway.auth.sessions import open_session
from gateway.live.hearing import hear
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, load_event
from libs.common.database.unit_of_work import Database


@pytest.fixture
def person_of(database: Database) -> Callable[[str], UUID]:
    def find(login: str) -> UUID:
        with database.begin(read_only=True) as uow:
            own = text("SELECT person_id FROM people WHERE login = :login")
            found: UUID = uow.session.execute(own, {"login": login}).scalar_one()
            return found

    return find


@pytest.fixture
def token_of(database: Database, person_of: Callable[[str], UUID]) -> Callable[[str], str]:
    """A new session's token."""

    def opened(login: str) -> str:
        with database.begin() as uow:
            found = open_session(uow.session, person_of(login), "bearer", utc_now())
            uow.commit()
        return found.token

    return opened


@pytest.fixture
def happens(database: Database) -> Callable[..., None]:
    """Let gateway.events hear of these in one transaction."""

    def happen(*events: Event | bytes) -> None:
        with database.begin() as uow:
            hear(uow, [load_event(one) if isinstance(one, bytes) else one for one in events])
            uow.commit()

    return happen
