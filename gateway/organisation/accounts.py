"""Accounts of staff and employees: made, changed, given a new password, switched off and on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.auth.passwords import new_initial_password
from gateway.auth.sessions import revoke_all
from gateway.organisation.account_checks import (
    refuse_groups,
    refuse_groups_of_others,
    refuse_lost_places,
    refuse_places,
)
from gateway.organisation.account_views import show_account
from gateway.organisation.contacts import seal_email, seal_phone
from gateway.organisation.membership import count_change_of_groups, find_places, put_in, take_out
from gateway.organisation.rights import (
    Granter,
    Grants,
    gained,
    read_roles,
    refuse_beyond,
    refuse_own,
    role_to_give,
    wait_for_role_changes,
)
from gateway.organisation.state import begin_change, refuse_stale, refusing_taken
from gateway.organisation.telling import tell_groups, tell_people
from gateway.roles.keeping import refuse_without_keeper
from gateway.roles.rules import KEEPERS
from gateway.storage.people import Person
from libs.common.crypto import BlindIndex
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden, NotFound
from libs.common.ids import uuid7

_CONTACTS = ("email", "phone")

_PLACE = {"role", "department_id", "region_id", "groups"}


@dataclass(frozen=True)
class Change:
    """What an account was and is, and what its holder may do since then and not before."""

    before: dict[str, Any]
    after: dict[str, Any]
    gained: tuple[str, ...] = ()


@dataclass(frozen=True)
class Issued:
    """An account with a new initial password, and what its holder may do that few may."""

    account: dict[str, Any]
    password: str
    gained: tuple[str, ...] = ()


@dataclass(frozen=True)
class AccountDesk:
    """Carries out one command on accounts for somebody, in an open transaction."""

    uow: UnitOfWork
    index: BlindIndex
    granter: Granter
    now: datetime

    @property
    def _session(self) -> Session:
        return self.uow.session

    def create(self, values: Mapping[str, Any]) -> Issued:
        """Raises InvalidInput, Forbidden for a role beyond the granter's, Conflict."""
        begin_change(self._session)
        groups = places_of(values["groups"])
        role = role_to_give(read_roles(self._session), values["role"], self.granter)
        refuse_groups_of_others(role, groups)
        refuse_places(self._session, values)
        refuse_groups(self._session, groups, {})
        person_id = uuid7()
        password, password_hash = new_initial_password(self.now)
        columns = self._columns(person_id, values)
        person = new_person(person_id, columns, password_hash, self.now)
        self._session.add(person)
        with refusing_taken():
            self._session.flush()
        self._move(person_id, {}, groups)
        tell_people(self.uow, [person_id])
        return Issued(self._show(person), password, tuple(sorted(KEEPERS & role.permissions)))

    def _refuse_moving_oneself(self, person_id: UUID, changes: Mapping[str, Any]) -> None:
        """Where somebody belongs decides what they see: nobody widens their own view by it."""
        is_oneself = person_id == self.granter.person_id
        if is_oneself and _PLACE & set(changes) and "role.manage" not in self.granter.permissions:
            raise Forbidden("person.self", "somebody else must change your role or place")

    def change(self, person_id: UUID, version: int | None, changes: Mapping[str, Any]) -> Change:
        """Raises NotFound, Stale, InvalidInput, Forbidden, and Conflict for what is taken."""
        person, role = self._open(person_id)
        self._refuse_moving_oneself(person_id, changes)
        refuse_stale(person.version, version)
        before, kept = self._show(person), find_places(self._session, [person_id])[person_id]
        new_role = self._new_role(role, changes)
        groups = places_of(changes["groups"]) if "groups" in changes else kept
        refuse_groups_of_others(new_role, groups)
        refuse_groups(self._session, groups, kept)
        refuse_places(self._session, _new_places(person, changes))
        columns = self._columns(person_id, changes)
        if not _differing(person, columns) and groups == kept:
            return Change(before, before)
        self._write(person, columns)
        self._move(person_id, kept, groups)
        if new_role is not role:
            refuse_without_keeper(self._session)
        tell_people(self.uow, [person_id])
        return Change(before, self._show(person), tuple(gained(role, new_role)))

    def set_activity(self, person_id: UUID, is_active: bool) -> Change:
        """Switching off ends the sessions; Conflict for oneself and for the last administrator."""
        person, _ = self._open(person_id)
        before = self._show(person)
        if person.is_active == is_active:
            return Change(before, before)
        refuse_own(person_id, self.granter)
        if is_active:
            refuse_lost_places(self._session, person)
        self._write(person, {"is_active": is_active})
        if not is_active:
            revoke_all(self._session, person_id, self.now)
        refuse_without_keeper(self._session)
        tell_people(self.uow, [person_id])
        return Change(before, self._show(person))

    def reset_password(self, person_id: UUID) -> Issued:
        """A new initial password; whoever was logged in is out."""
        person, _ = self._open(person_id)
        refuse_own(person_id, self.granter)
        password, person.password_hash = new_initial_password(self.now)
        person.must_change_password = True
        person.password_changed_at = None
        person.updated_at = self.now
        revoke_all(self._session, person_id, self.now)
        self._session.flush()
        return Issued(self._show(person), password)

    def _open(self, person_id: UUID) -> tuple[Person, Grants]:
        """The person, locked, and the present role, which the granter's covers."""
        wait_for_role_changes(self._session)
        begin_change(self._session)
        query = select(Person).where(Person.person_id == person_id).with_for_update()
        person = self._session.scalar(query)
        if person is None:
            raise NotFound("person.unknown", "there is no such person")
        role = read_roles(self._session)[person.role]
        refuse_beyond(role, person_id, self.granter)
        return person, role

    def _new_role(self, role: Grants, changes: Mapping[str, Any]) -> Grants:
        if changes.get("role", role.key) == role.key:
            return role
        return role_to_give(read_roles(self._session), changes["role"], self.granter)

    def _columns(self, person_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as they are stored: contact data sealed, groups elsewhere."""
        apart = {*_CONTACTS, "groups"}
        columns = {name: value for name, value in values.items() if name not in apart}
        if "email" in values:
            columns |= seal_email(self._session, self.index, person_id, values["email"])
        if "phone" in values:
            columns |= seal_phone(self._session, self.index, person_id, values["phone"])
        return columns

    def _write(self, person: Person, columns: Mapping[str, Any]) -> None:
        for name, value in _differing(person, columns).items():
            setattr(person, name, value)
        person.version += 1
        person.updated_at = self.now
        with refusing_taken():
            self._session.flush()

    def _move(self, person_id: UUID, old: Mapping[UUID, bool], new: Mapping[UUID, bool]) -> None:
        """Into the new groups and out of the others."""
        changed = {group: leads for group, leads in new.items() if old.get(group) != leads}
        gone = old.keys() - new.keys()
        put_in(self._session, [(group, person_id, leads) for group, leads in changed.items()])
        take_out(self._session, [(group, person_id) for group in gone])
        if concerned := [*changed, *gone]:
            count_change_of_groups(self._session, concerned)
            tell_groups(self.uow, concerned)

    def _show(self, person: Person) -> dict[str, Any]:
        return show_account(self._session, person, is_masked=False)


def new_person(
    person_id: UUID, columns: Mapping[str, Any], password_hash: str, now: datetime
) -> Person:
    """Somebody who has to choose a password first."""
    return Person(
        person_id=person_id,
        password_hash=password_hash,
        is_active=True,
        must_change_password=True,
        created_at=now,
        updated_at=now,
        version=1,
        **columns,
    )


def places_of(groups: list[dict[str, Any]]) -> dict[UUID, bool]:
    """By group, whether the person leads it."""
    return {group["group_id"]: group["is_lead"] for group in groups}


def _new_places(person: Person, changes: Mapping[str, Any]) -> dict[str, Any]:
    names = ("department_id", "region_id")
    changed = {name: changes[name] for name in names if name in changes}
    return {name: value for name, value in changed.items() if getattr(person, name) != value}


def _differing(person: Person, columns: Mapping[str, Any]) -> dict[str, Any]:
    """What is not so already. Sealed values differ each time: their indexes tell."""
    same_email = columns.get("email_index") == person.email_index
    same_phone = columns.get("phone_index") == person.phone_index
    same = {"email_sealed"} if same_email else set()
    same |= {"phone_sealed", "phone_verified_at"} if same_phone else set()
    return {
        name: value
        for name, value in columns.items()
        if name not in same and getattr(person, name) != value
    }
