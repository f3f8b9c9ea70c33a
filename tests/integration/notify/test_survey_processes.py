"""Surveys through the real processes: a solution in, a link out, an answer told to everybody."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.bus.connection import connect
from libs.common.bus.rpc_client import RpcClient
from libs.common.contracts.envelope import Event, load_event
from libs.common.contracts.intake import CustomerRegistered
from libs.common.contracts.ticketing import TicketSolved
from libs.common.database.unit_of_work import Database
from libs.common.errors import Forbidden, Gone, NotFound
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.notify.outside import Facts, Outside, body
from tests.support.actors import actor
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.facts import contact_facts, customer_facts, solved

pytestmark = pytest.mark.services("notify")

GATEWAY = Actor(None, "网关", "gateway", permissions=frozenset({"survey.open", "survey.answer"}))


@pytest.fixture(scope="module")
def running(processes: Processes, outside: Outside, running_sink: SmtpSink) -> Processes:
    to_the_sink = {"SMTP_URL": running_sink.url}
    processes.start("notify.events", "notify.jobs", "notify.rpc", env=to_the_sink)
    return processes


def solved_ticket() -> tuple[Facts, Facts]:
    contact = contact_facts(value=f"{uuid7().hex}@example.com")
    customer = customer_facts(contacts=[contact])
    ticket = solved(
        customer_id=customer["customer_id"],
        contact_id=contact["contact_id"],
        status="solved",
        status_category="solved",
    )
    return customer, ticket


def link_to(sink: SmtpSink, customer: Facts) -> str:
    """What stands behind /s/ in the mail that asks."""
    to = customer["contacts"][0]["value"]
    found = eventually(
        lambda: [
            code for mail in sink.mails(to) for code in re.findall(r"/s/([\w-]+)", mail.text())
        ]
    )
    return str(found[0])


def ask(caller: RpcClient, link: str) -> Facts:
    page: Facts = caller.query(
        "notify", "get_survey", {"link": link}, actor=GATEWAY, request_id="r"
    )
    return page


def answer(caller: RpcClient, link: str, **given: Any) -> Facts:
    page: Facts = caller.command(
        "notify",
        "answer_survey",
        {"link": link, **given},
        actor=GATEWAY,
        command_id=str(uuid7()),
        request_id="r",
    )
    return page


@pytest.fixture
def heard(installation: dict[str, str]) -> Any:
    """What other services hear of surveys."""
    with connect(installation["AMQP_URI"], "listener") as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).queue
        for kind in ("survey.sent", "survey.answered"):
            channel.queue_bind(queue, "notify.private", kind)

        def next_one() -> Event:
            got = eventually(lambda: channel.basic_get(queue, no_ack=True))
            return load_event(got.body)

        yield next_one


def test_a_solution_is_asked_about_and_the_answer_is_told(
    running: Processes,
    outside: Outside,
    sink: SmtpSink,
    caller: RpcClient,
    stored: Database,
    heard: Any,
) -> None:
    customer, ticket = solved_ticket()
    raw = body(TicketSolved, ticket)
    outside.tell((CustomerRegistered, customer))
    outside.publish((TicketSolved, raw), (TicketSolved, raw))
    link = link_to(sink, customer)
    sent = heard()
    assert (sent.type, sent.data["channel"]) == ("survey.sent", "mail")
    assert ask(caller, link)["state"] == "open"
    assert answer(caller, link, score=1, comment="没修好")["state"] == "answered"
    assert answer(caller, link, score=1, comment="没修好")["score"] == 1
    told = heard()
    assert (told.type, told.data["score"], told.data["is_low"]) == ("survey.answered", 1, True)
    with stored.engine.connect() as connection:
        query = text("SELECT count(*) FROM surveys WHERE ticket_id = :id")
        assert connection.execute(query, {"id": ticket["ticket_id"]}).scalar() == 1


def test_errors_keep_their_type_over_rpc(
    running: Processes, outside: Outside, caller: RpcClient, stored: Database
) -> None:
    _, ticket = solved_ticket()
    outside.tell((TicketSolved, ticket))

    def code() -> str | None:
        with stored.engine.connect() as connection:
            query = text("SELECT code FROM surveys WHERE ticket_id = :id")
            found: str | None = connection.execute(query, {"id": ticket["ticket_id"]}).scalar()
            return found

    link = str(eventually(code))
    with stored.engine.begin() as connection:
        late = text("UPDATE surveys SET expires_at = now() WHERE ticket_id = :id")
        connection.execute(late, {"id": ticket["ticket_id"]})
    with pytest.raises(Gone):
        answer(caller, link, score=5)
    with pytest.raises(NotFound):
        ask(caller, "x" * 12)
    with pytest.raises(Forbidden):
        caller.query(
            "notify", "get_survey", {"link": link}, actor=actor("agent", "李雷"), request_id="r"
        )
