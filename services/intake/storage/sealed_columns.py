"""What this service keeps sealed, for the rotation of keys."""

from libs.common.crypto.sealed_columns import SealedColumn
from services.intake.storage.contact_book import contact_context
from services.intake.storage.external_records import record_context
from services.intake.storage.receipts import raw_context

SEALED = (
    SealedColumn(
        "contacts",
        "value_encrypted",
        ("contact_id",),
        lambda row: contact_context(row.contact_id),
    ),
    SealedColumn(
        "raw_messages",
        "body",
        ("receipt_id", "received_at"),
        lambda row: raw_context(row.receipt_id),
    ),
    SealedColumn(
        "external_records",
        "sealed",
        ("record_id",),
        lambda row: record_context(row.record_id),
    ),
)
