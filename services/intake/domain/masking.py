"""Contact data as everybody may see it: enough to recognise an address, too little to use it.

    +8613800138000        138****8000
    zhang@example.com     z***@example.com

Four stars stand for what is left out, however much that is: at least four digits of a number.
"""

import re

_HEAD, _TAIL, _HIDDEN = 3, 4, 4  # digits of a number: first, last, at least hidden
_HOME = "+86"
_ADDRESS = re.compile(r"[^\s@<>(),;:\"']+@[^\s@<>(),;:\"']+")
_NUMBER = re.compile(r"\+?\d[\d ()-]{4,}\d")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")


def mask_contact(kind: str, value: str) -> str:
    """An address of this kind, masked."""
    return mask_email(value) if kind == "email" else mask_phone(value)


def mask_email(address: str) -> str:
    """First letter and domain; a local part of one letter is hidden altogether."""
    local, _, domain = address.rpartition("@")
    first = local[0] if len(local) > 1 else ""
    return f"{first}***@{domain}"


def mask_phone(number: str) -> str:
    """First three digits and last four; fewer where less than four would be left out.

    Numbers of the country stand without its code, others with a plus sign: `+852****4567`.
    """
    sign, digits = ("+", number[1:]) if number.startswith("+") else ("", number)
    if number.startswith(_HOME):
        sign, digits = "", number.removeprefix(_HOME)
    tail = max(0, min(_TAIL, len(digits) - _HIDDEN))
    head = max(0, min(_HEAD, len(digits) - _HIDDEN - tail))
    return f"{sign if head else ''}{digits[:head]}****{digits[len(digits) - tail :]}"


def mask_name(name: str) -> str:
    """A name with the addresses and mobile numbers in it masked: people write them there.

    What is nothing but a number is masked as well. Names are short: the search is quadratic.
    """
    if _NUMBER.fullmatch(name):
        return _masked_digits(name)
    name = _ADDRESS.sub(lambda found: mask_email(found[0]), name)
    return _MOBILE.sub(lambda found: _masked_digits(found[0]), name)


def _masked_digits(written: str) -> str:
    digits = re.sub(r"[^\d+]", "", written)
    return mask_phone(f"+{digits}" if len(digits) == 13 and digits.startswith("86") else digits)
