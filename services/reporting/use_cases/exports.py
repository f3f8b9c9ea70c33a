"""Exports are ordered, cancelled, and end: a job writes them, another one lets them go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from libs.common.actor import Actor
from libs.common.blobs import Blobs
from libs.common.blobs.sweep import sweep_unknown
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import NotFound, TooMany
from libs.common.ids import uuid7
from services.reporting.domain.exports import (
    FORGOTTEN,
    MOST_UNFINISHED,
    pause_after,
)
from services.reporting.storage import exports as storage

BLOB_OWNER = "reporting"
_FILES = 50


def create_export(
    uow: UnitOfWork, now: datetime, actor: Actor, owner_id: UUID, values: Mapping[str, Any]
) -> RowMapping:
    """Wait for a writer, with the data scope that the actor has now; raises TooMany."""
    if storage.count_unfinished(uow.session, owner_id) >= MOST_UNFINISHED:
        message = f"no more than {MOST_UNFINISHED} exports of one person are made at a time"
        raise TooMany("export.too_many", message, {"retry_after": 30})
    row = {
        "export_id": uuid7(),
        "owner_id": owner_id,
        "actor": freeze_actor(actor),
        "now": now,
        **values,
    }
    return storage.add_export(uow.session, row)


def remove_export(uow: UnitOfWork, now: datetime, owner_id: UUID, export_id: UUID) -> RowMapping:
    """Cancel what is unfinished; of anything else row and file go."""
    row = storage.lock_export(uow.session, export_id, owner_id)
    if row is None:
        raise NotFound("export.unknown", "there is no such export")
    storage.remove_export(uow.session, export_id, now)
    return row


def claim_export(database: Database, owner: UUID, now: datetime) -> UUID | None:
    """The next one that may be written; those that failed too often end on the way."""
    while True:
        with database.begin() as uow:
            claimed = storage.claim_export(uow.session, owner, now)
            uow.commit()
        if claimed is None:
            return None
        export_id, may_run = claimed
        if may_run:
            return export_id


def give_back_export(
    database: Database, export_id: UUID, owner: UUID, now: datetime, *, is_counted: bool
) -> None:
    """Its writer is gone: begin anew a little later, or at once if it was not its fault."""
    next_at = now + pause_after(1) if is_counted else now
    with database.begin() as uow:
        storage.give_back(uow.session, export_id, owner, next_at, is_counted=is_counted)
        uow.commit()


def drop_files(database: Database, blobs: Blobs, now: datetime) -> bool:
    """Files of removed and expired exports; whether there may be more.

    Deleted before the rows say so: a crash in between deletes them once more, which is no error.
    """
    with database.begin() as uow:
        files = storage.files_over(uow.session, now, _FILES)
        for key in files.values():
            blobs.delete(key)
        storage.forget_files(uow.session, list(files))
        storage.forget_exports(uow.session, now - FORGOTTEN)
        uow.commit()
    return len(files) == _FILES


def sweep_files(database: Database, blobs: Blobs, now: datetime) -> int:
    """Delete files without a row, left by a crash between the two; returns how many."""

    def known(keys: list[str]) -> set[str]:
        with database.begin(read_only=True) as uow:
            return storage.known_files(uow.session, keys)

    return sweep_unknown(blobs, BLOB_OWNER, now, known)


def freeze_actor(actor: Actor) -> dict[str, Any]:
    """Who asked and what they saw then; nothing that would let anybody act for them."""
    subject = None if actor.subject is None else str(actor.subject)
    return {"subject": subject, "name": actor.name, "kind": actor.kind, "scopes": actor.scopes}


def thaw_actor(frozen: Mapping[str, Any]) -> Actor:
    """The same with no permissions."""
    subject = frozen["subject"]
    return Actor(
        subject=None if subject is None else UUID(subject),
        name=frozen["name"],
        kind=frozen["kind"],
        scopes=dict(frozen["scopes"]),
    )
