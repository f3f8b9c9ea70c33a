"""Staff accounts for a first look: `python -m gateway.seed`. Running it again changes nothing.

SEED_AGENT_PASSWORD and SEED_SUPERVISOR_PASSWORD.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from gateway.auth.passwords import hash_password, is_password
from gateway.auth.sessions import revoke_all
from gateway.people import find_account
from gateway.storage import Person
from libs.common.clock import utc_now
from libs.common.config import ConfigError
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7


@dataclass(frozen=True)
class Seed:
    """An account to make."""

    login: str
    name: str
    role: str


STAFF = (
    Seed("CS001", "客服一号", "agent"),
    Seed("CS002", "客服二号", "agent"),
    Seed("CS900", "客服主管", "supervisor"),
)


def seed_staff(uow: UnitOfWork, passwords: Mapping[str, str]) -> None:
    """Make the missing accounts; `passwords` by role. A changed password ends the sessions."""
    for seed in STAFF:
        account = find_account(uow.session, seed.login)
        password = passwords[seed.role]
        if account is None:
            _add(uow, seed, password)
        elif not is_password(password, account.password_hash):
            person = update(Person).where(Person.person_id == account.person_id)
            uow.session.execute(person.values(password_hash=hash_password(password)))
            revoke_all(uow.session, account.person_id, utc_now())


def read_passwords(environ: Mapping[str, str]) -> dict[str, str]:
    """Passwords by role; raises ConfigError naming what is missing."""
    names = {"agent": "SEED_AGENT_PASSWORD", "supervisor": "SEED_SUPERVISOR_PASSWORD"}
    for name in names.values():
        if not environ.get(name):
            raise ConfigError(f"{name} must be set")
    return {role: environ[name] for role, name in names.items()}


def _add(uow: UnitOfWork, seed: Seed, password: str) -> None:
    person = insert(Person).values(
        person_id=uuid7(),
        login=seed.login,
        name=seed.name,
        role=seed.role,
        password_hash=hash_password(password),
        language="zh",
        is_active=True,
        created_at=utc_now(),
    )
    # Two machines may seed at once.
    uow.session.execute(person.on_conflict_do_nothing())


def main() -> None:
    """Seed the gateway's database and say who can log in."""
    passwords = read_passwords(os.environ)
    database = Database.connect("gateway")
    with database.begin() as uow:
        seed_staff(uow, passwords)
        uow.commit()
    database.close()
    for seed in STAFF:
        print(f"{seed.login} {seed.name} ({seed.role})")


if __name__ == "__main__":
    main()
