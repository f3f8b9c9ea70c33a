"""Partitioned tables are made from a plain CREATE TABLE; what they do is tested with a database."""

import pytest

from libs.common.database.partitions import create_partitioned


@pytest.mark.parametrize("statement", ["", "ALTER TABLE entries ADD x int", "CREATE INDEX i ON t"])
def test_only_a_create_table_can_be_partitioned(statement: str) -> None:
    with pytest.raises(ValueError, match="CREATE TABLE"):
        create_partitioned(None, statement, "created_at")
