"""What a webhook may say of itself, who may change it, and how its secrets are kept."""

import pytest

from libs.common.errors import InvalidInput, NotFound, Stale
from libs.common.http import OutboundHttp
from services.notify.use_cases import edit_webhooks
from services.notify.use_cases.edit_webhooks import ChannelDesk
from tests.integration.webhooks.hooks import Hooks
from tests.support.webhook_receiver import Receiver


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/"]
)
def test_a_private_address_is_refused_when_it_is_registered(hooks: Hooks, url: str) -> None:
    guarded = ChannelDesk(hooks.desk.keys, OutboundHttp())
    values = {"name": "x", "url": url, "types": ["*"]}
    with hooks.database.begin() as uow, pytest.raises(InvalidInput) as refusal:
        edit_webhooks.create_webhook(uow, guarded, hooks.now, None, values)
    assert list(refusal.value.details["errors"]) == ["url"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "ftp://x.example/"}, "url"),
        ({"url": None}, "url"),
        ({"url": "https://"}, "url"),
        ({"name": " "}, "name"),
        ({"types": []}, "types"),
        ({"types": ["ticket.unheard"]}, "types"),
        ({"types": "*"}, "types"),
    ],
)
def test_a_webhook_that_makes_no_sense_is_refused_by_field(
    hooks: Hooks, receiver: Receiver, values: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        hooks.register(receiver, **values)
    assert list(refusal.value.details["errors"]) == [field]


def test_two_webhooks_of_one_name_are_refused(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver, name="ERP")
    with pytest.raises(InvalidInput) as refusal:
        hooks.register(receiver, name="ERP")
    assert refusal.value.code == "name.taken"


def test_nobody_overwrites_what_somebody_else_changed(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver)
    values = {"name": "new", "url": receiver.hook_url, "types": ["ticket.*"], "is_active": False}

    def replace(version: int | None) -> None:
        hooks.commit(
            lambda uow: edit_webhooks.replace_webhook(
                uow, hooks.desk, hooks.now, webhook.webhook_id, version, values
            )
        )

    replace(1)
    with pytest.raises(Stale):
        replace(1)
    now = hooks.webhook(webhook)
    assert (now.name, now.types, now.disabled_reason) == ("new", ["ticket.*"], "by_hand")
    hooks.commit(lambda uow: edit_webhooks.remove_webhook(uow, webhook.webhook_id, None))
    with pytest.raises(NotFound):
        replace(None)


def test_secrets_are_sealed_and_bound_to_their_row(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver)
    assert receiver.secrets[0].encode() not in webhook.sealed_secret
    assert webhook.secrets(hooks.desk.keys, hooks.now) == receiver.secrets
    assert receiver.secrets[0] not in repr(webhook)
