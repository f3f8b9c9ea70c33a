"""What dispatch and sla know of tickets is compared with ticketing's own word, hour by hour."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pika
import pytest
from sqlalchemy import text

from gateway.reconcile import AGAIN, EVERY, READERS, reconcile, reconcile_when_due
from libs.common.actor import Actor
from libs.common.config import REFUSED, Config
from libs.common.database.unit_of_work import Database
from libs.common.errors import InvalidInput, Unavailable
from libs.common.supervisor.processes import ROOT
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Hands

pytestmark = pytest.mark.services("gateway")

TELL = {service: f"{service}.reconcile_tickets" for service in READERS}


@pytest.fixture
def headers(services: FakeServices) -> list[dict[str, Any]]:
    """Five unfinished tickets in pages of two."""
    found = [{"ticket_id": str(number), "seq": number} for number in range(5)]

    def list_headers(args: dict[str, Any], _actor: Actor) -> dict[str, Any]:
        start = int(args["cursor"] or 0)
        after = start + 2
        return {
            "items": found[start:after],
            "next_cursor": str(after) if after < len(found) else None,
        }

    services.answer("ticketing.list_headers", list_headers)
    for target in TELL.values():
        services.answer(target, {"settled": 0})
    for service in READERS:
        services.answer(f"{service}.list_unfinished", {"ticket_ids": [], "next": None})
    services.answer("ticketing.find_headers", {"items": []})
    return found


def told(services: FakeServices, service: str) -> list[dict[str, Any]]:
    return [item for call in services.calls(TELL[service]) for item in call.args["items"]]


def refuse(error: Exception) -> Any:
    def method(_args: dict[str, Any], _actor: Actor) -> None:
        raise error

    return method


def test_every_reader_is_told_of_every_unfinished_ticket(
    services: FakeServices, headers: list[dict[str, Any]]
) -> None:
    outcome = reconcile(services)
    assert (outcome.tickets, outcome.failed) == (5, {})
    assert all(told(services, service) == headers for service in READERS)


def test_what_only_a_reader_takes_for_unfinished_is_told_to_it(
    services: FakeServices, headers: list[dict[str, Any]]
) -> None:
    """Pages of a reader's ids; those that ticketing has unfinished too were told before."""
    pages = {None: (["a", "b"], "b"), "b": (["c"], None)}
    states = {"a": "open", "b": "solved", "c": "closed"}

    def list_unfinished(args: dict[str, Any], _actor: Actor) -> dict[str, Any]:
        ids, following = pages[args["after"]]
        return {"ticket_ids": ids, "next": following}

    def find_headers(args: dict[str, Any], _actor: Actor) -> dict[str, Any]:
        wanted = args["ticket_ids"]
        return {"items": [{"ticket_id": one, "status_category": states[one]} for one in wanted]}

    services.answer("dispatch.list_unfinished", list_unfinished)
    services.answer("ticketing.find_headers", find_headers)
    outcome = reconcile(services)
    assert (outcome.finished, outcome.failed) == (2, {})
    assert [one["ticket_id"] for one in told(services, "dispatch")[len(headers) :]] == ["b", "c"]
    assert told(services, "sla") == headers


def test_the_gateway_asks_on_its_own_behalf_and_may_nothing_else(
    services: FakeServices, headers: list[dict[str, Any]]
) -> None:
    reconcile(services)
    assert {asked.actor.kind for asked in services.asked} == {"gateway"}
    assert {asked.actor.permissions for asked in services.asked} == {
        frozenset({"dispatch.reconcile", "sla.reconcile"})
    }


def test_a_reader_that_is_down_keeps_nobody_else_waiting(
    services: FakeServices, headers: list[dict[str, Any]]
) -> None:
    services.answer(TELL["dispatch"], refuse(Unavailable("service.unavailable", "down")))
    outcome = reconcile(services)
    assert outcome.absent == {"dispatch"}
    assert len(services.calls(TELL["dispatch"])) == 1
    assert told(services, "sla") == headers


def test_a_page_that_is_refused_does_not_keep_the_next_one_away(
    services: FakeServices, headers: list[dict[str, Any]]
) -> None:
    services.answer(TELL["sla"], refuse(InvalidInput("field.invalid", "no")))
    outcome = reconcile(services)
    assert (list(outcome.failed), outcome.absent) == (["sla"], set())
    assert told(services, "sla") == told(services, "dispatch") == headers


def test_nothing_goes_on_when_nobody_listens(
    services: FakeServices, headers: list[dict[str, Any]]
) -> None:
    for target in TELL.values():
        services.answer(target, refuse(Unavailable("service.unavailable", "down")))
    assert reconcile(services).tickets == 2
    assert len(services.calls("ticketing.list_headers")) == 1


def test_without_ticketing_nobody_is_told_anything(services: FakeServices) -> None:
    outcome = reconcile(services)
    assert list(outcome.failed) == ["ticketing"]
    assert len(services.asked) == 1


class TestTurns:
    """Over a broker on which no service was ever started."""

    @pytest.fixture(autouse=True)
    def _due(self, database: Database, clock: Hands, installation: dict[str, str]) -> None:
        self.set_due(database, clock() - timedelta(seconds=1))
        parameters = pika.URLParameters(installation["AMQP_URI"])
        with pika.BlockingConnection(parameters) as connection:
            connection.channel().queue_delete("rpc-ticketing")

    def set_due(self, database: Database, instant: Any) -> None:
        with database.begin() as uow:
            uow.session.execute(text("UPDATE reconciling SET due_at = :due"), {"due": instant})
            uow.commit()

    def due(self, database: Database) -> Any:
        with database.begin(read_only=True) as uow:
            return uow.session.scalar(text("SELECT due_at FROM reconciling"))

    def test_replicas_take_turns(self, database: Database, config: Config, clock: Hands) -> None:
        first = reconcile_when_due(database, config, clock())
        assert first is not None
        assert reconcile_when_due(database, config, clock()) is None

    def test_who_was_absent_is_asked_again_soon(
        self, database: Database, config: Config, clock: Hands
    ) -> None:
        outcome = reconcile_when_due(database, config, clock())
        assert outcome is not None
        assert outcome.absent == {"ticketing"}
        assert self.due(database) == clock() + AGAIN < clock() + EVERY

    def test_the_green_jobs_process_asks_as_well(
        self, database: Database, processes: Processes
    ) -> None:
        before = self.due(database)
        processes.start("gateway.jobs")
        eventually(lambda: "ticketing could not be reconciled" in processes.output(), 30)
        eventually(lambda: self.due(database) > before)

    def test_it_can_be_done_by_hand(self, installation: dict[str, str]) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "gateway.reconcile"],
            env=installation,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "compared: 0\n"), done.stderr
        assert "ticketing has not been started" in done.stderr

    def test_without_the_key_that_signs_actors_the_jobs_do_not_start(
        self, installation: dict[str, str]
    ) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "libs.common.launcher", "gateway.jobs"],
            env={**installation, "ACTOR_KEY": ""},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == REFUSED
        assert done.stderr.endswith("configuration: ACTOR_KEY must be set\n")
