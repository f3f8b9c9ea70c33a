"""Opens a new installation: `python -m gateway.first_administrator LOGIN NAME`.

Prints an initial password, good for some days, that must be changed at the first login. Refused
as soon as somebody may administer: from then on people are added in the console.
"""

import sys
from contextlib import closing
from datetime import datetime

from sqlalchemy import select, text

from gateway.auth.passwords import new_initial_password
from gateway.organisation.accounts import new_person
from gateway.organisation.state import begin_change
from gateway.organisation.telling import tell_people
from gateway.storage.people import Person
from libs.common.clock import utc_now
from libs.common.config import ConfigError
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7

_ROLE = "administrator"
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('gateway.first_administrator'))")


def add_first_administrator(uow: UnitOfWork, now: datetime, login: str, name: str) -> str:
    """Returns the initial password; raises ValueError where there is an administrator."""
    uow.session.execute(_ALONE)
    known = select(Person.person_id).where(Person.role == _ROLE, Person.is_active).limit(1)
    if uow.session.scalar(known) is not None:
        raise ValueError("there is an administrator already: add people in the console")
    begin_change(uow.session)
    person_id = uuid7()
    password, password_hash = new_initial_password(now)
    columns = {"login": login, "name": name, "role": _ROLE, "language": "zh"}
    uow.session.add(new_person(person_id, columns, password_hash, now))
    uow.session.flush()
    tell_people(uow, [person_id])
    return password


def main(arguments: list[str]) -> None:
    """The command."""
    if len(arguments) != 2 or not all(word.strip() for word in arguments):
        sys.exit("usage: python -m gateway.first_administrator LOGIN NAME")
    try:
        with closing(Database.connect("gateway")) as database, database.begin() as uow:
            password = add_first_administrator(uow, utc_now(), *arguments)
            uow.commit()
    except (ConfigError, ValueError) as error:
        sys.exit(str(error))
    print(password)


if __name__ == "__main__":
    main(sys.argv[1:])
