"""Schemas come up from nothing, once, whoever starts first; tables of facts have their months."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.config import Config, ConfigError
from libs.common.database.engine import assert_usable
from libs.common.database.partitions import ensure_partitions
from libs.common.database.unit_of_work import Database
from libs.common.database.upkeep import keep_house
from libs.common.migrate import create_database, is_current, owners, upgrade
from libs.common.supervisor.processes import ROOT
from tests.integration.common.looking import ask, tell

HALF = """
revision = "0001"
down_revision = None

def upgrade():
    from alembic import op
    op.execute("CREATE TABLE half_done (x int)")
    op.execute("SELECT * FROM nowhere")
"""

_names = count(1)


@pytest.fixture
def prefix() -> str:
    return f"tidedesk_migrate_{os.getpid()}_{next(_names)}"


@pytest.fixture
def url(postgres: Any, databases: Any, prefix: str) -> Iterator[str]:
    yield postgres.url_for(prefix)
    databases.drop(prefix, ["probe", "half", "latin"])


@contextmanager
def opened(url: str, owner: str = "probe") -> Iterator[Database]:
    database = Database.connect(owner, Config.read({"DATABASE_URL": url}))
    yield database
    database.close()


def migrate(url: str, *names: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DATABASE_URL": url}
    if path is not None:
        env["PYTHONPATH"] = str(path)
    command = [sys.executable, "-m", "libs.common.migrate", *names]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


def test_two_migrators_at_once_make_one_schema(url: str) -> None:
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda _: migrate(url, "probe"), range(2)))
    assert [one.returncode for one in done] == [0, 0], done
    assert sorted(one.stdout for one in done) == ["probe: 0001\n", "probe: up to date\n"]
    with opened(url) as database:
        assert ask(database, "SELECT version_num FROM alembic_version") == [("0001",)]


def test_a_database_is_created_once_by_many_at_once(url: str) -> None:
    target = Config.read({"DATABASE_URL": url}).database_url("probe")
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(create_database, [target] * 6))
    with opened(url) as database:
        (row,) = ask(
            database,
            "SELECT pg_encoding_to_char(encoding) AS encoding FROM pg_database "
            "WHERE datname = current_database()",
        )
    assert row.encoding == "UTF8"


def test_a_migration_that_fails_leaves_the_schema_as_it_was(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "services" / "half" / "migrations" / "versions"
    folder.mkdir(parents=True)
    (tmp_path / "services" / "half" / "__init__.py").write_text('"""Fails."""\n')
    (folder / "0001_half.py").write_text(HALF)
    done = migrate(url, "half", path=tmp_path)
    assert done.returncode != 0
    assert "nowhere" in done.stderr
    with opened(url, "half") as database:
        assert not ask(database, "SELECT 1 FROM pg_class WHERE relname = 'half_done'")
        assert not ask(database, "SELECT 1 FROM pg_class WHERE relname = 'alembic_version'")


def test_an_unknown_service_is_named(url: str) -> None:
    done = migrate(url, "nowhere")
    assert done.returncode != 0
    assert done.stderr == "configuration: there is no service nowhere here\n"


def test_a_missing_database_url_is_named() -> None:
    env = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    command = [sys.executable, "-m", "libs.common.migrate", "probe"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stderr == "configuration: DATABASE_URL or PROBE_DATABASE_URL must be set\n"


def test_the_services_with_migrations_are_found() -> None:
    assert {"ticketing", "notify", "gateway"} <= set(owners())
    assert "probe" not in owners()


def test_a_locale_that_does_not_know_chinese_is_refused(database: Database, url: str) -> None:
    name = f"{url.rpartition('/')[2]}_latin"
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            text(
                f'CREATE DATABASE "{name}" TEMPLATE template0 '
                "ENCODING UTF8 LC_COLLATE 'C' LC_CTYPE 'C'"
            )
        )
    with opened(url, "latin") as latin, latin.engine.begin() as connection:
        assert_usable(connection)  # nothing is searched by trigrams yet
        connection.execute(text("CREATE EXTENSION pg_trgm"))
        with pytest.raises(ConfigError, match="locale"):
            assert_usable(connection)


def test_a_locale_that_knows_chinese_is_taken(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        assert_usable(connection)


class TestPartitions:
    def partitions(self, database: Database, table: str = "inbox") -> set[str]:
        rows = ask(
            database,
            "SELECT inhrelid::regclass::text AS name FROM pg_inherits "
            "WHERE inhparent = to_regclass(:table)",
            table=table,
        )
        return {row.name for row in rows}

    def insert(self, database: Database, instant: datetime) -> str:
        """The partition that a row of this instant lands in."""
        with database.engine.begin() as connection:
            name: str = connection.execute(
                text(
                    "INSERT INTO inbox VALUES (gen_random_uuid(), :instant) "
                    "RETURNING tableoid::regclass::text"
                ),
                {"instant": instant},
            ).scalar_one()
        return name

    def ensure(self, database: Database, start: datetime | None = None, months: int = 3) -> None:
        with database.engine.begin() as connection:
            ensure_partitions(connection, "inbox", start=start, months=months)

    def test_a_fresh_table_has_this_month_two_more_and_a_rest(self, database: Database) -> None:
        now = utc_now()
        months = [(now.year * 12 + now.month - 1 + offset) for offset in range(3)]
        names = {f"inbox_y{month // 12:04}m{month % 12 + 1:02}" for month in months}
        assert self.partitions(database) >= {*names, "inbox_default"}
        assert self.insert(database, now) in names

    def test_an_old_row_lands_in_the_rest(self, database: Database) -> None:
        for year in (1, 1999, 9999):
            instant = datetime(year, 3, 1, tzinfo=UTC)
            assert self.insert(database, instant) == "inbox_default"

    def test_months_follow_one_another_over_the_year(self, database: Database) -> None:
        self.ensure(database, datetime(2040, 11, 30, 23, 59, tzinfo=UTC), months=4)
        last, first = (
            datetime(2040, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            datetime(2041, 1, 1, tzinfo=UTC),
        )
        assert self.insert(database, last) == "inbox_y2040m12"
        assert self.insert(database, first) == "inbox_y2041m01"
        assert {f"inbox_y{name}" for name in ("2040m11", "2041m02")} <= self.partitions(database)

    def test_making_them_again_changes_nothing(self, database: Database) -> None:
        before = self.partitions(database)
        self.ensure(database)
        assert self.partitions(database) == before

    def test_replicas_may_make_them_at_once(self, database: Database) -> None:
        start = datetime(2050, 1, 1, tzinfo=UTC)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: self.ensure(database, start, 6), range(4)))
        names = {name for name in self.partitions(database) if name.startswith("inbox_y2050")}
        assert len(names) == 6

    def test_a_month_that_the_rest_has_rows_of_stays_there(self, database: Database) -> None:
        self.insert(database, datetime(2060, 2, 5, tzinfo=UTC))
        self.ensure(database, datetime(2060, 1, 1, tzinfo=UTC))
        names = {name for name in self.partitions(database) if name.startswith("inbox_y2060")}
        assert names == {"inbox_y2060m01", "inbox_y2060m03"}
        assert self.insert(database, datetime(2060, 2, 6, tzinfo=UTC)) == "inbox_default"

    def test_housekeeping_adds_them_and_forgets_old_answers(self, empty: Database) -> None:
        (newest, *_) = self.months(empty)
        tell(empty, f"DROP TABLE {newest}")
        tell(
            empty,
            "INSERT INTO commands VALUES ('s', 'old', 'm', '', '1', now() - interval '8 days'),"
            " ('s', 'new', 'm', '', '1', now())",
        )
        for _ in range(2):
            keep_house(empty)
        assert newest in self.partitions(empty)
        assert ask(empty, "SELECT command_id FROM commands") == [("new",)]

    def test_housekeeping_drops_the_inbox_of_a_year_ago_and_no_later(self, empty: Database) -> None:
        last_year = utc_now() - timedelta(days=365)
        last_month = utc_now().replace(day=1) - timedelta(days=1)
        for instant in (last_year, last_month):
            self.ensure(empty, instant, months=1)
        old, recent = self.insert(empty, last_year), self.insert(empty, last_month)
        assert {old, recent} & {"inbox_default"} == set()
        keep_house(empty)
        assert old not in self.partitions(empty)
        assert {recent, "inbox_default"} <= self.partitions(empty)

    def months(self, database: Database) -> list[str]:
        """This month's and the next ones' partitions, the latest first."""
        last = utc_now().year + 1
        names = self.partitions(database) - {"inbox_default"}
        return sorted((name for name in names if int(name[7:11]) <= last), reverse=True)

    def test_a_later_migration_adds_the_months_that_have_come(self, url: str) -> None:
        target = Config.read({"DATABASE_URL": url}).database_url("probe")
        create_database(target)
        upgrade("probe", target)
        with opened(url) as database:
            (newest, *_) = self.months(database)
            tell(database, f"DROP TABLE {newest}")
            assert upgrade("probe", target) == []
            assert newest in self.partitions(database)


def test_a_replica_waits_until_its_schema_stands(url: str) -> None:
    env = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, "-m", "libs.common.migrate", "--wait", "probe"]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as waiting:
        assert waiting.stderr is not None
        assert "does not exist" in waiting.stderr.readline()
        create_database(Config.read({"DATABASE_URL": url}).database_url("probe"))
        assert "waits for its migrations" in waiting.stderr.readline()
        assert migrate(url, "probe").returncode == 0
        assert waiting.communicate(timeout=30)[0] == "probe: current\n"


def test_a_schema_of_a_later_release_is_current_too(url: str) -> None:
    assert migrate(url, "probe").returncode == 0
    target = Config.read({"DATABASE_URL": url}).database_url("probe")
    assert is_current("probe", target)
    with opened(url) as database:
        tell(database, "UPDATE alembic_version SET version_num = 'of_a_later_release'")
    assert is_current("probe", target)
