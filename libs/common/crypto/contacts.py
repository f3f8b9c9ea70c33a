"""One spelling for each mail address and phone number, so that equal ones hash alike."""

import re
import unicodedata

import idna

from libs.common.errors import InvalidInput, field_error

MAX_ADDRESS = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its brackets
MAX_LOCAL = 64
MAX_PHONE_TEXT = 64

# RFC 5321 dot-string with RFC 6531's non-ASCII letters; quoted local parts are refused.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")


def normalise_email(address: str, field: str = "email") -> str:
    """Case folded, full-width letters made narrow, the domain in its ASCII form (IDNA).

    Dots and +tags stay: only the domain's owner knows whether they matter.
    Raises InvalidInput naming `field`.
    """
    text = unicodedata.normalize("NFKC", address).strip().casefold()
    local, at, domain = text.rpartition("@")
    if not at or len(local) > MAX_LOCAL or not _LOCAL.fullmatch(local):
        raise _not_an_address(field)
    normal = f"{local}@{_ascii_domain(domain, field)}"
    if len(normal) > MAX_ADDRESS:
        raise _not_an_address(field)
    return normal


def _ascii_domain(domain: str, field: str) -> str:
    try:
        name = idna.encode(domain, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        raise _not_an_address(field) from None
    # A domain of one label is a typing error far more often than a host of the company.
    if "." not in name or name.endswith(".") or name.rpartition(".")[2].isdigit():
        raise _not_an_address(field)
    return name


def normalise_phone(number: str, field: str = "phone", region: str = "CN") -> str:
    """E.164 (`+8613800138000`); numbers without a country code belong to `region`.

    An extension is dropped: a switchboard is one contact. Raises InvalidInput naming `field`.
    """
    import phonenumbers  # 7 MB that only the owners of contact data pay for

    text = unicodedata.normalize("NFKC", number).strip()
    try:
        parsed = phonenumbers.parse(text, region) if len(text) <= MAX_PHONE_TEXT else None
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        raise field_error(field, "not a phone number", "phone.invalid")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _not_an_address(field: str) -> InvalidInput:
    return field_error(field, "not a mail address", "email.invalid")
