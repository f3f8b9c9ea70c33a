"""Lists of receipts are read by an index, however many messages there are."""

import pytest

from services.intake.queries.receipts import STATES
from tests.integration.intake.desk import Desk

NEWEST = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; EXPLAIN SELECT * FROM receipts "
    "WHERE state = '{}' ORDER BY received_at DESC, receipt_id DESC LIMIT 100"
)


@pytest.mark.parametrize("state", STATES)
def test_the_newest_of_a_state_are_read_by_their_index(desk: Desk, state: str) -> None:
    with desk.database.engine.begin() as connection:
        plan = [row[0] for row in connection.exec_driver_sql(NEWEST.format(state))]
    index = {"accepted": "waiting"}.get(state, state)
    assert any(f"Backward using ix_receipts_{index}" in line for line in plan), plan
    assert not any("Sort" in line for line in plan)
