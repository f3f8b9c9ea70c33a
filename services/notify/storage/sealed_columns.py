"""What this service keeps sealed, for the rotation of keys."""

from libs.common.crypto.sealed_columns import SealedColumn
from services.notify.storage.addresses import name_context, value_context
from services.notify.storage.codes import address_context, code_context
from services.notify.storage.deliveries import content_context

SEALED = (
    SealedColumn(
        "addresses",
        "display_name_encrypted",
        ("customer_id",),
        lambda row: name_context(row.customer_id),
    ),
    SealedColumn(
        "contact_copies",
        "value_encrypted",
        ("contact_id",),
        lambda row: value_context(row.contact_id),
    ),
    SealedColumn(
        "deliveries",
        "content_encrypted",
        ("delivery_id", "created_at"),
        lambda row: content_context(row.delivery_id),
    ),
    SealedColumn(
        "codes", "address_encrypted", ("code_id",), lambda row: address_context(row.code_id)
    ),
    SealedColumn("codes", "code_encrypted", ("code_id",), lambda row: code_context(row.code_id)),
)
