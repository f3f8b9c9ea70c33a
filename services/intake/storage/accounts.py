"""Channel accounts, kept for some seconds: every message asks for one, and they hardly change."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto.contacts import normalise_email
from libs.common.crypto.tokens import hash_token, same_secret
from libs.common.errors import InvalidInput
from services.intake.storage.tables import AccountRow

_KEEP = 5.0  # seconds
_AGAIN = 0.5  # seconds between looks for an account that is not known


@dataclass(frozen=True)
class Account:
    """A form or mailbox that takes messages."""

    account_id: UUID
    channel: str
    name: str
    address: str | None
    key_hash: bytes
    is_active: bool = True

    def has_key(self, key: str) -> bool:
        """Whether this is the account's key."""
        return same_secret(hash_token(key), bytes(self.key_hash))


def load_accounts(connection: Connection) -> list[Account]:
    """All accounts, inactive ones as well."""
    row = AccountRow
    columns = (row.account_id, row.channel, row.name, row.address, row.key_hash, row.is_active)
    return [Account(*found) for found in connection.execute(select(*columns))]


def mailbox_name(address: str) -> str:
    """One spelling for an address of ours; hosts of the house need no dot in their names."""
    try:
        return normalise_email(address)
    except InvalidInput:
        return address.strip().lower()


class Accounts:
    """The active accounts, by form key and by address; safe between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._loaded_at = float("-inf")
        self._forms: dict[bytes, Account] = {}
        self._mailboxes: dict[str, Account] = {}

    def find_form(self, form_key: str) -> Account | None:
        """The form of a key. Looked up by hash: comparing takes no time that tells anything."""
        key_hash = hash_token(form_key)
        return self._fresh(_KEEP)._forms.get(key_hash) or self._fresh(_AGAIN)._forms.get(key_hash)

    def find_mailbox(self, address: str) -> Account | None:
        """The mail account of an address (as people write it) or account id."""
        wanted = mailbox_name(address)
        found = self._fresh(_KEEP)._mailboxes.get(wanted)
        return found or self._fresh(_AGAIN)._mailboxes.get(wanted)

    def _fresh(self, age: float) -> "Accounts":
        if time.monotonic() - self._loaded_at > age:
            with self._lock:
                if time.monotonic() - self._loaded_at > age:
                    self._load()
        return self

    def _load(self) -> None:
        with self._engine.connect() as connection:
            accounts = [account for account in load_accounts(connection) if account.is_active]
        self._forms = {bytes(a.key_hash): a for a in accounts if a.channel == "web_form"}
        self._mailboxes = dict(_names_of(accounts))
        self._loaded_at = time.monotonic()


def _names_of(accounts: Iterable[Account]) -> Iterable[tuple[str, Account]]:
    for account in accounts:
        if account.channel == "mail" and account.address:
            yield account.address, account
            yield str(account.account_id), account


def find_account(session: Session, channel: str, name: str, address: str | None) -> UUID | None:
    """The account of a mail address, or of a form's name."""
    row = AccountRow
    mark = row.name == name if address is None else row.address == address
    return session.scalars(select(row.account_id).where(row.channel == channel, mark)).first()


def insert_account(
    session: Session, account_id: UUID, channel: str, name: str, address: str | None, key: bytes
) -> None:
    """A new account; of two at the same time one stands."""
    values = {
        "account_id": account_id,
        "channel": channel,
        "name": name,
        "address": address,
        "key_hash": key,
    }
    session.execute(insert(AccountRow).values(values).on_conflict_do_nothing())


def replace_key(session: Session, account_id: UUID, key: bytes) -> None:
    """Another key from now on (the door notices within seconds)."""
    row = AccountRow
    session.execute(update(row).where(row.account_id == account_id).values(key_hash=key))
