"""The job that files what the door accepted: batches, bisected when one of them cannot be filed."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from prometheus_client import Counter

from libs.common.config import ConfigError
from libs.common.crash_points import crash_point
from libs.common.database.failures import describe
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import Unavailable
from services.intake.storage.accounts import Account, load_accounts
from services.intake.storage.receipts import Claimed, claim_waiting, postpone
from services.intake.use_cases.file_letters import file_letters
from services.intake.use_cases.letters import Letter, open_letter
from services.intake.use_cases.rooms import FilingRoom

_log = logging.getLogger(__name__)

BATCH = 50
_READING = 10.0  # seconds for opening a batch: an idle transaction is ended after thirty

_looked_at = Counter(
    "tidedesk_filed_messages_total", "Attempts to file messages, by outcome", ("outcome",)
)

Failures = list[tuple[Claimed, Exception]]


def process_raw(
    database: Database, room: FilingRoom, now: datetime, own_address: str | None = None
) -> bool:
    """File up to BATCH waiting messages in one transaction; whether any were waiting.

    `own_address`: what our mail comes from, beside the mail accounts. Raises trouble that is no
    message's fault; nothing has happened then and no attempt is counted.
    """
    with database.begin() as uow:
        receipts = claim_waiting(uow.session, now, BATCH)
        if not receipts:
            return False
        accounts = {one.account_id: one for one in load_accounts(uow.session.connection())}
        letters, failures = _open(uow, room, receipts, accounts)
        looked_at = len(letters) + len(failures)
        own = frozenset(one.address for one in accounts.values() if one.address)
        own |= {own_address} if own_address else set()
        failures += _file_or_bisect(uow, room, letters, own, now)
        for receipt, error in failures:
            _log.error("message %s: %s", receipt.receipt_id, error, exc_info=error)
            postpone(uow.session, receipt, describe(error), now)
        crash_point("after_file_before_commit")
        uow.commit()
    crash_point("after_file_commit")
    _looked_at.labels("failed").inc(len(failures))
    _looked_at.labels("filed").inc(looked_at - len(failures))
    return True


def _open(
    uow: UnitOfWork,
    room: FilingRoom,
    receipts: Sequence[Claimed],
    accounts: dict[UUID, Account],
) -> tuple[list[Letter], Failures]:
    letters: list[Letter] = []
    failures: Failures = []
    rows = room.raw.find(uow.session, receipts)
    until = time.monotonic() + _READING
    for receipt in receipts:
        if time.monotonic() > until:
            break  # the others' turn comes in the next batch
        try:
            raw = room.raw.open(rows[receipt.receipt_id])
            letters.append(open_letter(room, receipt, accounts[receipt.account_id], raw))
        except Exception as error:
            if _is_nobodys_fault(error):
                raise
            failures.append((receipt, error))
    return letters, failures


def _file_or_bisect(
    uow: UnitOfWork,
    room: FilingRoom,
    letters: Sequence[Letter],
    own: frozenset[str],
    now: datetime,
) -> Failures:
    """File all, or halve until the bad ones are alone; returns those with their errors."""
    if not letters:
        return []
    try:
        with uow.savepoint():
            file_letters(uow, room, letters, own, now)
        return []
    except Exception as error:
        if _is_nobodys_fault(error):
            raise
        if len(letters) == 1:
            return [(letters[0].receipt, error)]
    middle = len(letters) // 2
    first = _file_or_bisect(uow, room, letters[:middle], own, now)
    return first + _file_or_bisect(uow, room, letters[middle:], own, now)


def _is_nobodys_fault(error: BaseException) -> bool:
    return isinstance(error, Unavailable | ConfigError) or is_database_trouble(error)
