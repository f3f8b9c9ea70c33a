"""Uploaded files: staged first, then claimed by the entry that shows them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor
from libs.common.blobs.keys import check_key
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.ids import uuid7
from libs.common.scanning import CLEAN
from services.ticketing.domain import checks
from services.ticketing.domain.timeline import Attachment
from services.ticketing.storage import attachment_rows

BLOB_OWNER = "ticketing"


def stage_attachment(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    blob_key: str,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    scan_state: str | None = None,
) -> Attachment:
    """Remember an uploaded file; who uploaded it may attach it within 48 hours.

    `scan_state` is what the scanner said on its way in: `clean`, or None where it was not asked.
    """
    if scan_state is not None:
        checks.one_of("scan_state", scan_state, (CLEAN,))
    if not isinstance(blob_key, str) or not blob_key.startswith(f"{BLOB_OWNER}/"):
        # What is staged here is swept here, so it must be ours to delete.
        raise field_error("blob_key", "not a blob of ticketing", "blob_key.invalid")
    file = Attachment(
        attachment_id=uuid7(),
        blob_key=check_key(blob_key),
        name=checks.required_text("name", name, checks.SUBJECT_LIMIT),
        media_type=checks.required_text("media_type", media_type, checks.SUBJECT_LIMIT),
        size=size,
        sha256=checks.required_text("sha256", sha256, 64),
    )
    attachment_rows.stage(uow.session, file, actor.subject, now, scan_state)
    return file


def claim_attachments(
    uow: UnitOfWork, actor: Actor, ticket_id: UUID, attachment_ids: Sequence[UUID]
) -> tuple[Attachment, ...]:
    """The files in the given order, now the ticket's; refuses any that this actor did not stage."""
    if not attachment_ids:
        return ()
    if len(attachment_ids) > checks.ATTACHMENTS_LIMIT:
        message = f"must have at most {checks.ATTACHMENTS_LIMIT} members"
        raise field_error("attachment_ids", message, "field.too_long")
    wanted = list(dict.fromkeys(attachment_ids))
    found = attachment_rows.claim(uow.session, wanted, ticket_id, actor.subject)
    missing = [str(wanted_id) for wanted_id in wanted if wanted_id not in found]
    if missing:
        message = f"not among your uploads: {', '.join(missing)}"
        raise field_error("attachment_ids", message, "attachment.unknown")
    return tuple(found[wanted_id] for wanted_id in wanted)
