"""B1: kill anything at any moment, and each accepted message still has exactly its effects."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.engine import open_engine
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.chaos.responsible import (
    check_clocks,
    check_loads,
    check_notices,
    check_responsibility,
)
from tests.chaos.senders import Agent, Customers
from tests.chaos.storm import Storm, timed
from tests.demo.desk import Desk
from tests.demo.story import text_of
from tests.e2e.system import GREEN, PLAIN, SERVICES, desk_of, outside_of, start_everything

CUSTOMERS = 400

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    # The long form sends more mail than the mailbox usually keeps.
    processes.env["MAILBOX_KEEP"] = "10000"
    start_everything(processes, replicas=2, dispatches=True)
    put_haste_first(desk_of(processes.env, "AD001"))
    return processes.env


def put_haste_first(desk: Desk) -> None:
    """A policy whose times run out while everything dies: who does not confirm loses the ticket."""
    everywhere = dict.fromkeys(("normal", "urgent", "critical"), 20)
    late = {
        "key": "late",
        "target": "first_reply",
        "offset_seconds": 0,
        "recipients": [{"to": "group_leads"}],
        "actions": [],
    }
    made = desk.ask(
        "POST",
        "/sla/policies",
        {
            "name": "演练",
            "is_active": True,
            "condition": {"all": []},
            "calendar_id": None,
            "pause_statuses": ["awaiting_customer"],
            "targets": {"first_reply": everywhere, "accept": everywhere},
            "steps": [late],
        },
    )
    others = [one["policy_id"] for one in desk.ask("GET", "/sla/policies")["items"]]
    others.remove(made["policy_id"])
    desk.ask("PUT", "/sla/policies/order", {"policy_ids": [made["policy_id"], *others]})


def test_each_message_has_its_effects_once_whatever_dies(
    system: dict[str, str],
    processes: Processes,
    postgres: Any,
    rabbit: Any,
    is_long: bool,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    def say(line: str) -> None:
        record_property("said", line)
        with capsys.disabled():
            print(f"  {line}", flush=True)

    customers = Customers(outside_of(system), CUSTOMERS * (2 if is_long else 1))
    agent = Agent(lambda: desk_of(system), lambda: desk_of(system, "CS002"))
    seed = secrets.randbelow(10**6)
    say(f"{customers.total} messages, random moments from seed {seed}")
    storm = Storm(processes, postgres, rabbit, seed=seed, pulse=partial(customers.release, 1))
    weather(storm, customers, 3 if is_long else 1, say)
    customers.finish()
    agent.finish()
    processes.disarm()
    settle(system)

    tickets = desk_of(system, "CS900").all_tickets()
    assert len(tickets) == len(customers.addresses)
    assert len({ticket["number"] for ticket in tickets}) == len(tickets)
    check_timelines(system, tickets, agent.replied)
    check_mails(system, customers.addresses, agent.replied)
    check_responsibility(system)
    check_loads(system)
    check_clocks(system, len(tickets))
    check_notices(system)
    say(f"{len(agent.replied)} answered, {len(agent.solved)} of them solved")


def weather(storm: Storm, customers: Customers, turns: int, say: Callable[[str], None]) -> None:
    """Let everything die in turn under load; tell how long each recovery took."""
    steps = [step for _ in range(turns) for step in storm.steps((*GREEN, *PLAIN))]
    for step in steps:
        # A good half in step with the deaths; the rest while waiting for them and at the end.
        customers.release(customers.total * 3 // 5 // len(steps))
        say(f"{step.name:<52} back after {timed(step):5.1f} s")


def settle(env: dict[str, str]) -> None:
    """Wait until nothing is on its way; the system must get there by itself."""

    def nothing_waits() -> bool:
        for service in SERVICES:
            assert scalar(env, service, "SELECT count(*) FROM outbox") == 0
            assert scalar(env, service, "SELECT count(*) FROM inbox_failures") == 0
        assert scalar(env, "intake", "SELECT count(*) FROM receipts WHERE number IS NULL") == 0
        unanswered = "SELECT count(*) FROM assignments WHERE state = 'proposed'"
        assert scalar(env, "dispatch", unanswered) == 0
        assert scalar(env, "dispatch", "SELECT count(*) FROM wakes") == 0
        # Nobody is online any more: what was not confirmed in time goes back and waits.
        unconfirmed = (
            "SELECT count(*) FROM assignments WHERE state = 'active' AND accepted_at IS NULL"
        )
        assert scalar(env, "dispatch", unconfirmed) == 0
        running = "SELECT count(*) FROM clocks WHERE state = 'running' AND due_at < now()"
        assert scalar(env, "sla", running) == 0
        soon = "SELECT count(*) FROM clocks WHERE state = 'running' AND target = 'first_reply'"
        assert scalar(env, "sla", soon) == 0
        unsent = "SELECT count(*) FROM deliveries WHERE status NOT IN ('sent', 'skipped')"
        assert scalar(env, "notify", unsent) == 0
        return True

    eventually(nothing_waits, 180, pause=0.5)


def scalar(env: dict[str, str], service: str, query: str) -> Any:
    url = Config.read(env).database_url(service)
    with open_engine(url, application="chaos", pool_size=0).connect() as connection:
        return connection.execute(text(query)).scalar()


def check_timelines(env: dict[str, str], tickets: list[dict[str, Any]], replied: list[str]) -> None:
    """One message in, one answer where the agent answered, no gap in seq."""
    desk = desk_of(env, "CS900")
    for ticket in tickets:
        number = ticket["number"]
        timeline = desk.timeline(number)
        directions = Counter(entry["direction"] for entry in timeline if entry["kind"] == "message")
        assert directions["in"] == 1, number
        assert directions["out"] == (1 if number in replied else 0), number
    gaps = (
        "SELECT count(*) FROM (SELECT ticket_id FROM timeline_entries GROUP BY ticket_id "
        "HAVING count(*) <> count(DISTINCT entry_id)) AS repeated"
    )
    assert scalar(env, "ticketing", gaps) == 0


def check_mails(env: dict[str, str], addresses: list[str], replied: list[str]) -> None:
    """One distinct Message-ID per customer and occasion."""
    mailbox = outside_of(env).mailbox
    occasions: dict[str, set[str]] = defaultdict(set)
    for address in addresses:
        mails = mailbox.mails_to(address)
        receipts = {mail["Message-ID"] for mail in mails if "已处理" not in text_of(mail)}
        assert len(receipts) == 1, (address, [str(mail["Subject"]) for mail in mails])
        for mail in mails:
            if "已处理" in text_of(mail):
                occasions[str(mail["Subject"])].add(mail["Message-ID"])
    assert all(len(ids) == 1 for ids in occasions.values())
    assert len(occasions) == len(set(replied))
