"""Intake on the bus: asked by the gateway, told by ticketing; both are played by the test."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests

from libs.common.actor import Actor
from libs.common.bus.connection import connect
from libs.common.bus.publisher import durable_json
from libs.common.bus.rpc_client import RpcClient
from libs.common.contracts.envelope import load_event
from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound
from libs.common.testing.eventually import eventually
from tests.integration.intake.desk import FORM_KEY, ticket_created
from tests.integration.intake.outside import LIMIT, Outside

pytestmark = pytest.mark.services("intake")


@pytest.fixture(scope="module")
def gateway(outside: Outside) -> Iterator[RpcClient]:
    client = RpcClient(outside.config.broker(), outside.config.require_actor_key())
    yield client
    client.close()


AGENT = Actor(UUID(int=1), "小王", roles=("agent",))
SUPERVISOR = Actor(UUID(int=2), "老李", roles=("supervisor",))


def ask(gateway: RpcClient, method: str, actor: Actor = AGENT, **arguments: Any) -> Any:
    return gateway.query("intake", method, arguments, actor=actor, request_id=uuid4().hex)


def order(gateway: RpcClient, method: str, actor: Actor = AGENT, **arguments: Any) -> Any:
    ids = {"command_id": uuid4().hex, "request_id": uuid4().hex}
    return gateway.command("intake", method, arguments, actor=actor, **ids)


def test_customers_over_rpc(outside: Outside, gateway: RpcClient) -> None:
    email = f"{uuid4().hex}@example.com"
    made = order(gateway, "register_customer", name="王女士", email=email, salutation="女士")
    assert made["is_new"]
    customer = made["customer"]
    assert order(gateway, "register_customer", name="x", email=email) == {
        "customer": customer,
        "is_new": False,
    }
    assert ask(gateway, "get_customer", customer_id=customer["customer_id"]) == customer
    assert ask(gateway, "get_customers", customer_ids=[customer["customer_id"]]) == [customer]
    assert ask(gateway, "find_customers", email=email) == [customer]


@pytest.mark.parametrize(
    ("method", "arguments", "field"),
    [
        ("get_customers", {"customer_ids": ["x"]}, "customer_ids"),
        ("get_customers", {"customer_ids": [str(UUID(int=1))] * 201}, "customer_ids"),
        ("get_customer", {"customer_id": 3}, "customer_id"),
        ("find_customers", {"email": "x"}, "email"),
        ("find_customers", {"q": ["x"]}, "q"),
        ("list_receipts", {"state": "lost"}, "state"),
        ("list_receipts", {"cursor": "lost"}, "cursor"),
    ],
)
def test_wrong_arguments_are_refused_by_name(
    outside: Outside, gateway: RpcClient, method: str, arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(gateway, method, SUPERVISOR, **arguments)
    assert field in refused.value.details["errors"]


def test_receipts_are_for_supervisors(outside: Outside, gateway: RpcClient) -> None:
    name = uuid4().hex
    outside.insist(name)
    eventually(lambda: outside.is_filed(name))
    with pytest.raises(Forbidden):
        ask(gateway, "list_receipts", state="filed")
    listed = ask(gateway, "list_receipts", SUPERVISOR, state="filed", limit=200)
    (shown,) = [one for one in listed["items"] if one["external_id"] == name]
    with pytest.raises(Forbidden):
        order(gateway, "refile_receipt", receipt_id=str(UUID(int=1)))
    with pytest.raises(NotFound):
        order(gateway, "refile_receipt", SUPERVISOR, receipt_id=str(UUID(int=1)))
    with pytest.raises(Conflict):
        order(gateway, "refile_receipt", SUPERVISOR, receipt_id=shown["receipt_id"])


def test_a_form_that_waits_gets_its_number_from_the_bus(outside: Outside) -> None:
    """Ticketing is played by the test: it hears `message.received`, and tells the number."""
    with closing(connect(outside.config.broker(), "ticketing, played")) as broker:
        channel = broker.channel()
        queue = channel.queue_declare("", exclusive=True).queue
        channel.queue_bind(queue, "intake.private", "message.received")
        channel.basic_consume(queue, no_ack=True, callback=partial(_give_number, channel))
        answers: list[requests.Response] = []
        url = f"{outside.door}/channels/forms/{FORM_KEY}"
        form = {"name": "王五", "phone": "13800138000", "description": "等号码"}
        sender = Thread(target=lambda: answers.append(requests.post(url, json=form, timeout=LIMIT)))
        sender.start()
        while sender.is_alive():
            broker.poll(0.1)
        sender.join()
    answer = answers[0].json()
    assert answer["number"] == "G20231001007"
    assert requests.get(answer["status_url"], timeout=LIMIT).json()["number"] == answer["number"]


def _give_number(channel: Any, message: Any) -> None:
    received = load_event(message.body)
    if received.data["text"] == "等号码":
        body = ticket_created(
            received.data["ticket_id"],
            "G20231001007",
            message_id=received.data["message_id"],
            customer_id=received.data["customer_id"],
        )
        channel.basic_publish(durable_json(body), "ticketing.private", "ticket.created")
