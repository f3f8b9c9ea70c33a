"""Who may put messages in at the door: the key fits the account, and comes from where it may."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from libs.common.clock import utc_now
from libs.common.errors import Forbidden, NotFound, Unauthenticated
from services.intake.domain.account_keys import AccountKey
from services.intake.storage.account_keys import NOTED_AGAIN, note_use
from services.intake.storage.accounts import Account
from services.intake.storage.known_accounts import Accounts

_log = logging.getLogger(__name__)


class Gate:
    """Lets a client in, and has it noted that the key was used."""

    def __init__(self, engine: Engine) -> None:
        self._accounts = Accounts(engine)
        self._uses = _Uses(engine)

    def form(self, form_key: str, client: str | None) -> Account:
        """The form of a key; raises NotFound, or Forbidden for a client from elsewhere."""
        account, key = self._accounts.find_form(form_key) or (None, None)
        if account is None or key is None or not key.is_good(utc_now()):
            raise NotFound("form.unknown", "there is no such form")
        return self._admit(account, key, client)

    def mailbox(self, name: str, authorization: str, client: str | None) -> Account:
        """The mail account of an address or id, for `Bearer` and one of its keys.

        Raises Unauthenticated, the same for accounts and keys that are unknown, expired or
        revoked, or Forbidden for a client from elsewhere.
        """
        scheme, _, token = authorization.partition(" ")
        account = self._accounts.find_mailbox(name)
        key = self._accounts.find_key(account, token.strip()) if account else None
        is_good = key is not None and scheme.lower() == "bearer" and key.is_good(utc_now())
        if account is None or key is None or not is_good:
            raise Unauthenticated("adapter_key.invalid", "this is not the account's adapter key")
        return self._admit(account, key, client)

    def _admit(self, account: Account, key: AccountKey, client: str | None) -> Account:
        if not key.admits(client):
            raise Forbidden("address.not_allowed", "the key may not be used from this address")
        self._uses.note(key.key_id, utc_now())
        return account


class _Uses:
    """Writes down when keys were last used, once a minute each, without holding anybody up."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._noted: dict[UUID, datetime] = {}
        # Starts its thread with its first work, after the server has forked its workers.
        self._writer = ThreadPoolExecutor(1, "key-uses")

    def note(self, key_id: UUID, now: datetime) -> None:
        with self._lock:
            last = self._noted.get(key_id)
            if last and now - last < NOTED_AGAIN:
                return
            self._noted[key_id] = now
        self._writer.submit(self._write, key_id, now)

    def _write(self, key_id: UUID, now: datetime) -> None:
        try:
            note_use(self._engine, key_id, now)
        except Exception as error:
            # Nobody is harmed: the next use in a minute is noted.
            _log.warning("the use of a key could not be noted: %s", error)
