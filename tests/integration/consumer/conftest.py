"""The address of a team's user, with the rights that we give to one."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from libs.common.bus.broker_users import rights_of_team, user_of
from libs.common.consumer import Inbox, PostgresInbox, SqliteInbox
from libs.common.supervisor.rabbit import LocalRabbit

_names = count(1)


@pytest.fixture(scope="module")
def team(installation: dict[str, str], rabbit: Any) -> str:
    uri = installation["AMQP_URI"]
    if not isinstance(rabbit, LocalRabbit):
        return uri
    vhost = uri.rpartition("/")[2]
    return rabbit.admit(user_of("audience"), "secret", vhost, rights_of_team("audience"))


@pytest.fixture(scope="module")
def producer(installation: dict[str, str]) -> str:
    return installation.get("TICKETING_AMQP_URI", installation["AMQP_URI"])


@pytest.fixture
def name() -> str:
    """A consumer's name, so that every test has a queue of its own."""
    return f"n{next(_names)}"


@pytest.fixture
def sqlite_file(tmp_path: Path) -> str:
    return str(tmp_path / "inbox.db")


@pytest.fixture(params=["sqlite", "postgres"])
def inbox(request: pytest.FixtureRequest, sqlite_file: str) -> Inbox:
    """One over each database that the client has an inbox for."""
    if request.param == "sqlite":
        return SqliteInbox(sqlite_file)
    return PostgresInbox(request.getfixturevalue("own_database"))


@pytest.fixture
def own_database(postgres: Any, name: str) -> Callable[[], Any]:
    """Opens connections to a database that a team might have."""
    database = f"audience_{name}"
    connection = psycopg2.connect(postgres.url_for("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {database}")
    connection.close()
    return lambda: psycopg2.connect(postgres.url_for(database))
