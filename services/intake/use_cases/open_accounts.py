"""Opens channel accounts, or gives them another key."""

from libs.common.crypto import hash_token
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.intake.storage.accounts import find_account, insert_account, replace_key


def open_account(
    uow: UnitOfWork, channel: str, name: str, key: str, *, address: str | None, replaces: bool
) -> bool:
    """The account of this channel and address (forms: name) with this key.

    An account that exists gets the key only if it `replaces` the old one; whether it has it now.
    """
    known = find_account(uow.session, channel, name, address)
    if known is None:
        insert_account(uow.session, uuid7(), channel, name, address, hash_token(key))
        return True
    if replaces:
        replace_key(uow.session, known, hash_token(key))
    return replaces
