"""Customers over REST: masked, revealed on request, changed at their version."""

from typing import Any
from uuid import uuid4

import pytest

from gateway.schemas.customer import Customer, RevealedContacts
from gateway.storage.organisation import RegionRow
from libs.common.database.unit_of_work import Database
from tests.support import shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

ONE = f"/customers/{shapes.CUSTOMER_ID}"
REVEAL = f"{ONE}/contacts/reveal"


@pytest.fixture
def region(database: Database) -> str:
    region_id = uuid4()
    with database.begin() as uow:
        row = {"name": region_id.hex, "position": 1, "is_active": True, "version": 1}
        uow.session.add(RegionRow(region_id=region_id, parent_id=None, **row))
        uow.commit()
    return str(region_id)


def revealed() -> dict[str, Any]:
    contact = {
        "contact_id": str(uuid4()),
        "kind": "phone",
        "value": "+8613800138000",
        "is_verified": True,
        "is_masked": False,
    }
    return {"customer_id": shapes.CUSTOMER_ID, "contacts": [contact]}


@pytest.mark.parametrize("body", [None, {}, {"reason": "客户来电核对地址"}])
def test_addresses_are_revealed_to_those_who_may(
    agent: Browser, services: FakeServices, body: Any
) -> None:
    services.answer("intake.reveal_contacts", revealed())
    answer = agent.post(REVEAL, json=body) if body is not None else agent.post(REVEAL)
    assert answer.status_code == 200
    assert RevealedContacts().validate(answer.get_json()) == {}
    (asked,) = services.calls("intake.reveal_contacts")
    assert asked.args == {"customer_id": shapes.CUSTOMER_ID}
    assert asked.actor.may("customer.reveal")
    # A question, not a command: nothing is stored to be answered again.
    assert asked.command_id is None


def test_others_do_not_see_them(administrator: Browser, services: FakeServices) -> None:
    assert problem_of(administrator.post(REVEAL), 403)["code"] == "permission.missing"
    assert services.asked == []


def test_a_customer_is_changed_at_its_version(
    agent: Browser, services: FakeServices, region: str
) -> None:
    changed = shapes.customer(version=4, region_id=region, tier="gold")
    told = {"object": shapes.CUSTOMER_ID, "before": {"tier": None}, "after": {"tier": "gold"}}
    services.answer("intake.edit_customer", {**changed, "audit": told})
    changes = {"name": "王小姐", "tier": "gold", "region_id": region, "salutation": None}
    answer = agent.patch(ONE, json=changes, headers={"If-Match": '"3"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"4"')
    assert answer.get_json() == changed
    assert Customer().validate(changed) == {}
    (asked,) = services.calls("intake.edit_customer")
    assert asked.args == {
        "customer_id": shapes.CUSTOMER_ID,
        "version": 3,
        "changes": changes,
    }


def test_the_version_that_was_read_must_be_said(agent: Browser, services: FakeServices) -> None:
    services.answer("intake.get_customer", shapes.customer())
    assert agent.get(ONE).headers["ETag"] == '"3"'
    problem_of(agent.patch(ONE, json={"tier": "gold"}), 428)
    assert services.calls("intake.edit_customer") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "body"),
        ({"email": "a@example.com"}, "email"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"language": "fr"}, "language"),
        ({"tier": "x" * 41}, "tier"),
        ({"region_id": "east"}, "region_id"),
        ({"region_id": str(uuid4())}, "region_id"),
    ],
)
def test_wrong_changes_are_refused_by_name(
    agent: Browser, services: FakeServices, changes: dict[str, Any], field: str
) -> None:
    answer = agent.patch(ONE, json=changes, headers={"If-Match": '"3"'})
    assert field in problem_of(answer, 422)["errors"]
    assert services.asked == []


def test_a_new_customer_may_have_a_tier_and_a_region(
    agent: Browser, services: FakeServices, region: str
) -> None:
    made = {"customer": shapes.customer(region_id=region), "is_new": True, "audit": {}}
    services.answer("intake.register_customer", made)
    customer = {"name": "一位客户", "phone": "13800138000", "tier": "gold", "region_id": region}
    assert agent.post("/customers", json=customer).status_code == 201
    assert services.calls("intake.register_customer")[0].args == customer
    elsewhere = {**customer, "region_id": str(uuid4())}
    assert problem_of(agent.post("/customers", json=elsewhere), 422)["code"] == "region.unknown"
