"""Reads the fields that people may set: what each may be, and what is said where it is not."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from libs.common.errors import InvalidInput, field_error

# Takes where the value stands and the value; returns it as it is kept, or raises InvalidInput.
Field = Callable[[str, Any], Any]

_KEY = re.compile(r"[a-z][a-z0-9_]{0,49}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)


class Refusals:
    """Collects what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}
        self._codes: set[str] = set()

    def add(self, where: str, message: str) -> None:
        self.errors.setdefault(where, []).append(message)
        self._codes.add("")

    def read(self, field: Field, where: str, value: Any) -> Any:
        """The value as the field keeps it; None if it is refused."""
        try:
            return field(where, value)
        except InvalidInput as refusal:
            for name, messages in refusal.details.get("errors", {where: [str(refusal)]}).items():
                self.errors.setdefault(name, []).extend(messages)
            self._codes.add(refusal.code)
            return None

    def demand(self, code: str = "field.invalid") -> None:
        """Raise InvalidInput if anything was refused; where one reader refused, by its code."""
        if self.errors:
            name, messages = next(iter(self.errors.items()))
            read = next(iter(self._codes)) if len(self._codes) == 1 else ""
            raise InvalidInput(read or code, f"{name}: {messages[0]}", {"errors": self.errors})


def read_fields(
    given: Mapping[str, Any], known: Mapping[str, Field], *, where: str = ""
) -> dict[str, Any]:
    """The given values as they are kept. Raises InvalidInput naming all that are wrong."""
    refusals = Refusals()
    prefix = f"{where}." if where else ""
    for name in given:
        if name not in known:
            refusals.add(f"{prefix}{name}", "is not known here")
    read = {
        name: refusals.read(field, f"{prefix}{name}", given[name])
        for name, field in known.items()
        if name in given
    }
    refusals.demand()
    return read


def demand_fields(given: Mapping[str, Any], *names: str, where: str = "") -> None:
    """Raise InvalidInput naming those that are missing."""
    prefix = f"{where}." if where else ""
    missing = {f"{prefix}{name}": ["is missing"] for name in names if given.get(name) is None}
    if missing:
        listed = ", ".join(missing)
        raise InvalidInput("field.required", f"missing: {listed}", {"errors": missing})


def line(most: int) -> Field:
    """One line of text that is not empty, without spaces around it."""

    def read(where: str, value: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if not text or len(text) > most or not text.isprintable():
            raise field_error(where, f"must be one line of 1 to {most} characters")
        return text

    return read


def words(most: int) -> Field:
    """Text of any lines, or None for nothing."""

    def read(where: str, value: Any) -> str | None:
        if value is not None and (not isinstance(value, str) or "\x00" in value):
            raise field_error(where, "must be a text")
        if value and len(value) > most:
            raise field_error(where, f"must have at most {most} characters")
        return (value or "").strip() or None

    return read


def key(where: str, value: Any) -> str:
    """A name for machines: small letters, digits and underscores."""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise field_error(where, "must be small letters, digits and _, at most 50")
    return value


def whole(least: int, most: int) -> Field:
    """A whole number within limits."""

    def read(where: str, value: Any) -> int:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or not least <= value <= most:
            raise field_error(where, f"must be a whole number from {least} to {most}")
        return int(value)

    return read


def optional(field: Field) -> Field:
    """The same, or None."""
    return lambda where, value: None if value is None else field(where, value)


def flag(where: str, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise field_error(where, "must be true or false")
    return value


def choice(*choices: str) -> Field:
    """One of some words."""

    def read(where: str, value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise field_error(where, f"must be one of {', '.join(choices)}")
        return value

    return read


def identity(where: str, value: Any) -> UUID:
    """A UUID."""
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise field_error(where, "must be a UUID") from None


def many(field: Field, most: int) -> Field:
    """A list without repeats; what is wrong is named by its place."""

    def read(where: str, value: Any) -> list[Any]:
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > most:
            raise field_error(where, f"must be a list of at most {most}")
        refusals = Refusals()
        found: list[Any] = []
        for place, item in enumerate(value):
            one = refusals.read(field, f"{where}[{place}]", item)
            if one is not None and one in found:
                refusals.add(f"{where}[{place}]", "is there twice")
            found.append(one)
        refusals.demand()
        return found

    return read


def language(where: str, value: Any) -> str:
    """A language tag such as zh or en-GB."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise field_error(where, "must be a language such as zh or en")
    return value


def mapping(names: Field, values: Field, most: int) -> Field:
    """An object whose names and values are each of one kind."""

    def read(where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or len(value) > most:
            raise field_error(where, f"must be an object of at most {most} entries")
        refusals = Refusals()
        found = {}
        for name, one in value.items():
            found[refusals.read(names, f"{where}.{name}", name)] = refusals.read(
                values, f"{where}.{name}", one
            )
        refusals.demand()
        return found

    return read
