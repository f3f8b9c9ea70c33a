"""What the gateway keeps sealed, for the rotation of keys."""

from gateway.storage.ticket_imports import row_context
from libs.common.crypto.key_ring import field_context
from libs.common.crypto.sealed_columns import SealedColumn


def _of_person(column: str, field: str) -> SealedColumn:
    return SealedColumn(
        "people",
        column,
        ("person_id",),
        lambda row: field_context("people", field, row.person_id),
    )


SEALED = (
    _of_person("email_sealed", "email"),
    _of_person("phone_sealed", "phone"),
    SealedColumn(
        "second_factors",
        "secret_sealed",
        ("person_id",),
        # As `gateway.login.totp` has it.
        lambda row: field_context("people", "totp", row.person_id),
    ),
    SealedColumn(
        "login_challenges",
        "phone_sealed",
        ("challenge_hash",),
        # As `gateway.login.own_phone` has it.
        lambda row: field_context("login_challenges", "phone", bytes(row.challenge_hash).hex()),
    ),
    SealedColumn(
        "ticket_import_rows",
        "content_sealed",
        ("import_id", "row_number"),
        lambda row: row_context(row.import_id, row.row_number),
    ),
)
