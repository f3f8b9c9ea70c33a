"""Accounts and keys in memory for some seconds: every message asks, and they hardly change."""

import threading
import time
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Engine

from libs.common.crypto.tokens import hash_token
from services.intake.domain.account_keys import AccountKey
from services.intake.storage.account_keys import load_keys
from services.intake.storage.accounts import Account, load_accounts, mailbox_name

_KEEP = 2.0  # seconds
_AGAIN = 0.5  # seconds between looks for what is not known


class Accounts:
    """The active accounts and their keys; safe between threads.

    What is new is found within half a second, what was revoked is refused after two. Keys are
    looked up by their hashes: comparing takes no time that tells anything.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._loaded_at = float("-inf")
        self._accounts: dict[UUID, Account] = {}
        self._forms: dict[bytes, AccountKey] = {}
        self._mailboxes: dict[str, Account] = {}
        self._keys: dict[tuple[UUID, bytes], AccountKey] = {}

    def find_form(self, form_key: str) -> tuple[Account, AccountKey] | None:
        """The form of a key, and the key."""
        key_hash = hash_token(form_key)
        key = self._fresh(_KEEP)._forms.get(key_hash) or self._fresh(_AGAIN)._forms.get(key_hash)
        account = self._accounts.get(key.account_id) if key else None
        return (account, key) if account and key else None

    def find_mailbox(self, address: str) -> Account | None:
        """The mail account of an address (as people write it) or account id."""
        wanted = mailbox_name(address)
        found = self._fresh(_KEEP)._mailboxes.get(wanted)
        return found or self._fresh(_AGAIN)._mailboxes.get(wanted)

    def find_key(self, account: Account, token: str) -> AccountKey | None:
        """The account's key with this token, expired or not."""
        wanted = (account.account_id, hash_token(token))
        return self._fresh(_KEEP)._keys.get(wanted) or self._fresh(_AGAIN)._keys.get(wanted)

    def _fresh(self, age: float) -> "Accounts":
        if time.monotonic() - self._loaded_at > age:
            with self._lock:
                if time.monotonic() - self._loaded_at > age:
                    self._load()
        return self

    def _load(self) -> None:
        with self._engine.connect() as connection:
            accounts = [account for account in load_accounts(connection) if account.is_active]
            keys = load_keys(connection)
        self._accounts = {account.account_id: account for account in accounts}
        forms = {one for one, account in self._accounts.items() if account.channel == "web_form"}
        self._forms = {key.key_hash: key for key in keys if key.account_id in forms}
        self._mailboxes = dict(_names_of(accounts))
        self._keys = {(key.account_id, key.key_hash): key for key in keys}
        self._loaded_at = time.monotonic()


def _names_of(accounts: Iterable[Account]) -> Iterable[tuple[str, Account]]:
    for account in accounts:
        if account.channel == "mail" and account.address:
            yield account.address, account
            yield str(account.account_id), account
