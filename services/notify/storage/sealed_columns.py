"""What this service keeps sealed, for the rotation of keys."""

from libs.common.crypto.sealed_columns import SealedColumn
from services.notify.storage import endpoints, webhooks
from services.notify.storage.addresses import name_context, value_context
from services.notify.storage.codes import address_context, code_context
from services.notify.storage.deliveries import content_context
from services.notify.storage.person_contacts import contact_context
from services.notify.storage.surveys import comment_context, header_context
from services.notify.storage.ticket_copies import subject_context

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
    SealedColumn(
        "ticket_copies",
        "subject_encrypted",
        ("ticket_id",),
        lambda row: subject_context(row.ticket_id),
    ),
    SealedColumn(
        "person_contacts",
        "email_encrypted",
        ("person_id",),
        lambda row: contact_context("email", row.person_id),
    ),
    SealedColumn(
        "person_contacts",
        "phone_encrypted",
        ("person_id",),
        lambda row: contact_context("phone", row.person_id),
    ),
    SealedColumn("codes", "code_encrypted", ("code_id",), lambda row: code_context(row.code_id)),
    SealedColumn(
        "endpoints",
        "url_encrypted",
        ("endpoint_id",),
        lambda row: endpoints.url_context(row.endpoint_id),
    ),
    SealedColumn(
        "endpoints",
        "secret_encrypted",
        ("endpoint_id",),
        lambda row: endpoints.secret_context(row.endpoint_id),
    ),
    SealedColumn(
        "webhooks",
        "secret_encrypted",
        ("webhook_id",),
        lambda row: webhooks.secret_context(row.webhook_id),
    ),
    SealedColumn(
        "webhooks",
        "previous_secret_encrypted",
        ("webhook_id",),
        lambda row: webhooks.previous_context(row.webhook_id),
    ),
    SealedColumn(
        "surveys", "header_encrypted", ("survey_id",), lambda row: header_context(row.survey_id)
    ),
    SealedColumn(
        "surveys", "comment_encrypted", ("survey_id",), lambda row: comment_context(row.survey_id)
    ),
)
