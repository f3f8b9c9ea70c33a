"""Customers and their addresses, readable."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.common.errors import field_error
from services.intake.domain.inbound import LANGUAGES
from services.intake.domain.texts import clean_line, clean_name

MAX_SALUTATION = 20
MAX_TIER = 40


@dataclass(frozen=True)
class Contact:
    """An address of a customer. `is_from_directory`: the company's directory says so.

    `is_claimed`: somebody who wrote under another address has named it, and nobody has proven it.
    """

    contact_id: UUID
    kind: str
    value: str
    is_verified: bool
    is_from_directory: bool = False
    is_claimed: bool = False


@dataclass(frozen=True)
class Customer:
    """A customer with all contacts, oldest first. Employees have a `person_id`.

    `company_id` is the company that a customer is of.
    """

    customer_id: UUID
    display_name: str
    salutation: str | None
    language: str
    tier: str | None
    region_id: UUID | None
    version: int
    contacts: tuple[Contact, ...]
    person_id: UUID | None = None
    company_id: UUID | None = None


def read_traits(given: Mapping[str, Any]) -> dict[str, Any]:
    """What staff may say of a customer: name, salutation, language, tier, region_id, company_id.

    Only those that are given, under the names of `Customer`. Raises InvalidInput naming the field.
    """
    unknown = sorted(given.keys() - _READ.keys())
    if unknown:
        raise field_error(unknown[0], "cannot be changed")
    read = {name: _READ[name](name, value) for name, value in given.items()}
    return {_ATTRIBUTES.get(name, name): value for name, value in read.items()}


def _name(field: str, value: Any) -> str:
    name = clean_name(value) if isinstance(value, str) else ""
    if not name:
        raise field_error(field, "must not be empty", "field.required")
    return name


def _language(field: str, value: Any) -> str:
    if value not in LANGUAGES:
        raise field_error(field, f"must be one of {', '.join(LANGUAGES)}")
    return str(value)


def _line(limit: int) -> Any:
    def read(field: str, value: Any) -> str | None:
        if value is not None and not isinstance(value, str):
            raise field_error(field, "must be a text")
        return clean_line(value or "", limit) or None

    return read


def _id(field: str, value: Any) -> UUID | None:
    try:
        return None if value is None else UUID(str(value))
    except ValueError:
        raise field_error(field, "must be a UUID") from None


_ATTRIBUTES = {"name": "display_name"}
_READ = {
    "name": _name,
    "salutation": _line(MAX_SALUTATION),
    "language": _language,
    "tier": _line(MAX_TIER),
    "region_id": _id,
    "company_id": _id,
}
