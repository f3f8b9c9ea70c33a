"""Channel accounts: the forms and mailboxes of the door, and the keys that open them."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, etag, expected_version, if_match_parameter
from gateway.schemas.channel_account import (
    AccountKeyPage,
    ChannelAccount,
    ChannelAccountChanges,
    ChannelAccountPage,
    NewAccountKey,
    NewAccountKeyView,
    NewChannelAccount,
)

blueprint = ApiBlueprint("channel accounts", __name__, description="Forms and mailboxes")


@blueprint.operation("GET", "/channel-accounts")
@requires("channel_account.read")
@blueprint.response(200, ChannelAccountPage)
def list_channel_accounts() -> Response:
    """All forms and mailboxes, closed ones as well."""
    return answer({"items": query("intake", "list_accounts")})


@blueprint.operation("POST", "/channel-accounts", is_command=True)
@requires("channel_account.manage")
@blueprint.arguments(NewChannelAccount)
@blueprint.response(201, ChannelAccount, headers=ETAG_HEADER)
def create_channel_account(account: dict[str, Any]) -> Response:
    """Make a form or a mailbox; it takes messages once it has a key."""
    return _present(command("intake", "create_account", account), 201)


@blueprint.operation(
    "PATCH",
    "/channel-accounts/<uuid:account_id>",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("channel_account.manage")
@blueprint.arguments(ChannelAccountChanges)
@blueprint.response(200, ChannelAccount, headers=ETAG_HEADER)
def edit_channel_account(changes: dict[str, Any], account_id: UUID) -> Response:
    """Rename an account, close it or open it again, or say which template its form is for."""
    version = expected_version(is_required=True)
    args = {"account_id": str(account_id), "version": version, "changes": changes}
    return _present(command("intake", "edit_account", args))


@blueprint.operation("GET", "/channel-accounts/<uuid:account_id>/keys", errors=(404,))
@requires("channel_account.read")
@blueprint.response(200, AccountKeyPage)
def list_account_keys(account_id: UUID) -> Response:
    """The keys of an account; tokens are never shown again."""
    return answer({"items": query("intake", "list_keys", {"account_id": str(account_id)})})


@blueprint.operation(
    "POST", "/channel-accounts/<uuid:account_id>/keys", errors=(404,), is_command=True
)
@requires("channel_account.manage")
@blueprint.arguments(NewAccountKey)
@blueprint.response(201, NewAccountKeyView)
def create_account_key(key: dict[str, Any], account_id: UUID) -> Response:
    """Make a key; the answer holds its token, once."""
    args = {**key, "account_id": str(account_id)}
    return answer(command("intake", "create_key", args), 201)


@blueprint.operation(
    "DELETE",
    "/channel-accounts/<uuid:account_id>/keys/<uuid:key_id>",
    errors=(404,),
    is_command=True,
)
@requires("channel_account.manage")
@blueprint.response(204)
def revoke_account_key(account_id: UUID, key_id: UUID) -> Response:
    """Revoke a key; the door refuses it within seconds."""
    command("intake", "revoke_key", {"account_id": str(account_id), "key_id": str(key_id)})
    return nothing()


def _present(account: dict[str, Any], status: int = 200) -> Response:
    return answer(account, status, {"ETag": etag(account["version"])})
