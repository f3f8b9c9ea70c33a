"""What people see of themselves, and may change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.organisation.account_views import show_account
from gateway.organisation.contacts import seal_email
from gateway.organisation.people import find_person
from gateway.organisation.state import refuse_stale, refusing_taken
from gateway.organisation.telling import tell_people
from gateway.storage.people import Person
from libs.common.crypto import BlindIndex
from libs.common.database.unit_of_work import UnitOfWork


def show_profile(session: Session, person_id: UUID) -> dict[str, Any]:
    """The own account, nothing shortened; raises NotFound for programs, which have none."""
    return show_account(session, find_person(session, person_id), is_masked=False)


def change_profile(
    uow: UnitOfWork,
    index: BlindIndex,
    now: datetime,
    person_id: UUID,
    version: int | None,
    changes: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after; raises Stale, InvalidInput, and Conflict for somebody else's address."""
    session = uow.session
    session.execute(select(Person.person_id).where(Person.person_id == person_id).with_for_update())
    person = find_person(session, person_id)
    refuse_stale(person.version, version)
    before = show_account(session, person, is_masked=False)
    columns = {name: value for name, value in changes.items() if name != "email"}
    if "email" in changes:
        columns |= seal_email(session, index, person_id, changes["email"])
    for name, value in columns.items():
        setattr(person, name, value)
    person.version += 1
    person.updated_at = now
    with refusing_taken():
        session.flush()
    tell_people(uow, [person_id])
    return before, show_account(session, person, is_masked=False)
