"""The real processes between broker and mail server: events in, mails out, and deaths between."""

from uuid import UUID

import pytest
from sqlalchemy import text

from libs.common.bus.rpc_client import RpcClient
from libs.common.contracts.envelope import load_event
from libs.common.contracts.gateway import SecurityAlerted
from libs.common.contracts.intake import CustomerRegistered
from libs.common.contracts.ticketing import TicketAssigned, TicketReplied
from libs.common.database.unit_of_work import Database
from libs.common.errors import Forbidden, InvalidInput
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.notify.desk import reply_to, ticket_of
from tests.integration.notify.outside import Facts, Outside, body, command, opened
from tests.support.actors import actor
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.facts import alert_facts, contact_facts, customer_facts, ticket_facts

pytestmark = pytest.mark.services("notify")


@pytest.fixture(scope="module")
def running(processes: Processes, outside: Outside, running_sink: SmtpSink) -> Processes:
    to_the_sink = {"SMTP_URL": running_sink.url}
    processes.start("notify.events", "notify.jobs", "notify.rpc", env=to_the_sink)
    return processes


def customer_with_ticket() -> tuple[Facts, Facts]:
    customer = customer_facts(contacts=[contact_facts(value=f"{uuid7().hex}@example.com")])
    return customer, ticket_of(customer)


def address(customer: Facts) -> str:
    value: str = customer["contacts"][0]["value"]
    return value


def lease_owners(stored: Database, ticket: Facts) -> set[UUID]:
    with stored.engine.connect() as connection:
        query = text(
            "SELECT lease_owner FROM deliveries WHERE ticket_id = :id AND leased_until IS NOT NULL"
        )
        return set(connection.execute(query, {"id": ticket["ticket_id"]}).scalars())


def let_leases_run_out(stored: Database, owners: set[UUID]) -> None:
    """Of the dead alone: a living owner whose lease ran out under its hands would send again."""
    with stored.engine.begin() as connection:
        connection.execute(
            text("UPDATE deliveries SET leased_until = now() WHERE lease_owner = ANY(:owners)"),
            {"owners": list(owners)},
        )


def status(stored: Database, ticket: Facts) -> list[str]:
    with stored.engine.connect() as connection:
        query = text("SELECT status FROM deliveries WHERE ticket_id = :id ORDER BY delivery_id")
        return list(connection.execute(query, {"id": ticket["ticket_id"]}).scalars())


def test_events_in_any_order_become_mails(
    running: Processes, outside: Outside, sink: SmtpSink, stored: Database
) -> None:
    customer, ticket = customer_with_ticket()
    outside.tell((TicketReplied, reply_to(ticket)), *opened(ticket))
    outside.tell((CustomerRegistered, customer))
    mails = eventually(lambda: [m for m in [sink.mails(address(customer))] if len(m) == 2])[0]
    assert len({mail.message_id for mail in mails}) == 2
    eventually(lambda: status(stored, ticket) == ["sent", "sent"])


def test_an_assignment_becomes_a_notice_that_its_reader_reads(
    running: Processes, outside: Outside, caller: RpcClient
) -> None:
    li = actor("agent", "李雷")
    own = {"assignment_id": uuid7(), "epoch": 1, "note": None, "previous_assignee_id": None}
    outside.tell((TicketAssigned, ticket_facts(assignee_id=li.subject, **own)))

    def unread() -> list[Facts]:
        wanted = {"unread": True, "limit": 10}
        listed = caller.query("notify", "list_notices", wanted, actor=li, request_id="r")
        items: list[Facts] = listed["items"]
        return items

    (notice,) = eventually(unread)
    assert notice["occasion"] == "assigned"
    command(caller, li, "read_notice", notice_id=notice["notice_id"])
    assert unread() == []


