"""Staff and a small organisation for a first look: `python -m gateway.seed`.

Running it again changes nothing. Passwords come from SEED_AGENT_PASSWORD, which technicians share,
SEED_SUPERVISOR_PASSWORD, SEED_ADMINISTRATOR_PASSWORD, SEED_EMPLOYEE_PASSWORD and
SEED_AUDITOR_PASSWORD.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from gateway.auth.passwords import hash_password, is_password
from gateway.auth.sessions import revoke_all
from gateway.organisation.groups import add_group, set_members
from gateway.organisation.people import find_account
from gateway.organisation.state import begin_change
from gateway.organisation.telling import tell_people
from gateway.organisation.tree import split_path
from gateway.organisation.units import DEPARTMENTS, REGIONS, UnitKind, add_unit, read_tree
from gateway.storage.organisation import DepartmentRow
from gateway.storage.people import Person
from libs.common.clock import utc_now
from libs.common.config import ConfigError
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7


@dataclass(frozen=True)
class Seed:
    """An account to make. `password` says whose it shares."""

    login: str
    name: str
    role: str
    password: str
    department: str
    region: str
    extension: str | None = None
    title: str | None = None


STAFF = (
    Seed("CS001", "客服一号", "agent", "agent", "售后部", "全国/华东/上海", "8001", "客服专员"),
    Seed("CS002", "客服二号", "agent", "agent", "售后部", "全国/华南/广州", "8002", "客服专员"),
    Seed("CS900", "客服主管", "supervisor", "supervisor", "售后部", "全国", "8888", "售后主管"),
    Seed("TS001", "技术一号", "technician", "agent", "技术部", "全国", "8101", "技术支持"),
    Seed(
        "EM001", "员工一号", "employee", "employee", "行政部", "全国/华东/上海", "8201", "行政专员"
    ),
    Seed("AU001", "审计员", "auditor", "auditor", "行政部", "全国"),
    Seed("AD001", "系统管理员", "administrator", "administrator", "技术部", "全国"),
)
_PASSWORDS = {
    "agent": "SEED_AGENT_PASSWORD",
    "supervisor": "SEED_SUPERVISOR_PASSWORD",
    "administrator": "SEED_ADMINISTRATOR_PASSWORD",
    "employee": "SEED_EMPLOYEE_PASSWORD",
    "auditor": "SEED_AUDITOR_PASSWORD",
}
_DEPARTMENTS = ("售后部", "技术部", "行政部")
_REGIONS = ("全国", "全国/华东", "全国/华东/上海", "全国/华南", "全国/华南/广州")
# Name, department, members with whether they lead.
_GROUPS: tuple[tuple[str, str, dict[str, bool]], ...] = (
    ("售后一组", "售后部", {"CS900": True, "CS001": False, "CS002": False}),
    ("技术支持组", "技术部", {"TS001": False}),
)
# Two machines may seed at once.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('gateway.seed'))")


def seed_staff(uow: UnitOfWork, passwords: Mapping[str, str]) -> None:
    """Make the missing accounts of those for whom there is a password.

    A changed password ends the sessions.
    """
    uow.session.execute(_ALONE)
    for seed in STAFF:
        if seed.password not in passwords:
            continue
        account, password = find_account(uow.session, seed.login), passwords[seed.password]
        if account is None:
            _add(uow, seed, password)
        elif not is_password(password, account.password_hash):
            person = update(Person).where(Person.person_id == account.person_id)
            uow.session.execute(person.values(password_hash=hash_password(password)))
            revoke_all(uow.session, account.person_id, utc_now())


def seed_organisation(uow: UnitOfWork) -> None:
    """Departments, regions and groups with the seeded staff in them, where there are none yet."""
    uow.session.execute(_ALONE)
    if uow.session.scalar(select(DepartmentRow.department_id).limit(1)):
        return
    for path in _DEPARTMENTS:
        _find_or_add(uow, DEPARTMENTS, path)
    for path in _REGIONS:
        _find_or_add(uow, REGIONS, path)
    for seed in STAFF:
        _place(uow, seed)
    for name, department, members in _GROUPS:
        _add_group(uow, name, department, members)


def read_passwords(environ: Mapping[str, str]) -> dict[str, str]:
    """Passwords of all seeds; raises ConfigError naming what is missing."""
    for name in _PASSWORDS.values():
        if not environ.get(name):
            raise ConfigError(f"{name} must be set")
    return {kind: environ[name] for kind, name in _PASSWORDS.items()}


def _add(uow: UnitOfWork, seed: Seed, password: str) -> None:
    begin_change(uow.session)
    now = utc_now()
    person = Person(
        person_id=uuid7(),
        login=seed.login,
        name=seed.name,
        role=seed.role,
        password_hash=hash_password(password),
        password_changed_at=now,
        must_change_password=False,
        language="zh",
        is_active=True,
        version=1,
        created_at=now,
        updated_at=now,
    )
    uow.session.add(person)
    uow.session.flush()
    tell_people(uow, [person.person_id])


def _find_or_add(uow: UnitOfWork, kind: UnitKind, text: str) -> UUID:
    path = split_path(text)
    tree = read_tree(uow.session, kind)
    if found := tree.find(path):
        return found.unit_id
    parent = tree.find(path[:-1])
    values = {"name": path[-1], "parent_id": parent and parent.unit_id, "position": 0}
    made: UUID = add_unit(uow, kind, values)[kind.key]
    return made


def _place(uow: UnitOfWork, seed: Seed) -> None:
    person = _find(uow.session, seed.login)
    if person is None:
        return
    person.department_id = _find_or_add(uow, DEPARTMENTS, seed.department)
    person.region_id = _find_or_add(uow, REGIONS, seed.region)
    person.extension = seed.extension
    person.title = seed.title
    person.version += 1
    uow.session.flush()
    tell_people(uow, [person.person_id])


def _add_group(uow: UnitOfWork, name: str, department: str, members: Mapping[str, bool]) -> None:
    department_id = _find_or_add(uow, DEPARTMENTS, department)
    places = {"department_id": department_id, "region_id": None, "brand_id": None}
    group = add_group(uow, {"name": name, "description": None, **places})
    people = {login: _find(uow.session, login) for login in members}
    wanted = {person.person_id: members[login] for login, person in people.items() if person}
    set_members(uow, group["group_id"], None, wanted)


def _find(session: Session, login: str) -> Person | None:
    query: Any = select(Person).where(func.lower(Person.login) == login.lower())
    found: Person | None = session.scalar(query)
    return found


def _say(staff: Sequence[Seed]) -> None:
    for seed in staff:
        print(f"{seed.login} {seed.name} ({seed.role})")


def main() -> None:
    """Seed the gateway's database and say who can log in."""
    passwords = read_passwords(os.environ)
    with closing(Database.connect("gateway")) as database, database.begin() as uow:
        seed_staff(uow, passwords)
        seed_organisation(uow)
        uow.commit()
    _say(STAFF)


if __name__ == "__main__":
    main()
