"""Channel accounts and their keys over REST."""

from typing import Any
from uuid import uuid4

import pytest

from gateway.schemas.channel_account import (
    AccountKeyPage,
    ChannelAccount,
    ChannelAccountPage,
    NewAccountKeyView,
)
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

ACCOUNT_ID, KEY_ID = str(uuid4()), str(uuid4())
ONE = f"/channel-accounts/{ACCOUNT_ID}"
KEYS = f"{ONE}/keys"
_NOW = "2023-10-01T02:00:00+00:00"


def account(**changes: Any) -> dict[str, Any]:
    return {
        "account_id": ACCOUNT_ID,
        "channel": "mail",
        "name": "客服邮箱",
        "address": "support@example.com",
        "is_active": True,
        "form": None,
        "key_count": 1,
        "created_at": _NOW,
        "version": 3,
        **changes,
    }


def key(**changes: Any) -> dict[str, Any]:
    return {
        "key_id": KEY_ID,
        "name": "邮件网关",
        "allowed_networks": ["10.0.0.0/8"],
        "created_at": _NOW,
        "created_by": {"person_id": str(uuid4()), "name": "管理员"},
        "expires_at": None,
        "last_used_at": None,
        "revoked_at": None,
        **changes,
    }


def test_accounts_and_keys_are_for_administrators(
    browser: Browser, agent: Browser, supervisor: Browser, services: FakeServices
) -> None:
    for path in ("/channel-accounts", KEYS):
        problem_of(browser.get(path), 401)
        for person in (agent, supervisor):
            assert problem_of(person.get(path), 403)["code"] == "permission.missing"
            assert problem_of(person.post(path, json={}), 403)["code"] == "permission.missing"
    assert services.asked == []


def test_accounts_are_listed(administrator: Browser, services: FakeServices) -> None:
    services.answer("intake.list_accounts", [account(), account(channel="web_form", address=None)])
    page = administrator.get("/channel-accounts").get_json()
    assert ChannelAccountPage().validate(page) == {}
    assert len(page["items"]) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "mail", "name": "客服邮箱", "address": "support@example.com"},
        {"channel": "web_form", "name": "官网表单"},
    ],
)
def test_an_account_is_made(
    administrator: Browser, services: FakeServices, body: dict[str, str]
) -> None:
    made = account(**body, version=1)
    services.answer("intake.create_account", {**made, "audit": {"after": made}})
    answer = administrator.post("/channel-accounts", json=body)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.get_json() == made
    assert ChannelAccount().validate(made) == {}
    assert services.calls("intake.create_account")[0].args == body


def test_an_account_is_changed_at_its_version(
    administrator: Browser, services: FakeServices
) -> None:
    services.answer("intake.edit_account", account(version=4, is_active=False))
    problem_of(administrator.patch(ONE, json={"is_active": False}), 428)
    answer = administrator.patch(ONE, json={"is_active": False}, headers={"If-Match": '"3"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"4"')
    changed = {"account_id": ACCOUNT_ID, "version": 3, "changes": {"is_active": False}}
    assert services.calls("intake.edit_account")[0].args == changed


def test_a_keys_token_is_answered_once(administrator: Browser, services: FakeServices) -> None:
    made = key(token="adapter_secret")
    services.answer("intake.create_key", {**made, "audit": {"after": {"name": "邮件网关"}}})
    services.answer("intake.list_keys", [key()])
    body = {"name": "邮件网关", "allowed_networks": ["10.0.0.0/8"], "expires_at": _NOW}
    answer = administrator.post(KEYS, json=body)
    assert (answer.status_code, answer.get_json()) == (201, made)
    assert NewAccountKeyView().validate(made) == {}
    assert services.calls("intake.create_key")[0].args == {**body, "account_id": ACCOUNT_ID}
    page = administrator.get(KEYS).get_json()
    assert AccountKeyPage().validate(page) == {}
    assert "token" not in page["items"][0]


def test_a_key_is_revoked(administrator: Browser, services: FakeServices) -> None:
    services.answer("intake.revoke_key", key(revoked_at=_NOW))
    assert administrator.delete(f"{KEYS}/{KEY_ID}").status_code == 204
    expected = {"account_id": ACCOUNT_ID, "key_id": KEY_ID}
    assert services.calls("intake.revoke_key")[0].args == expected


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/channel-accounts", {"channel": "fax", "name": "x"}, "channel"),
        ("/channel-accounts", {"channel": "mail", "name": "x"}, "address"),
        ("/channel-accounts", {"channel": "web_form", "name": "x", "address": "a@b.cn"}, "address"),
        ("/channel-accounts", {"channel": "web_form", "name": " "}, "name"),
        (KEYS, {}, "name"),
        (KEYS, {"name": "x", "expires_at": "2023-10-01T02:00:00"}, "expires_at"),
        (KEYS, {"name": "x", "allowed_networks": "10.0.0.0/8"}, "allowed_networks"),
        (KEYS, {"name": "x", "token": "adapter_mine"}, "token"),
    ],
)
def test_wrong_accounts_and_keys_are_refused_by_name(
    administrator: Browser, services: FakeServices, path: str, body: dict[str, Any], field: str
) -> None:
    assert field in problem_of(administrator.post(path, json=body), 422)["errors"]
    assert services.asked == []


@pytest.mark.parametrize("changes", [{}, {"channel": "mail"}, {"is_active": "maybe"}, {"name": ""}])
def test_wrong_changes_are_refused(
    administrator: Browser, services: FakeServices, changes: dict[str, Any]
) -> None:
    problem_of(administrator.patch(ONE, json=changes, headers={"If-Match": '"3"'}), 422)
    assert services.asked == []
