"""What this service keeps sealed, for the rotation of keys."""

from libs.common.crypto.sealed_columns import PlainRows, SealedColumn
from services.ticketing.storage.sealed_texts import entry_context, solution_context

SEALED = (
    SealedColumn(
        "timeline_entries",
        "sealed",
        ("entry_id", "created_at"),
        lambda row: entry_context(row.entry_id),
    ),
    SealedColumn(
        "tickets",
        "sealed_solution",
        ("ticket_id",),
        lambda row: solution_context(row.ticket_id),
    ),
)

# The condition of the index `ix_timeline_entries_plain`. A plain solution has a plain entry.
PLAIN_ENTRIES = PlainRows(
    "timeline_entries",
    "sealed IS NULL AND (text IS NOT NULL OR html IS NOT NULL "
    "OR (event ->> 'note') IS NOT NULL OR (event ->> 'reason') IS NOT NULL)",
)
PLAIN = (PLAIN_ENTRIES,)