def test_an_alert_that_is_delivered_again_is_told_once(
    running: Processes, outside: Outside, caller: RpcClient
) -> None:
    boss = actor("administrator")
    first = body(SecurityAlerted, alert_facts(recipients=[boss.subject], kind="brute_force"))
    alert = load_event(first).data
    again = body(SecurityAlerted, alert)  # told by the gateway a second time, as a new event
    last = body(SecurityAlerted, alert_facts(recipients=[boss.subject], kind="new_place"))
    for raw in (first, first, again, last):
        outside.publish((SecurityAlerted, raw))

    def kinds() -> list[str]:
        wanted = {"unread": True, "limit": 10}
        listed = caller.query("notify", "list_notices", wanted, actor=boss, request_id="r")
        return [one["facts"]["kind"] for one in listed["items"]]

    # The last event of one queue has been handled, so the others were.
    told = eventually(lambda: [k for k in [kinds()] if "new_place" in k])[0]
    assert sorted(told) == ["brute_force", "new_place"]


@pytest.mark.parametrize(
    ("method", "arguments", "field"),
    [
        ("list_notices", {"limit": 0}, "limit"),
        ("list_notices", {"limit": "all"}, "limit"),
        ("list_notices", {"unread": "yes"}, "unread"),
        ("list_deliveries", {"ticket_id": "G20261121001"}, "ticket_id"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_field(
    running: Processes, caller: RpcClient, method: str, arguments: Facts, field: str
) -> None:
    boss = actor("supervisor", "王主管")
    with pytest.raises(InvalidInput) as refusal:
        caller.query("notify", method, arguments, actor=boss, request_id="r")
    assert list(refusal.value.details["errors"]) == [field]


def test_an_agent_is_not_told_of_the_state_of_mails(running: Processes, caller: RpcClient) -> None:
    wanted = {"ticket_id": str(uuid7())}
    with pytest.raises(Forbidden) as refusal:
        caller.query("notify", "list_deliveries", wanted, actor=actor("agent"), request_id="r")
    assert refusal.value.code == "permission.missing"


def test_events_that_were_handled_by_a_process_that_died_are_not_handled_again(
    running: Processes, outside: Outside, sink: SmtpSink, stored: Database
) -> None:
    customer, ticket = customer_with_ticket()
    running.arm("after_commit_before_ack", "notify.events")
    outside.tell((CustomerRegistered, customer), *opened(ticket))
    eventually(lambda: status(stored, ticket) == ["sent"], 30)
    eventually(lambda: running.restarts("notify.events") >= 1)
    later, later_ticket = customer_with_ticket()
    outside.tell((CustomerRegistered, later), *opened(later_ticket))
    eventually(lambda: status(stored, later_ticket) == ["sent"], 30)
    assert len(sink.mails(address(customer))) == 1


@pytest.mark.parametrize(
    ("crash_point", "mails"),
    [("after_claim_before_send", 1), ("after_send_before_commit", 2), ("after_sent_commit", 1)],
)
def test_a_death_while_sending_leaves_one_message_id(
    running: Processes,
    outside: Outside,
    sink: SmtpSink,
    stored: Database,
    crash_point: str,
    mails: int,
) -> None:
    customer, ticket = customer_with_ticket()
    running.arm(crash_point, "notify.jobs")
    outside.tell((CustomerRegistered, customer), *opened(ticket))
    eventually(lambda: not running.is_armed(crash_point, "notify.jobs"), 30)

    if crash_point != "after_sent_commit":
        assert status(stored, ticket) == ["sending"]
        let_leases_run_out(stored, lease_owners(stored, ticket))
    eventually(lambda: status(stored, ticket) == ["sent"], 60)
    assert len(sink.mails(address(customer))) == mails
    assert len({mail.raw for mail in sink.mails(address(customer))}) == 1


def test_a_process_that_is_asked_to_end_settles_what_it_has_sent(
    running: Processes, outside: Outside, sink: SmtpSink, stored: Database
) -> None:
    tickets = [customer_with_ticket() for _ in range(100)]
    outside.tell(*((CustomerRegistered, customer) for customer, _ in tickets))
    outside.tell(*(told for _, ticket in tickets for told in opened(ticket)))
    eventually(lambda: sink.count() > 10)
    running.stop("notify.jobs")
    taken = {mail.recipient for mail in sink.mails()}
    assert all(
        (status(stored, ticket) == ["sent"]) == (address(customer) in taken)
        for customer, ticket in tickets
    )
    running.start("notify.jobs", env={"SMTP_URL": sink.url})
    eventually(lambda: sink.count() == 100, 30)
