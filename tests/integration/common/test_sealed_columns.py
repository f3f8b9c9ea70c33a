"""Every column of sealed values is declared for rotation and has the index that rotation reads."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from libs.common.config import Config
from libs.common.crypto.rotation import PLATFORM
from libs.common.crypto.sealed_columns import declared_by
from libs.common.database.unit_of_work import Database
from libs.common.migrate import owners
from libs.common.testing.databases import Databases

OWNERS = owners()

_COLUMNS = text(
    "SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
    "WHERE atttypid = 'bytea'::regtype AND attname ~ '(^|_)(sealed|encrypted)(_|$)' "
    "AND relkind IN ('r', 'p') AND NOT relispartition"
)
_INDEXES = text(
    r"SELECT relname FROM pg_class WHERE relkind IN ('i', 'I') AND relname LIKE 'ix\_%\_key\_id' "
    "AND NOT relispartition"
)


@pytest.fixture(scope="module")
def url(databases: Databases) -> Iterator[str]:
    label = f"tidedesk_columns_{os.getpid()}"
    yield databases.create(label, OWNERS)
    databases.drop(label, OWNERS)


@pytest.mark.parametrize("owner", OWNERS)
def test_what_is_sealed_is_declared_and_indexed(url: str, owner: str) -> None:
    declared = {(one.table, one.column) for one in (*PLATFORM, *declared_by(owner)[0])}
    database = Database.connect(owner, Config.read({"DATABASE_URL": url}))
    with database.engine.connect() as connection:
        named = {(row.relname, row.attname) for row in connection.execute(_COLUMNS)}
        indexes = set(connection.execute(_INDEXES).scalars())
        keys = {
            table: set(
                connection.execute(
                    text(
                        "SELECT attname FROM pg_index JOIN pg_attribute "
                        "ON attrelid = indrelid AND attnum = ANY(indkey) "
                        "WHERE indisprimary AND indrelid = to_regclass(:table)"
                    ),
                    {"table": table},
                ).scalars()
            )
            for table, _ in declared
        }
    database.close()
    assert named - declared == set()
    assert indexes == {f"ix_{table}_{column}_key_id" for table, column in declared}
    for one in (*PLATFORM, *declared_by(owner)[0]):
        assert set(one.key) == keys[one.table]
