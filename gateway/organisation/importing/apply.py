"""Carries out planned steps as one change: units first, then people, then who is in which group."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from gateway.auth.passwords import new_initial_password
from gateway.organisation.accounts import new_person
from gateway.organisation.contacts import seal_normal
from gateway.organisation.importing.plan import Planner, Step
from gateway.organisation.membership import count_change_of_groups, put_in, take_out
from gateway.organisation.state import refusing_taken
from gateway.organisation.telling import tell_groups, tell_people
from gateway.organisation.units import DEPARTMENTS, REGIONS, insert_unit
from gateway.roles.keeping import refuse_without_keeper
from libs.common.crypto import BlindIndex
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7

_AT_ONCE = 500
_ABSENT = {"title": None, "extension": None, "department_id": None, "region_id": None, "zone": None}


def apply_steps(
    uow: UnitOfWork, index: BlindIndex, now: datetime, planner: Planner, steps: Sequence[Step]
) -> dict[int, tuple[UUID, str]]:
    """Those that do not fail; by line of the file, new people's ids and initial passwords."""
    _add_units(uow, planner)
    made: dict[int, tuple[UUID, str]] = {}
    people: dict[int, UUID] = {}
    for step in steps:
        if step.outcome == "created":
            person_id, password = _add_person(uow.session, index, now, step)
            made[step.row.line] = person_id, password
            people[step.row.line] = person_id
        elif step.outcome == "updated" and step.person is not None:
            _change_person(uow.session, index, now, step)
            people[step.row.line] = step.person.person_id
    with refusing_taken():
        uow.session.flush()
    _move(uow, [(people[step.row.line], step) for step in steps if step.row.line in people])
    refuse_without_keeper(uow.session)
    for some in _batches(list(people.values())):
        tell_people(uow, some)
    return made


def _add_units(uow: UnitOfWork, planner: Planner) -> None:
    for kind in (DEPARTMENTS, REGIONS):
        units = planner.new_units[kind.noun]
        for unit in units:
            insert_unit(uow.session, kind, unit, position=0)
        kind.tell(uow, [unit.unit_id for unit in units])


def _add_person(session: Session, index: BlindIndex, now: datetime, step: Step) -> tuple[UUID, str]:
    person_id = uuid7()
    password, password_hash = new_initial_password(now)
    usual = {**_ABSENT, "login": step.row.login, "language": "zh"}
    columns = {**usual, **_stored(session, index, person_id, step.columns)}
    session.add(new_person(person_id, columns, password_hash, now))
    return person_id, password


def _change_person(session: Session, index: BlindIndex, now: datetime, step: Step) -> None:
    assert step.person is not None
    columns = _stored(session, index, step.person.person_id, step.columns)
    for name, value in columns.items():
        setattr(step.person, name, value)
    step.person.version += 1
    step.person.updated_at = now


def _stored(
    session: Session, index: BlindIndex, person_id: UUID, columns: Mapping[str, Any]
) -> dict[str, Any]:
    """With addresses sealed."""
    stored = {name: value for name, value in columns.items() if name not in ("email", "phone")}
    for name in columns.keys() - stored.keys():
        stored |= seal_normal(session, index, person_id, name, columns[name])
    return stored


def _move(uow: UnitOfWork, moved: Sequence[tuple[UUID, Step]]) -> None:
    put: list[tuple[UUID, UUID, bool]] = []
    taken: list[tuple[UUID, UUID]] = []
    for person_id, step in moved:
        put += [
            (group, person_id, leads)
            for group, leads in step.groups.items()
            if step.old_groups.get(group) != leads
        ]
        taken += [(group, person_id) for group in step.old_groups.keys() - step.groups.keys()]
    for some in _batches(put):
        put_in(uow.session, some)
    take_out(uow.session, taken)
    concerned = {group for group, *_ in put} | {group for group, _ in taken}
    count_change_of_groups(uow.session, concerned)
    tell_groups(uow, concerned)


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
