"""A customer who complains again and again is somebody's business: told once per ticket."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import RowMapping

from libs.common.contracts.envelope import Event
from libs.common.contracts.sla import AbnormalityFound
from libs.common.database.unit_of_work import UnitOfWork
from services.sla.storage.complaints import keep_abnormalities, repeated_complaints
from services.sla.storage.settings_row import read_settings

_KIND = "repeated_complaint"


def find_complaints(
    uow: UnitOfWork,
    headers: Sequence[Mapping[str, Any]],
    now: datetime,
    causes: Mapping[UUID, Event],
) -> None:
    """Look at the complaints of those customers who have one among these tickets.

    The customers are guarded: of two complaints that arrive at once the second sees the first.
    """
    customers = {header["customer_id"] for header in headers if header["kind"] == "complaint"}
    if not customers:
        return
    rule = read_settings(uow.session)["repeated_complaint"]
    if not rule["is_active"]:
        return
    count, days = rule["count"], rule["days"]
    rows = repeated_complaints(uow.session, customers, count=count, days=days, now=now)
    found = {uuid5(row["ticket_id"], _KIND): row for row in rows}
    if not found:
        return
    new = keep_abnormalities(
        uow.session,
        [
            {
                "abnormality_id": key,
                "ticket_id": row["ticket_id"],
                "kind": _KIND,
                "found_at": now,
                "facts": {"count": row["times"], "days": days},
            }
            for key, row in found.items()
        ],
    )
    for key, row in found.items():
        if key in new:
            cause = causes.get(row["ticket_id"])
            _tell(uow, key, row, {"count": row["times"], "days": days}, rule, now, cause)


def _tell(
    uow: UnitOfWork,
    key: UUID,
    row: RowMapping,
    facts: Mapping[str, Any],
    rule: Mapping[str, Any],
    now: datetime,
    cause: Event | None,
) -> None:
    named = ("ticket_id", "number", "customer_id", "assignee_id", "group_id")
    data = {
        **{name: row[name] for name in named},
        "abnormality_id": key,
        "kind": _KIND,
        "found_at": now,
        "facts": facts,
        "recipients": rule["recipients"],
        "actions": rule["actions"],
    }
    is_urgent = row["urgency"] == "critical"
    subject = str(row["ticket_id"])
    uow.emit(AbnormalityFound, subject=subject, data=data, time=now, cause=cause, urgent=is_urgent)
