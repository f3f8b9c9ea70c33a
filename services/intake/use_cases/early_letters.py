"""Puts off messages that answer a mail which another replica is about to file."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.intake.storage.receipts import defer, find_untouched
from services.intake.use_cases.letters import Letter
from services.intake.use_cases.place_letters import Pointers, referred_to

_DEFERRED = timedelta(milliseconds=300)


def put_off_early(
    session: Session, letters: Sequence[Letter], pointers: Pointers, now: datetime
) -> list[Letter]:
    """The letters that need not wait.

    Waits only for mails that came before and have not failed yet: so nothing waits in a circle,
    nor for hours.
    """
    here = {letter.message.message_id for letter in letters}
    missing = {
        letter: [name for name in referred_to(letter)
                 if name not in here and name not in pointers.by_reference]
        for letter in letters
        if letter.message_id not in pointers.signed
    }  # fmt: skip
    wanted = {(one.receipt.account_id, name) for one, names in missing.items() for name in names}
    waiting = find_untouched(session, wanted)
    early = {
        letter
        for letter, names in missing.items()
        if any(name in waiting and waiting[name] < letter.receipt.received_at for name in names)
    }
    defer(session, [letter.receipt.receipt_id for letter in early], now + _DEFERRED)
    return [letter for letter in letters if letter not in early]
