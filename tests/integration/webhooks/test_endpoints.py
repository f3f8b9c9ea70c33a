"""Robots of group chats: kept sealed, tried by hand."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from libs.common.crypto import KeyRing
from libs.common.crypto.rotation import rotate_some
from libs.common.errors import InvalidInput, NotFound, Stale
from services.notify.domain.messages import Answer, Verdict
from services.notify.queries.webhooks import list_endpoints, show_endpoint
from services.notify.storage import endpoints, webhooks
from services.notify.storage.endpoints import Endpoint
from services.notify.storage.sealed_columns import SEALED
from services.notify.use_cases import edit_endpoints, edit_webhooks
from tests.integration.webhooks.hooks import Hooks
from tests.support.dump import places_of
from tests.support.vendors.dingtalk import TOKEN, DingTalk
from tests.support.webhook_receiver import Receiver


@pytest.fixture
def dingtalk() -> Iterator[DingTalk]:
    with DingTalk("SEC-of-the-group") as server:
        yield server


def create(hooks: Hooks, dingtalk: DingTalk, **values: Any) -> Endpoint:
    named = {
        "name": f"值班群 {uuid4()}",
        "kind": "dingtalk_robot",
        "url": dingtalk.robot_url,
        "secret": dingtalk.secret,
    }
    made: Endpoint = hooks.commit(
        lambda uow: edit_endpoints.create_endpoint(uow, hooks.desk, hooks.now, named | values)
    )
    return made


def trial(hooks: Hooks, endpoint: Endpoint, language: str = "zh") -> Answer:
    answer: Answer = hooks.commit(
        lambda uow: edit_endpoints.try_endpoint(
            uow, hooks.desk, hooks.now, endpoint.endpoint_id, language
        )
    )
    return answer


def present(hooks: Hooks, endpoint: Endpoint) -> Endpoint:
    with hooks.database.begin(read_only=True) as uow:
        return endpoints.find_endpoints(uow.session, [endpoint.endpoint_id])[endpoint.endpoint_id]


@pytest.mark.parametrize(("language", "title"), [("zh", "测试消息"), ("en", "Test message")])
def test_a_robot_says_what_it_is_told_to_say(
    hooks: Hooks, dingtalk: DingTalk, language: str, title: str
) -> None:
    endpoint = create(hooks, dingtalk)
    assert trial(hooks, endpoint, language).is_sent
    assert [one["title"] for one in dingtalk.messages] == [title]
    assert (present(hooks, endpoint).last_sent_at, endpoint.last_sent_at) == (hooks.now, None)


def test_a_wrong_secret_is_told_at_once_and_remembered(hooks: Hooks, dingtalk: DingTalk) -> None:
    endpoint = create(hooks, dingtalk, secret="SEC-wrong")
    assert trial(hooks, endpoint) == Answer(
        Verdict.REFUSED, "the robot answered 310000: sign not match"
    )
    assert present(hooks, endpoint).last_error == "the robot answered 310000: sign not match"


def test_address_and_secret_stand_nowhere_in_the_open(hooks: Hooks, dingtalk: DingTalk) -> None:
    endpoint = create(hooks, dingtalk)
    for words in (TOKEN, "SEC-of-the-group"):
        assert places_of(hooks.database, words) == []
        assert words not in repr(endpoint)
    with hooks.database.begin(read_only=True) as uow:
        [shown] = list_endpoints(uow.session, hooks.desk.keys)["items"]
    assert shown == show_endpoint(endpoint, hooks.desk.keys)
    assert (shown["host"], shown["has_secret"]) == (dingtalk.host, True)
    assert TOKEN not in str(shown)


def test_a_robot_keeps_what_is_not_given_and_loses_what_is_null(
    hooks: Hooks, dingtalk: DingTalk
) -> None:
    endpoint = create(hooks, dingtalk)

    def replace(version: int | None, **values: Any) -> Endpoint:
        named = {"name": "群", "kind": "dingtalk_robot", **values}
        _, after = hooks.commit(
            lambda uow: edit_endpoints.replace_endpoint(
                uow, hooks.desk, endpoint.endpoint_id, version, named
            )
        )
        made: Endpoint = after
        return made

    assert replace(1).secret(hooks.desk.keys) == "SEC-of-the-group"
    with pytest.raises(Stale):
        replace(1)
    without = replace(2, secret=None, is_active=False)
    assert (without.secret(hooks.desk.keys), without.is_active) == (None, False)
    assert without.url(hooks.desk.keys) == dingtalk.robot_url
    hooks.commit(lambda uow: edit_endpoints.remove_endpoint(uow, endpoint.endpoint_id, 3))
    with pytest.raises(NotFound):
        replace(None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "pager"}, "kind"),
        ({"url": None}, "url"),
        ({"url": "ftp://x"}, "url"),
        ({"name": ""}, "name"),
        ({"secret": "x" * 300}, "secret"),
    ],
)
def test_a_robot_that_makes_no_sense_is_refused_by_field(
    hooks: Hooks, dingtalk: DingTalk, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        create(hooks, dingtalk, **values)
    assert list(refusal.value.details["errors"]) == [field]


def test_secrets_of_robots_and_webhooks_move_to_a_new_key(
    hooks: Hooks, dingtalk: DingTalk, receiver: Receiver, config: Any
) -> None:
    endpoint, webhook = create(hooks, dingtalk), hooks.register(receiver)
    hooks.commit(
        lambda uow: edit_webhooks.rotate_webhook_secret(
            uow, hooks.desk, hooks.now, webhook.webhook_id, None
        )
    )
    key = f"k2:{'22' * 32}"
    both, new = KeyRing.parse(f"{key},{config.field_keys}"), KeyRing.parse(key)
    while rotate_some(hooks.database, both, SEALED):
        pass
    moved = present(hooks, endpoint)
    assert (moved.url(new), moved.secret(new)) == (dingtalk.robot_url, "SEC-of-the-group")
    with hooks.database.begin(read_only=True) as uow:
        found = webhooks.find_webhook(uow.session, webhook.webhook_id)
    assert found is not None
    assert found.secrets(new, hooks.now)[1] == receiver.secrets[0]
