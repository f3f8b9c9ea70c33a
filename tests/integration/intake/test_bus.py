"""Intake on the bus: asked by the gateway, told by ticketing; both are played by the test."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
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
from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from libs.common.testing.eventually import eventually
from tests.integration.intake.desk import FORM_KEY, ticket_created
from tests.integration.intake.outside import LIMIT, Outside
from tests.support.actors import actor

pytestmark = pytest.mark.services("intake")


@pytest.fixture(scope="module")
def gateway(outside: Outside) -> Iterator[RpcClient]:
    client = RpcClient(outside.config.broker(), outside.config.require_actor_key())
    yield client
    client.close()


AGENT, SUPERVISOR, ADMINISTRATOR = actor("agent"), actor("supervisor"), actor("administrator")
TECHNICIAN = actor("technician")
GATEWAY = Actor(None, "gateway", kind="gateway", permissions=frozenset({"portal.identify"}))


def ask(gateway: RpcClient, method: str, actor: Actor = AGENT, **arguments: Any) -> Any:
    return gateway.query("intake", method, arguments, actor=actor, request_id=uuid4().hex)


def order(gateway: RpcClient, method: str, actor: Actor = AGENT, **arguments: Any) -> Any:
    ids = {"command_id": uuid4().hex, "request_id": uuid4().hex}
    return gateway.command("intake", method, arguments, actor=actor, **ids)


def customer_of(gateway: RpcClient, **fields: Any) -> dict[str, Any]:
    email = f"{uuid4().hex}@example.com"
    made = order(gateway, "register_customer", name="王女士", **({"email": email} | fields))
    return dict(made["customer"])


def test_customers_over_rpc(outside: Outside, gateway: RpcClient) -> None:
    email = f"{uuid4().hex}@example.com"
    made = order(gateway, "register_customer", name="王女士", email=email, salutation="女士")
    assert made["is_new"]
    customer = made["customer"]
    again = order(gateway, "register_customer", name="x", email=email)
    assert (again["customer"], again["is_new"]) == (customer, False)
    assert ask(gateway, "get_customer", customer_id=customer["customer_id"]) == customer
    assert ask(gateway, "get_customers", customer_ids=[customer["customer_id"]]) == [customer]
    assert ask(gateway, "find_customers", email=email) == [customer]
    assert ask(gateway, "find_customers", q=email) == [customer]


def test_addresses_are_masked_until_somebody_who_may_asks(
    outside: Outside, gateway: RpcClient
) -> None:
    email, phone = f"{uuid4().hex}@example.com", f"+86138{uuid4().int % 10**8:08}"
    customer = customer_of(gateway, email=email, phone=phone)
    shown = [(one["value"], one["is_masked"]) for one in customer["contacts"]]
    assert shown == [(f"{email[0]}***@example.com", True), (f"138****{phone[-4:]}", True)]
    wanted = {"customer_id": customer["customer_id"]}
    revealed = ask(gateway, "reveal_contacts", **wanted)
    assert revealed["customer_id"] == customer["customer_id"]
    full = [(one["kind"], one["value"], one["is_masked"]) for one in revealed["contacts"]]
    assert full == [("email", email, False), ("phone", phone, False)]
    assert ask(gateway, "get_customer", TECHNICIAN, **wanted) == customer
    with pytest.raises(Forbidden):
        ask(gateway, "reveal_contacts", TECHNICIAN, **wanted)
    with pytest.raises(NotFound):
        ask(gateway, "reveal_contacts", customer_id=str(uuid4()))


def test_what_is_known_of_a_customer_is_changed_at_its_version(
    outside: Outside, gateway: RpcClient
) -> None:
    region = str(uuid4())
    customer = customer_of(gateway, tier="gold", region_id=region)
    assert (customer["tier"], customer["region_id"], customer["version"]) == ("gold", region, 1)
    wanted = {"customer_id": customer["customer_id"], "version": 1}
    changes = {"name": "王小姐", "language": "en", "tier": None}
    changed = order(gateway, "edit_customer", **wanted, changes=changes)
    assert changed.pop("audit") == {
        "object": customer["customer_id"],
        "before": {"name": "王女士", "language": "zh", "tier": "gold"},
        "after": changes,
    }
    assert changed == customer | changes | {"version": 2}
    with pytest.raises(Stale):
        order(gateway, "edit_customer", **wanted, changes={"tier": "silver"})
    with pytest.raises(Forbidden):
        order(gateway, "edit_customer", TECHNICIAN, **wanted, changes={})


def test_channel_accounts_and_keys_over_rpc(outside: Outside, gateway: RpcClient) -> None:
    admin = partial(order, gateway, actor=ADMINISTRATOR)
    address = f"{uuid4().hex}@tidedesk.local"
    made = admin("create_account", channel="mail", name="销售邮箱", address=address)
    wanted = {"account_id": made["account_id"]}
    edited = admin("edit_account", **wanted, version=1, changes={"name": "售前邮箱"})
    assert (edited["name"], edited["version"], edited["key_count"]) == ("售前邮箱", 2, 0)
    assert edited["audit"]["before"] == {"name": "销售邮箱"}
    key = admin("create_key", **wanted, name="邮件网关", allowed_networks=["10.0.0.0/8"])
    assert key["token"].startswith("adapter_")
    assert key["created_by"] == {
        "person_id": str(ADMINISTRATOR.subject),
        "name": ADMINISTRATOR.name,
    }
    (listed,) = ask(gateway, "list_keys", ADMINISTRATOR, **wanted)
    assert listed == {name: listed[name] for name in listed if name in key}
    assert "token" not in listed
    revoked = admin("revoke_key", **wanted, key_id=key["key_id"])
    assert revoked["revoked_at"]
    accounts = ask(gateway, "list_accounts", ADMINISTRATOR)
    (shown,) = [one for one in accounts if one["account_id"] == made["account_id"]]
    assert (shown["address"], shown["key_count"]) == (address, 0)


def test_channel_accounts_are_for_those_who_may(outside: Outside, gateway: RpcClient) -> None:
    auditor, nobody = actor("auditor"), str(uuid4())
    assert ask(gateway, "list_accounts", auditor)
    for method, arguments in (
        ("create_account", {"channel": "web_form", "name": "表单"}),
        ("create_key", {"account_id": nobody, "name": "x"}),
        ("revoke_key", {"account_id": nobody, "key_id": nobody}),
        ("edit_account", {"account_id": nobody, "changes": {}}),
    ):
        with pytest.raises(Forbidden):
            order(gateway, method, auditor, **arguments)
    with pytest.raises(Forbidden):
        ask(gateway, "list_keys", AGENT, account_id=nobody)


def test_identities_are_for_the_gateway_alone(outside: Outside, gateway: RpcClient) -> None:
    email = f"{uuid4().hex}@example.com"
    introduced = order(gateway, "introduce_customer", GATEWAY, email=email, name="陈先生")
    found = ask(gateway, "identify_contact", GATEWAY, contact=f" {email.upper()} ")
    assert found == introduced | {
        "kind": "email",
        "value": email,
        "language": "zh",
        "name": "陈先生",
    }
    contact = {"contact_id": introduced["contact_id"]}
    assert order(gateway, "verify_contact", GATEWAY, **contact) == introduced
    person = {"person_id": str(uuid4()), "name": "赵敏", "email": email}
    assert order(gateway, "ensure_requester", GATEWAY, **person).keys() == {"customer_id"}
    assert ask(gateway, "identify_contact", GATEWAY, contact="没有这个人") is None
    with pytest.raises(Forbidden):
        ask(gateway, "identify_contact", ADMINISTRATOR, contact=email)
    for method, arguments in (
        ("verify_contact", contact),
        ("ensure_requester", person),
        ("introduce_customer", {"email": email}),
    ):
        with pytest.raises(Forbidden):
            order(gateway, method, ADMINISTRATOR, **arguments)


@pytest.mark.parametrize(
    ("method", "arguments", "field"),
    [
        ("get_customers", {"customer_ids": ["x"]}, "customer_ids"),
        ("get_customers", {"customer_ids": [str(UUID(int=1))] * 201}, "customer_ids"),
        ("get_customer", {"customer_id": 3}, "customer_id"),
        ("reveal_contacts", {"customer_id": "x"}, "customer_id"),
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


@pytest.mark.parametrize(
    ("method", "arguments", "field"),
    [
        ("register_customer", {"name": "x", "email": "a@b.cn", "region_id": "x"}, "region_id"),
        ("register_customer", {"name": "x", "email": "a@b.cn", "tier": 3}, "tier"),
        ("edit_customer", {"customer_id": "x", "changes": {}}, "customer_id"),
        ("edit_customer", {"customer_id": str(UUID(int=1)), "changes": []}, "changes"),
        ("edit_customer", {"customer_id": str(UUID(int=1)), "changes": {"email": 1}}, "email"),
        ("edit_customer", {"customer_id": str(UUID(int=1)), "changes": {"name": " "}}, "name"),
        ("create_account", {"channel": "fax", "name": "x"}, "channel"),
        ("create_account", {"channel": "mail", "name": "x"}, "address"),
        ("create_account", {"channel": "mail", "name": "x", "address": "x"}, "address"),
        ("create_account", {"channel": "web_form", "name": "x", "address": "a@b.cn"}, "address"),
        ("create_account", {"channel": "web_form", "name": " "}, "name"),
        ("create_key", {"account_id": 3, "name": "x"}, "account_id"),
        ("create_key", {"account_id": str(UUID(int=1)), "name": 3}, "name"),
        ("create_key", {"account_id": str(UUID(int=1)), "name": "x", "expires_at": "morgen"},
         "expires_at"),
        ("create_key", {"account_id": str(UUID(int=1)), "name": "x", "allowed_networks": "x"},
         "allowed_networks"),
    ],
)  # fmt: skip
def test_wrong_changes_are_refused_by_name(
    outside: Outside, gateway: RpcClient, method: str, arguments: dict[str, Any], field: str
) -> None:
    both = ADMINISTRATOR.permissions | SUPERVISOR.permissions
    with pytest.raises(InvalidInput) as refused:
        order(gateway, method, replace(ADMINISTRATOR, permissions=both), **arguments)
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
