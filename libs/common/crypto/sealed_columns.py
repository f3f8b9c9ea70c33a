"""Which columns hold sealed values, and how PostgreSQL itself sees under which key each one is.

The key id stands in the open at the beginning of a sealed value, so that an index can know it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values. `context` is told a row with the columns of the primary key."""

    table: str
    column: str
    key: tuple[str, ...]
    context: Callable[[Any], str]

    @property
    def key_id(self) -> str:
        """SQL: the id of the key that sealed a row's value; NULL where there is none."""
        return key_id_of(self.column)


@dataclass(frozen=True)
class PlainRows:
    """Rows that an option wants sealed and that are not yet; `condition` is SQL of an index."""

    table: str
    condition: str


def key_id_of(column: str) -> str:
    """SQL that reads the id from a sealed value's header, and only that from a large one."""
    length = f"get_byte(substr({column}, 2, 1), 0)"
    return f"CASE WHEN octet_length({column}) > 2 THEN substr({column}, 3, {length}) END"


def index_key_ids(op: Any, table: str, column: str) -> None:
    """Called by migrations with alembic's `op`: what rotation finds its rows by.

    Nearly all rows have the same id, which a B-tree stores once for many: seven bytes a row.
    """
    op.execute(
        f"CREATE INDEX IF NOT EXISTS ix_{table}_{column}_key_id ON {table} "
        f"(({key_id_of(column)})) WHERE {column} IS NOT NULL"
    )


def declared_by(owner: str) -> tuple[tuple[SealedColumn, ...], tuple[PlainRows, ...]]:
    """SEALED and PLAIN of the owner's module `storage.sealed_columns`, as far as it has them."""
    storage = "gateway.storage" if owner == "gateway" else f"services.{owner}.storage"
    name = f"{storage}.sealed_columns"
    if find_spec(storage) is None or find_spec(name) is None:
        return (), ()
    module = import_module(name)
    return module.SEALED, getattr(module, "PLAIN", ())
