"""The whole organisation, told again for those who begin to listen."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from gateway.organisation.publish import main, publish_all, publish_when_due
from gateway.seed import seed_organisation
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.support.gateway import Browser
from tests.support.organisation import add_account, add_group, add_unit, new_name, told, value

pytestmark = pytest.mark.services("gateway")


@pytest.fixture
def organisation(database: Database, administrator: Browser) -> dict[str, int]:
    """How many there are of each kind."""
    with database.begin() as uow:
        seed_organisation(uow)
        uow.commit()
    add_account(administrator, email=f"{new_name('told')}@example.com")
    add_group(administrator)
    add_unit(administrator)
    administrator.post("/brands", json={"key": new_name("tide-"), "name": "潮汐"})
    tables = ("department", "region", "brand", "group")
    counts = {name: value(database, f"SELECT count(*) FROM {name}s") for name in tables}
    return {**counts, "person": value(database, "SELECT count(*) FROM people")}


def sent(database: Database) -> Counter[str]:
    """How many of each kind wait for the relay, which then has taken them."""
    with database.begin() as uow:
        kinds = uow.session.scalars(text("DELETE FROM outbox RETURNING type")).all()
        uow.commit()
    return Counter(kinds)


def expected(counts: dict[str, int]) -> dict[str, int]:
    return {f"directory.{kind}_changed": count for kind, count in counts.items()}


def unpublish(database: Database, when: Any = None) -> None:
    with database.begin() as uow:
        uow.session.execute(text("UPDATE directory_state SET published_at = :when"), {"when": when})
        uow.commit()


def test_everything_is_told_as_it_is(database: Database, organisation: dict[str, int]) -> None:
    person = value(database, "SELECT person_id FROM people WHERE email_index IS NOT NULL LIMIT 1")
    before = told(database, "person_changed", str(person))[-1]
    sent(database)
    assert publish_all(database, utc_now()) == sum(organisation.values())
    assert told(database, "person_changed", str(person)) == [before]
    assert sent(database) == expected(organisation)


def test_it_is_told_once_a_day(database: Database, organisation: dict[str, int]) -> None:
    unpublish(database)
    sent(database)
    now = utc_now()
    assert publish_when_due(database, now) == sum(organisation.values())
    assert publish_when_due(database, now + timedelta(hours=23)) == 0
    assert publish_when_due(database, now + timedelta(hours=25)) == sum(organisation.values())
    assert sum(sent(database).values()) == 2 * sum(organisation.values())


def test_a_turn_that_ended_early_is_taken_up_again(
    database: Database, organisation: dict[str, int]
) -> None:
    unpublish(database)
    now = utc_now()

    class Dying(Database):
        """Loses its connections after the first batch."""

        batches = 0

        def begin(self, **options: Any) -> Any:
            self.batches += 1
            if self.batches > 4:
                raise ConnectionError("the process has ended")
            return super().begin(**options)

    with pytest.raises(ConnectionError):
        publish_when_due(Dying(database.engine, "gateway", database.keys), now)
    assert publish_when_due(database, now + timedelta(minutes=30)) == 0
    assert publish_when_due(database, now + timedelta(minutes=61)) == sum(organisation.values())


def test_of_two_replicas_one_does_it(database: Database, organisation: dict[str, int]) -> None:
    unpublish(database)
    now = utc_now()
    counts = [publish_when_due(database, now) for _ in range(2)]
    assert counts == [sum(organisation.values()), 0]


def test_an_operator_may_have_it_told_at_once(
    environment: dict[str, str],
    database: Database,
    organisation: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    sent(database)
    main()
    assert str(sum(organisation.values())) in capsys.readouterr().out
    assert sent(database) == expected(organisation)


def test_the_jobs_look_after_it(
    processes: Processes, database: Database, organisation: dict[str, int]
) -> None:
    unpublish(database)
    processes.start("gateway.jobs")
    published = "SELECT count(*) FROM directory_state WHERE published_at > now() - interval '1 h'"
    eventually(lambda: value(database, published) == 1, timeout=60)
    eventually(lambda: value(database, "SELECT count(*) FROM outbox") == 0, timeout=60)
