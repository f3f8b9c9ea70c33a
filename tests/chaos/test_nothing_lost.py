"""B1: kill anything at any moment, and each accepted message still has exactly its effects."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.engine import open_engine
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.chaos.counted import check_figures, has_heard_everything
from tests.chaos.critics import Critics
from tests.chaos.responsible import (
    check_clocks,
    check_loads,
    check_notices,
    check_responsibility,
)
from tests.chaos.senders import Agent, Customers, address
from tests.chaos.storm import Step, Storm, timed
from tests.chaos.told import MoodyReceiver, check_surveys, check_updates, check_webhooks
from tests.demo.circle import survey_links
from tests.demo.desk import Desk
from tests.demo.story import text_of
from tests.e2e.system import GREEN, PLAIN, SERVICES, desk_of, outside_of, start_everything

SHORT, LONG = 120, 480  # customers

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    # The long form sends more mail than the mailbox usually keeps.
    processes.env["MAILBOX_KEEP"] = "10000"
    processes.env["HTTP_ALLOW_PRIVATE"] = "127.0.0.0/8"
    start_everything(processes, replicas=2, dispatches=True)
    put_haste_first(desk_of(processes.env, "AD001"))
    return processes.env


@pytest.fixture
def receiver() -> Iterator[MoodyReceiver]:
    with MoodyReceiver() as running:
        yield running


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
    receiver: MoodyReceiver,
    is_long: bool,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    def say(line: str) -> None:
        record_property("said", line)
        with capsys.disabled():
            print(f"  {line}", flush=True)

    receiver.register(desk_of(system, "AD001"))
    customers = Customers(outside_of(system), LONG if is_long else SHORT)
    agent = Agent(lambda: desk_of(system), lambda: desk_of(system, "CS002"))
    critics = Critics(outside_of(system), [address(number) for number in range(customers.count)])
    seed = secrets.randbelow(10**6)
    say(f"{customers.count} customers or more, random moments from seed {seed}")
    storm = Storm(processes, postgres, rabbit, seed=seed, pulse=partial(customers.release, 1))
    weather(storm, customers, 3 if is_long else 1, say)
    for name, calm_down in (
        ("customers have written", customers.finish),
        ("customers are content", partial(everybody_content, system, critics)),
        ("the agent has gone", agent.finish),
        ("nothing is on its way", partial(settle, system)),
        ("the last answers", critics.finish),
        ("nothing is on its way again", partial(settle, system)),
    ):
        say(f"{name:<52} after {timed(Step(name, calm_down)):7.1f} s")

    supervisor = desk_of(system, "CS900")
    tickets = supervisor.all_tickets()
    assert len(tickets) == len(customers.addresses)
    assert len({ticket["number"] for ticket in tickets}) == len(tickets)
    check_timelines(system, tickets, agent.replied)
    links = check_mails(system, customers.addresses, agent.replied)
    check_surveys(system, links, critics.scores)
    check_webhooks(system, receiver)
    check_updates(system)
    check_figures(system, supervisor, suggestion_uses=agent.taken_over)
    check_responsibility(system)
    check_loads(system)
    check_clocks(system, len(tickets))
    check_notices(system)
    say(f"{len(tickets)} tickets, {len(agent.replied)} answered, {len(agent.solved)} solved")
    say(f"{len(links)} surveys, {len(critics.scores)} answered, {len(critics.disappointed)} low")
    say(f"{len(receiver.events)} events to the webhook, {len(receiver.ids())} different ones")


def weather(storm: Storm, customers: Customers, turns: int, say: Callable[[str], None]) -> None:
    """Let everything die in turn under load; tell how long each recovery took."""
    steps = [
        step
        for turn in range(turns)
        for step in storm.steps((*GREEN, *PLAIN), turn, is_long=turns > 1)
    ]
    for step in steps:
        # A good half in step with the deaths; the rest while waiting for them and at the end.
        customers.release(customers.count * 3 // 4 // len(steps))
        say(f"{step.name:<52} back after {timed(step):5.1f} s")


def settle(env: dict[str, str]) -> None:
    """Wait until nothing is on its way; the system must get there by itself."""

    def nothing_waits() -> bool:
        for service in (*SERVICES, "gateway"):
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
        assert scalar(env, "notify", "SELECT count(*) FROM surveys WHERE status = 'waiting'") == 0
        untold = "SELECT count(*) FROM webhook_deliveries WHERE status <> 'sent'"
        assert scalar(env, "notify", untold) == 0
        return has_heard_everything(env)

    eventually(nothing_waits, 180, pause=0.5)


def everybody_content(env: dict[str, str], critics: Critics) -> None:
    """Wait until what was rated low has been solved once more."""
    critics.calm()
    supervisor = desk_of(env, "CS900")

    def is_content(number: str) -> bool:
        ticket = supervisor.ticket(number)
        return ticket["score"] is not None and ticket["status"] == "solved"

    eventually(lambda: all(is_content(number) for number in critics.disappointed), 180, pause=0.5)


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


def check_mails(
    env: dict[str, str], addresses: list[str], replied: list[str]
) -> dict[str, set[str]]:
    """One distinct Message-ID per customer and occasion; the links to surveys with theirs."""
    mailbox = outside_of(env).mailbox
    replies: dict[str, set[str]] = defaultdict(set)
    surveys: dict[str, set[str]] = defaultdict(set)
    for customer in addresses:
        receipts = set()
        for mail in mailbox.mails_to(customer):
            if links := survey_links([mail]):
                surveys[links[0]].add(mail["Message-ID"])
            elif "已处理" in text_of(mail):
                replies[str(mail["Subject"])].add(mail["Message-ID"])
            else:
                receipts.add(mail["Message-ID"])
        assert len(receipts) == 1, (customer, receipts)
    assert all(len(ids) == 1 for ids in replies.values())
    assert len(replies) == len(set(replied))
    return surveys
