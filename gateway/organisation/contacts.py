"""Mail addresses and phone numbers of people: kept sealed, found by blind index, shown masked."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from gateway.storage.people import Person
from libs.common.config import ConfigError
from libs.common.crypto import BlindIndex, KeyRing, field_context, normalise_email, normalise_phone

_HOME = "+86"


def seal_email(
    session: Session, index: BlindIndex, person_id: UUID, address: str | None
) -> dict[str, Any]:
    """The columns of a mail address, or of none; raises InvalidInput naming `email`."""
    normal = None if address is None else normalise_email(address)
    return seal_normal(session, index, person_id, "email", normal)


def seal_phone(
    session: Session, index: BlindIndex, person_id: UUID, number: str | None
) -> dict[str, Any]:
    """The columns of a number that nobody has verified yet; raises InvalidInput naming `phone`."""
    normal = None if number is None else normalise_phone(number)
    return seal_normal(session, index, person_id, "phone", normal)


def seal_normal(
    session: Session, index: BlindIndex, person_id: UUID, field: str, normal: str | None
) -> dict[str, Any]:
    """The columns of a value in its normal form; `field` is email or phone."""
    columns: dict[str, Any] = {f"{field}_sealed": None, f"{field}_index": None}
    if normal is not None:
        sealed = _ring(session).encrypt_text(normal, _context(field, person_id))
        columns = {f"{field}_sealed": sealed, f"{field}_index": index.of(field, normal)}
    return columns if field == "email" else {**columns, "phone_verified_at": None}


def open_email(session: Session, person: Person) -> str | None:
    """The mail address in its normal form."""
    return _open(session, "email", person.person_id, person.email_sealed)


def open_phone(session: Session, person: Person) -> str | None:
    """The phone number in E.164."""
    return _open(session, "phone", person.person_id, person.phone_sealed)


def mask_email(address: str) -> str:
    """`zhang@example.com` → `z***@example.com`; a local part of one letter is hidden as well."""
    local, _, domain = address.rpartition("@")
    return f"{local[0] if len(local) > 1 else ''}***@{domain}"


def mask_phone(number: str) -> str:
    """`+8613800138000` → `138****8000`; other countries' numbers keep the plus sign."""
    digits = number.removeprefix(_HOME)
    head, tail = (3, 4) if len(digits) >= 11 else (1, 2)
    return f"{digits[:head]}****{digits[-tail:]}"


def _open(session: Session, field: str, person_id: UUID, sealed: bytes | None) -> str | None:
    if sealed is None:
        return None
    return _ring(session).decrypt_text(sealed, _context(field, person_id))


def _context(field: str, person_id: UUID) -> str:
    return field_context("people", field, person_id)


def _ring(session: Session) -> KeyRing:
    ring: KeyRing | None = session.info.get("keys")
    if ring is None:
        raise ConfigError("FIELD_KEYS or FIELD_KEYS_FILE must be set")
    return ring
