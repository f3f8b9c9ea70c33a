"""Makes channel accounts, renames them, closes and opens them."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.crypto import normalise_email
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, Stale, field_error
from libs.common.ids import uuid7
from services.intake.domain.account_keys import PREFIXES
from services.intake.domain.form_names import read_form_names
from services.intake.domain.texts import MAX_NAME, required_line
from services.intake.storage.accounts import insert_account, lock_account
from services.intake.storage.tables import AccountRow


def create_account(
    uow: UnitOfWork, *, channel: str, name: str, address: str | None = None
) -> AccountRow:
    """A form, or a mailbox with its address; it takes messages once it has a key.

    Raises Conflict where another account has the address.
    """
    if channel not in PREFIXES:
        raise field_error("channel", f"must be one of {', '.join(PREFIXES)}")
    title, mailbox = _name(name), _address(channel, address)
    account_id = uuid7()
    if not insert_account(uow.session, account_id, channel, title, mailbox):
        raise Conflict("channel_account.exists", "there is an account with this address already")
    return find_locked(uow.session, account_id)


def edit_account(
    uow: UnitOfWork, *, account_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> tuple[AccountRow, dict[str, Any]]:
    """The account after `changes` to name, is_active and form, and what they were before.

    An account that is not active takes nothing. Raises NotFound, or Stale unless `version` is
    the present one.
    """
    for name in changes.keys() - _READ.keys():
        raise field_error(name, "cannot be changed")
    row = find_locked(uow.session, account_id)
    if version is not None and version != row.version:
        raise Stale("version.stale", "somebody changed the account", {"version": row.version})
    if changes.get("form") is not None and row.channel != "web_form":
        raise field_error("form", "only a web form has names of its own")
    before = {name: _SHOWN[name](row) for name in changes}
    wanted = {name: _READ[name](value) for name, value in changes.items()}
    if wanted != before:
        for name, value in wanted.items():
            _write(row, name, value)
        row.version += 1
        uow.session.flush()
    return row, before


def find_locked(session: Session, account_id: UUID) -> AccountRow:
    """The account, locked until the commit; raises NotFound."""
    row = lock_account(session, account_id)
    if row is None:
        raise NotFound("channel_account.unknown", "there is no such channel account")
    return row


def _name(value: Any) -> str:
    return required_line("name", value, MAX_NAME)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise field_error("is_active", "must be true or false")
    return value


def _form(value: Any) -> dict[str, Any] | None:
    names = read_form_names(value)
    return names.as_json() if names else None


def _write(row: AccountRow, name: str, value: Any) -> None:
    if name == "form":
        # Another object: a change within would not be noticed.
        row.settings = {**row.settings, "form": value}
    else:
        setattr(row, name, value)


_READ = {"name": _name, "is_active": _flag, "form": _form}
_SHOWN: Mapping[str, Callable[[AccountRow], Any]] = {
    "name": lambda row: row.name,
    "is_active": lambda row: row.is_active,
    "form": lambda row: row.settings.get("form"),
}


def _address(channel: str, address: str | None) -> str | None:
    if channel == "mail":
        if not address:
            raise field_error("address", "a mailbox needs an address", "field.required")
        return normalise_email(address, "address")
    if address:
        raise field_error("address", "only a mailbox has an address")
    return None
