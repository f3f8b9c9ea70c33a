"""What this service keeps sealed, for the rotation of keys."""

from sqlalchemy import Table

from libs.common.crypto.sealed_columns import PlainRows, SealedColumn
from services.ticketing.storage.bulk_rows import bulk_context
from services.ticketing.storage.problem_answer_rows import answer_context
from services.ticketing.storage.sealed_texts import (
    entry_context,
    fields_context,
    solution_context,
)
from services.ticketing.storage.worded_rows import words_context
from services.ticketing.storage.worded_tables import WORDED


def _words_of(table: Table) -> SealedColumn:
    [key] = (str(column.name) for column in table.primary_key.columns)
    return SealedColumn(
        table.name, "sealed", (key,), lambda row: words_context(table.name, getattr(row, key))
    )


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
    SealedColumn(
        "tickets",
        "sealed_fields",
        ("ticket_id",),
        lambda row: fields_context(row.ticket_id),
    ),
    SealedColumn("ticket_bulks", "sealed", ("bulk_id",), lambda row: bulk_context(row.bulk_id)),
    SealedColumn(
        "problem_answers", "sealed", ("answer_id",), lambda row: answer_context(row.answer_id)
    ),
    *map(_words_of, WORDED),
)

# The condition of the index `ix_timeline_entries_plain`. A plain solution has a plain entry.
PLAIN_ENTRIES = PlainRows(
    "timeline_entries",
    "sealed IS NULL AND (text IS NOT NULL OR html IS NOT NULL "
    "OR (event ->> 'note') IS NOT NULL OR (event ->> 'reason') IS NOT NULL)",
)
# The conditions of the indexes `ix_…_plain`.
PLAIN_WORDS = tuple(PlainRows(table.name, "sealed IS NULL") for table in WORDED)
PLAIN_ANSWERS = PlainRows("problem_answers", "sealed IS NULL")
PLAIN = (PLAIN_ENTRIES, *PLAIN_WORDS, PLAIN_ANSWERS)
