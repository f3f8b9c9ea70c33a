"""A condition judges facts as its SQL judges the same facts in a row."""

import os
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    cast,
    column,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.common.conditions import FIELDS, Condition, parse_condition
from libs.common.conditions.sql import Tree, to_sql
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.errors import InvalidInput
from libs.common.testing.databases import Databases
from tests.support.conditions import PATHS, conditions, facts

_TYPES: dict[str, tuple[Any, str]] = {
    "choice": (Text(), "text"),
    "rank": (Text(), "text"),
    "text": (Text(), "text"),
    "id": (Uuid(), "uuid"),
    "list": (ARRAY(Text), "text[]"),
    "tree": (ARRAY(Uuid), "uuid[]"),
    "instant": (DateTime(timezone=True), "timestamptz"),
    "number": (Integer(), "integer"),
}
_PATH = column("category_id", ARRAY(Uuid))
_NODES = ", ".join(f"('{path[-1]}'::uuid, '{{{','.join(path)}}}'::uuid[])" for path in PATHS)


def _below(ids: Sequence[UUID]) -> Select[Any]:
    found = select(column("id", Uuid)).select_from(text(f"(VALUES {_NODES}) AS tree (id, path)"))
    return found.where(column("path", ARRAY(Uuid)).overlap(cast(list(ids), ARRAY(Uuid))))


COLUMNS: dict[str, ColumnElement[Any] | Tree] = {
    **{name: column(name, _TYPES[field.type][0]) for name, field in FIELDS.items()},
    "category_id": Tree(_PATH[func.cardinality(_PATH)], _below),
    "fields": column("fields", JSONB),
}
_SHAPE = ", ".join(f"{name} {_TYPES[field.type][1]}" for name, field in FIELDS.items())


@pytest.fixture(scope="module")
def connection(databases: Databases) -> Iterator[Connection]:
    """Of a database with a type for rows of facts."""
    label = f"tidedesk_conditions_{os.getpid()}"
    url = databases.create(label, ["ticketing"])
    database = Database.connect("ticketing", Config.read({"DATABASE_URL": url}))
    with database.engine.connect() as opened:
        opened.execute(text(f"CREATE TEMP TABLE probe (row integer, {_SHAPE}, fields jsonb)"))
        yield opened
    database.close()
    databases.drop(label, ["ticketing"])


def parsed(raw: Any) -> Condition | None:
    try:
        return parse_condition(raw)
    except InvalidInput as error:
        if error.code != "condition.never_holds":
            raise
        return None


def in_sql(connection: Connection, asked: list[Condition], rows: list[Any]) -> list[list[bool]]:
    """For each row, what each of the conditions says."""
    numbered = [{"row": number, **row} for number, row in enumerate(rows)]
    filters = [func.coalesce(to_sql(one, COLUMNS), False) for one in asked]
    statement = (
        select(*filters)
        .select_from(text("json_populate_recordset(NULL::probe, CAST(:rows AS json))"))
        .order_by(column("row"))
    )
    found = connection.execute(statement, {"rows": orjson.dumps(numbered).decode()})
    return [list(row) for row in found]


@given(
    st.lists(conditions(), min_size=1, max_size=12),
    st.lists(facts(), min_size=1, max_size=12),
)
@settings(max_examples=80)
def test_a_condition_and_its_sql_agree(connection, raws, rows):
    asked = [one for raw in raws if (one := parsed(raw)) is not None]
    if asked:
        judged = [[one.holds(row) for one in asked] for row in rows]
        assert in_sql(connection, asked, rows) == judged


ROWS: list[dict[str, object]] = [
    {"kind": "complaint", "subject": "APP 崩溃", "tags": ["商家"], "fields": {"n": 5}},
    {"kind": "complaint", "subject": "100% 退款", "tags": [], "fields": {"n": "5"}},
    {"kind": "repair", "subject": None, "tags": None, "fields": {}},
]


@pytest.mark.parametrize(
    ("raw", "judged"),
    [
        ({}, [True, True, True]),
        ({"none": []}, [True, True, True]),
        ({"field": "kind", "op": "is_not", "value": "repair"}, [True, True, False]),
        ({"field": "subject", "op": "contains", "value": "app"}, [True, False, False]),
        ({"field": "subject", "op": "contains", "value": "0%"}, [False, True, False]),
        ({"field": "subject", "op": "not_contains", "value": "%"}, [True, False, True]),
        ({"field": "subject", "op": "contains", "value": "_"}, [False, False, False]),
        ({"field": "tags", "op": "has_none", "value": ["vip"]}, [True, True, True]),
        ({"field": "tags", "op": "is_set"}, [True, False, False]),
        ({"field": "fields.n", "op": "ge", "value": 5}, [True, False, False]),
        ({"field": "fields.n", "op": "is", "value": "5"}, [False, True, False]),
        ({"none": [{"field": "fields.n", "op": "is", "value": 5}]}, [False, True, True]),
    ],
)
def test_rows_are_found_as_one_reads_the_condition(connection, raw, judged):
    condition = parse_condition(raw)
    assert [one for [one] in in_sql(connection, [condition], ROWS)] == judged
    assert [condition.holds(row) for row in ROWS] == judged


def test_a_field_without_a_column_is_refused_by_its_name():
    condition = parse_condition({"field": "weekday", "op": "is", "value": 1})
    with pytest.raises(InvalidInput) as caught:
        to_sql(condition, {"kind": COLUMNS["kind"]})
    assert caught.value.code == "condition.not_searchable"
    assert list(caught.value.details["errors"]) == ["weekday"]


def test_custom_fields_of_every_type_are_told_apart_alike(connection):
    scalars: list[Any] = [0, 1, 1.0, 1.5, True, False, "1", "true", "a"]
    values = [*scalars, *([one] for one in scalars), [1, True, "1"], None, "", []]
    rows = [{"fields": {}}, *({"fields": {"n": value}} for value in values)]
    asked = [
        *({"op": op, "value": one} for op in ("is", "is_not") for one in scalars),
        *(
            {"op": op, "value": [one, "x"]}
            for op in ("in", "has_any", "has_none")
            for one in scalars
        ),
        *({"op": "has_all", "value": [one]} for one in scalars),
        *({"op": op, "value": 1} for op in ("gt", "ge", "lt", "le")),
        *({"op": op, "value": "1"} for op in ("contains", "not_contains", "starts_with")),
        *({"op": op} for op in ("is_set", "is_not_set")),
    ]
    read = [parse_condition({"field": "fields.n", **one}) for one in asked]
    judged = [[one.holds(row) for one in read] for row in rows]
    assert in_sql(connection, read, rows) == judged
    assert len({tuple(row) for row in judged}) > 15
