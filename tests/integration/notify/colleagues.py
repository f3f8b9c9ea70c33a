"""Colleagues of whom the directory has told, and what they are shown."""

from typing import Any

from libs.common.actor import Actor
from libs.common.contracts.gateway import PersonChanged
from services.notify import queries
from tests.integration.notify.desk import Desk, event_of
from tests.support.actors import actor
from tests.support.directory import person


def colleague(desk: Desk, name: str = "李雷", **fields: Any) -> Actor:
    """Somebody of whom the directory has told, with an address."""
    somebody = actor("agent", name)
    told = person(somebody.subject, name=name, **fields).data
    desk.hear("copy_directory", event_of(PersonChanged, told | {"email": "li@example.com"}))
    return somebody


def boss() -> Actor:
    return actor("supervisor", "主管")


def titles(desk: Desk, somebody: Actor) -> list[str]:
    with desk.database.begin(read_only=True) as uow:
        listed = queries.list_notices(uow.session, somebody, unread=False, limit=50)
    return [notice["title"] for notice in listed["items"]]
