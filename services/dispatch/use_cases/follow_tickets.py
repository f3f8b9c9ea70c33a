"""Follows what happens to tickets, in batches and in any order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.contracts.envelope import Event
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from services.dispatch.storage.assignment_rows import note_returns
from services.dispatch.storage.ticket_copies import keep_dues, keep_headers, lock_tickets
from services.dispatch.use_cases.reading_events import header_row, read_events
from services.dispatch.use_cases.settle_tickets import settle_tickets


def follow_tickets(uow: UnitOfWork, events: Sequence[Event], now: datetime, zone: ZoneInfo) -> None:
    """Copy the newest headers, hear ticketing's answers, and settle each ticket once."""
    told = read_events(events)
    session = uow.session
    lock_tickets(session, told.touched)
    keep_headers(session, told.headers.values())
    keep_dues(session, told.dues.values())
    note_returns(session, [(*key, cause) for key, cause in told.returns.items()])
    settle_tickets(uow, told.touched, now, zone, told)
    crash_point("dispatch_after_settling_before_commit")


def reconcile_tickets(
    uow: UnitOfWork, items: Iterable[Mapping[str, Any]], now: datetime, zone: ZoneInfo
) -> dict[str, int]:
    """Settle tickets by headers as ticketing has them now; says how many differed.

    An item is a ticket's header as events carry it. Raises InvalidInput for one that is not.
    """
    rows = [_row(place, item) for place, item in enumerate(items)]
    ids = {row["ticket_id"] for row in rows}
    lock_tickets(uow.session, ids)
    keep_headers(uow.session, rows)
    return {"seen": len(rows), "changed": settle_tickets(uow, ids, now, zone)}


def _row(place: int, item: Mapping[str, Any]) -> dict[str, Any]:
    try:
        row = header_row(item)
        row["ticket_id"] = UUID(str(item["ticket_id"]))
        row["epoch"] = int(item.get("assignment_epoch", item.get("epoch", 0)))
        row["region_id"] = row["region_id"] or item.get("region_id")
        row["department_id"] = row["department_id"] or item.get("department_id")
        row["occurred_at"] = item.get("occurred_at") or item["created_at"]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise field_error(f"items[{place}]", f"is no ticket's header: {error!r}") from None
    return row
