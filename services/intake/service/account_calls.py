"""Channel accounts and their keys, for administrators."""

from typing import Any
from uuid import UUID

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.intake.queries import accounts
from services.intake.service import arguments as args
from services.intake.use_cases import account_keys, change_accounts

Json = dict[str, Any]


class AccountCalls:
    """A part of intake's RPC class. What changes tells the operation log so in `audit`."""

    @query("channel_account.read")
    def list_accounts(self, call: Call) -> list[Json]:
        """All of them, oldest first."""
        return accounts.list_accounts(call.uow.session, call.now)

    @command("channel_account.manage")
    def create_account(self, call: Call, *, channel: Any, name: Any, address: Any = None) -> Json:
        """A form, or a mailbox with its address."""
        row = change_accounts.create_account(
            call.uow,
            channel=args.text_of("channel", channel),
            name=args.text_of("name", name),
            address=args.optional_text("address", address),
        )
        made = accounts.show_account(row, 0)
        return {**made, "audit": _told("channel_account", row.account_id, after=made)}

    @command("channel_account.manage")
    def edit_account(
        self, call: Call, *, account_id: Any, changes: Any, version: Any = None
    ) -> Json:
        """Rename it, close or open it, map its names: `changes` to name, is_active, form."""
        row, before = change_accounts.edit_account(
            call.uow,
            account_id=args.uuid_of("account_id", account_id),
            version=args.optional_count("version", version),
            changes=args.object_of("changes", changes),
        )
        count = accounts.count_keys(call.uow.session, row.account_id, call.now)
        told = _told("channel_account", row.account_id, before=before, after=changes)
        return {**accounts.show_account(row, count), "audit": told}

    @query("channel_account.read")
    def list_keys(self, call: Call, *, account_id: Any) -> list[Json]:
        """An account's keys, without their tokens."""
        return accounts.list_keys(call.uow.session, args.uuid_of("account_id", account_id))

    @command("channel_account.manage")
    def create_key(
        self,
        call: Call,
        *,
        account_id: Any,
        name: Any,
        expires_at: Any = None,
        allowed_networks: Any = None,
    ) -> Json:
        """A new key with its `token`, of which only the hash is kept."""
        row, token = account_keys.create_key(
            call.uow,
            call.actor,
            call.now,
            account_id=args.uuid_of("account_id", account_id),
            name=args.text_of("name", name),
            expires_at=args.optional_instant("expires_at", expires_at),
            allowed_networks=args.texts_of("allowed_networks", allowed_networks),
        )
        made = accounts.show_key(row)
        return {**made, "token": token, "audit": _told("account_key", row.key_id, after=made)}

    @command("channel_account.manage")
    def revoke_key(self, call: Call, *, account_id: Any, key_id: Any) -> Json:
        """The key opens nothing any more."""
        row = account_keys.revoke_key(
            call.uow,
            call.now,
            account_id=args.uuid_of("account_id", account_id),
            key_id=args.uuid_of("key_id", key_id),
        )
        told = {"name": row.name, "revoked": True}
        return {**accounts.show_key(row), "audit": _told("account_key", row.key_id, after=told)}


def _told(kind: str, one: UUID, **changes: Json) -> Json:
    return {"object": {"kind": kind, "id": str(one)}, **changes}
