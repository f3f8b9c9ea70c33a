"""Mail addresses and numbers of staff, as the directory last told them."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, Undecryptable, field_context
from services.notify.storage.tables import PersonContactRow

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PersonContact:
    """Where a member of staff can be reached."""

    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


def keep_contacts(session: Session, keys: KeyRing, people: Iterable[Mapping[str, Any]]) -> None:
    """`people`: data of directory.person_changed; of two states the higher version holds."""
    newest: dict[UUID, Mapping[str, Any]] = {}
    for person in people:
        known = newest.get(person["person_id"])
        if known is None or known["version"] < person["version"]:
            newest[person["person_id"]] = person
    if not newest:
        return
    statement = insert(PersonContactRow).values([_row(keys, newest[key]) for key in sorted(newest)])
    new = statement.excluded
    columns = ("version", "email_encrypted", "phone_encrypted")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[PersonContactRow.person_id],
            set_={name: new[name] for name in columns},
            where=PersonContactRow.version <= new.version,
        )
    )


def find_contacts(
    session: Session, keys: KeyRing, people: Collection[UUID]
) -> dict[UUID, PersonContact]:
    """Of those who are known."""
    if not people:
        return {}
    rows = session.scalars(
        select(PersonContactRow).where(PersonContactRow.person_id.in_(list(people)))
    )
    return {row.person_id: _contact(keys, row) for row in rows}


def contact_context(name: str, person_id: UUID) -> str:
    """What a sealed address is bound to; `name` is email or phone."""
    return field_context("person_contacts", name, person_id)


def _row(keys: KeyRing, person: Mapping[str, Any]) -> dict[str, Any]:
    # Whoever has left is not reached.
    wanted = person if person["is_active"] else {}
    row = {"person_id": person["person_id"], "version": person["version"]}
    for name in ("email", "phone"):
        value = wanted.get(name)
        context = contact_context(name, person["person_id"])
        row[f"{name}_encrypted"] = keys.encrypt_text(value, context) if value else None
    return row


def _contact(keys: KeyRing, row: PersonContactRow) -> PersonContact:
    def opened(name: str, sealed: bytes | None) -> str | None:
        return sealed and keys.decrypt_text(sealed, contact_context(name, row.person_id))  # type: ignore[return-value]

    try:
        return PersonContact(
            opened("email", row.email_encrypted), opened("phone", row.phone_encrypted)
        )
    except Undecryptable:
        _log.exception("the contacts of person %s cannot be read", row.person_id)
        return PersonContact()
