"""Recipients are found in the directory copy."""

import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event as sql_events

from libs.common.actions import parse_recipients
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.directory.copying import keep_directory
from libs.common.directory.recipients import resolve_recipients
from libs.common.testing.databases import Databases
from tests.support.directory import person

GROUP, OTHER = uuid4(), uuid4()
PEOPLE = {
    "agent": person(name="甲", role="agent", group_ids=[GROUP]),
    "second": person(name="乙", role="agent", group_ids=[OTHER, GROUP]),
    "lead": person(name="丙", role="supervisor", group_ids=[GROUP], led_group_ids=[GROUP, OTHER]),
    "director": person(name="丁", role="supervisor", title="技术总监"),
    "former_director": person(name="戊", role="supervisor", title="技术总监", is_active=False),
    "former_lead": person(name="己", role="agent", led_group_ids=[GROUP], is_active=False),
}
IDS: dict[str, UUID] = {key: event.data["person_id"] for key, event in PEOPLE.items()}


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    """Of a service that has installed the copy, with some people."""
    label = f"tidedesk_recipients_{os.getpid()}"
    url = databases.create(label, ["ticketing"])
    opened = Database.connect("ticketing", Config.read({"DATABASE_URL": url}))
    with opened.begin() as uow:
        keep_directory(uow.session, PEOPLE.values())
        uow.commit()
    yield opened
    opened.close()
    databases.drop(label, ["ticketing"])


def found(
    database: Database,
    *recipients: dict[str, Any],
    assignee: UUID | None = None,
    group: UUID | None = None,
) -> list[str]:
    names = {person_id: key for key, person_id in IDS.items()}
    with database.begin(read_only=True) as uow:
        people = resolve_recipients(
            uow.session, parse_recipients(list(recipients)), assignee_id=assignee, group_id=group
        )
    assert len(people) == len(set(people))
    return sorted(names[one] for one in people)


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ({"to": "assignee"}, ["second"]),
        ({"to": "group"}, ["agent", "lead", "second"]),
        ({"to": "group_leads"}, ["lead"]),
        ({"to": "title", "title": "技术总监"}, ["director"]),
        ({"to": "role", "role": "supervisor"}, ["director", "lead"]),
        ({"to": "person", "person_id": str(IDS["agent"])}, ["agent"]),
        ({"to": "person", "person_id": str(IDS["former_director"])}, []),
        ({"to": "person", "person_id": str(uuid4())}, []),
        ({"to": "title", "title": "总经理"}, []),
    ],
)
def test_a_recipient_means_those_who_are_active(database, recipient, expected):
    assert found(database, recipient, assignee=IDS["second"], group=GROUP) == expected


def test_a_ticket_of_no_group_and_of_nobody_has_neither(database):
    several = [{"to": to} for to in ("assignee", "group", "group_leads")]
    assert found(database, *several) == []
    assert found(database, *several, group=uuid4()) == []
    assert found(database) == []


def test_several_reasons_tell_somebody_once_and_in_one_statement(database: Database) -> None:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sql_events.listen(database.engine, "before_cursor_execute", note)
    try:
        everybody = found(
            database,
            {"to": "assignee"},
            {"to": "group"},
            {"to": "group_leads"},
            {"to": "title", "title": "技术总监"},
            {"to": "role", "role": "supervisor"},
            {"to": "person", "person_id": str(IDS["lead"])},
            assignee=IDS["lead"],
            group=GROUP,
        )
    finally:
        sql_events.remove(database.engine, "before_cursor_execute", note)
    assert everybody == ["agent", "director", "lead", "second"]
    assert len([one for one in seen if "directory_people" in one]) == 1
