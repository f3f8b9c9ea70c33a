"""200 agents in 8 groups, put into dispatch's database past the bus, and tickets for them."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from services.dispatch.storage import tables
from tests.support.tickets import Life

GROUPS, AGENTS = 8, 200
CAPACITY, EXCESS = 4, 2
_URGENCIES = ["critical"] + ["urgent"] * 3 + ["normal"] * 16
_QUIET = (
    "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM waiting) "
    "+ (SELECT count(*) FROM assignments WHERE state <> 'ended')"
)


class Crowd:
    """Knows who there is; nobody is online at first."""

    def __init__(self, database: Database, chance: random.Random) -> None:
        self._database = database
        self._chance = chance
        self._opened = 0
        self.groups = [uuid4() for _ in range(GROUPS)]
        self.people = [uuid4() for _ in range(AGENTS)]
        self._run("UPDATE settings SET default_capacity = :capacity", capacity=CAPACITY)
        for number, group_id in enumerate(self.groups):
            self._group(number, group_id)
        for number, person_id in enumerate(self.people):
            self._person(number, person_id)

    def _group(self, number: int, group_id: UUID) -> None:
        self._run(
            "INSERT INTO directory_groups (group_id, version, name, is_active) "
            "VALUES (:id, 1, :name, true)",
            id=group_id,
            name=f"第{number}组",
        )
        rule = {
            "rule_id": uuid4(),
            "position": number,
            "name": f"第{number}组",
            "is_active": True,
            "condition": {"field": "tags", "op": "has_any", "value": [f"g{number}"]},
            "group_id": group_id,
            "mode": "push",
            "strategy": ("least_loaded", "round_robin")[number % 2],
            "is_sticky": False,
            "matches_language": False,
            "required_skills": [],
            "preferred_skills": [],
            "overflow_group_ids": [],
            "grab_seconds": None,
            "version": 1,
        }
        with self._database.engine.begin() as connection:
            connection.execute(tables.rules.insert(), rule)

    def _person(self, number: int, person_id: UUID) -> None:
        # Some work for two groups, so that drains compete for them.
        mine = [self.groups[number % GROUPS]]
        if number % 5 == 0:
            mine.append(self.groups[(number + 3) % GROUPS])
        self._run(
            "INSERT INTO directory_people (person_id, version, name, is_active, login, kind, "
            "role, language, group_ids, led_group_ids) "
            "VALUES (:id, 1, :name, true, :name, 'staff', 'agent', 'zh-CN', :groups, '{}')",
            id=person_id,
            name=f"客服{number}",
            groups=mine,
        )

    def come_online(self) -> None:
        """Everybody at once, and they stay."""
        self._run(
            "INSERT INTO presence (person_id, state, heartbeat_at) "
            "SELECT person_id, 'online', now() + interval '1 day' FROM directory_people"
        )

    def new_ticket(self) -> Life:
        """Of a random group and urgency; each a little younger than the one before."""
        self._opened += 1
        return Life(
            created_at=utc_now() - timedelta(hours=2) + timedelta(milliseconds=self._opened),
            urgency=self._chance.choice(_URGENCIES),
            tags=[f"g{self._chance.randrange(GROUPS)}"],
        )

    def remember_lists(self) -> None:
        """What waits now, and where."""
        self._run("CREATE TABLE waited AS SELECT ticket_id, group_id FROM waiting")

    def count(self, what: str) -> int:
        return self._scalar(f"SELECT count(*) FROM {what}")

    def is_quiet(self) -> bool:
        """Nothing waits, is under way, or is still with somebody."""
        return self._scalar(_QUIET) == 0

    def show(self) -> Mapping[str, Any]:
        """For a failure: what is left."""
        names = ("outbox", "waiting", "wakes", "inbox_failures")
        return {name: self.count(name) for name in names}

    def _run(self, statement: str, **parameters: Any) -> None:
        with self._database.engine.begin() as connection:
            connection.execute(text(statement), parameters)

    def _scalar(self, query: str) -> Any:
        with self._database.engine.connect() as connection:
            return connection.execute(text(query)).scalar()
