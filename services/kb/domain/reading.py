"""Gathers everything that is wrong with what people sent, so that it is refused in one go."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from libs.common.errors import InvalidInput


class Reading:
    """One pass over a document; values that are wrong are noted, and read as something harmless."""

    def __init__(self) -> None:
        self._errors: dict[str, list[str]] = {}

    def conclude(self) -> None:
        """Raise InvalidInput with all that was found wrong, keyed by path."""
        if self._errors:
            where, messages = next(iter(self._errors.items()))
            details = {"errors": self._errors}
            raise InvalidInput("field.invalid", f"{where}: {messages[0]}", details)

    def wrong(self, path: str, message: str) -> None:
        self._errors.setdefault(path, []).append(message)

    def only(self, raw: Mapping[str, Any], names: Sequence[str]) -> None:
        """Refuse fields that nobody knows."""
        for name in raw:
            if name not in names:
                self.wrong(name, "is unknown here")

    def one_of(self, raw: Any, choices: Sequence[str], path: str) -> str:
        if isinstance(raw, str) and raw in choices:
            return raw
        self.wrong(path, f"must be one of {', '.join(choices)}")
        return choices[0]

    def line(self, raw: Any, path: str, longest: int, *, least: int = 1) -> str:
        """One line without control characters, trimmed."""
        if not isinstance(raw, str) or not (raw.strip().isprintable() and _storable(raw)):
            self.wrong(path, "must be a line of text")
        elif not least <= len(raw.strip()) <= longest:
            self.wrong(path, f"must have {least} to {longest} characters")
        else:
            return raw.strip()
        return ""

    def text(self, raw: Any, path: str, longest: int) -> str:
        """Several lines."""
        if not isinstance(raw, str) or not _storable(raw):
            self.wrong(path, "must be a text")
        elif len(raw) > longest:
            self.wrong(path, f"must be at most {longest} characters")
        else:
            return raw.strip()
        return ""

    def list_of(self, raw: Any, path: str, most: int) -> list[Any]:
        if not isinstance(raw, list | tuple) or len(raw) > most:
            self.wrong(path, f"must be a list of at most {most}")
            return []
        return list(raw)

    def address(self, raw: Any, path: str) -> str:
        """An https address."""
        address = self.line(raw, path, 500)
        try:
            parts = urlsplit(address)
            is_good = parts.scheme == "https" and bool(parts.hostname)
        except ValueError:
            is_good = False
        if address and not is_good:
            self.wrong(path, "must be an https address")
        return address if is_good else ""


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
