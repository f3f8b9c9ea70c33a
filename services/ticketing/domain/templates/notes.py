"""Reads JSON that people wrote, and gathers everything that is wrong with it, by path."""

import re
from collections.abc import Collection, Mapping
from math import isfinite
from typing import Any

from libs.common.errors import InvalidInput

_KEY = re.compile(r"\w[\w-]{0,63}")


class Notes:
    """What has been found wrong so far; whoever reads goes on with a default."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def wrong(self, path: str, message: str) -> None:
        """Remember it."""
        self.errors.setdefault(path, []).append(message)

    def refuse(self, code: str = "ticket_template.invalid") -> None:
        """Raise InvalidInput if anything was wrong."""
        if self.errors:
            told = f"invalid: {', '.join(self.errors)}"
            raise InvalidInput(code, told, {"errors": self.errors})

    def object(self, path: str, raw: Any, known: Collection[str]) -> Mapping[str, Any]:
        """A JSON object without members that nobody knows; null is an empty one."""
        if raw is None:
            return {}
        if not isinstance(raw, Mapping):
            self.wrong(path, "must be an object")
            return {}
        for name in raw.keys() - set(known):
            self.wrong(f"{path}.{name}" if path else str(name), "is unknown here")
        return raw

    def list(self, path: str, raw: Any, most: int) -> list[Any]:
        """A list; null is an empty one."""
        if raw is None:
            return []
        if not isinstance(raw, list | tuple):
            self.wrong(path, "must be a list")
            return []
        if len(raw) > most:
            self.wrong(path, f"must have at most {most} members")
        return list(raw[:most])

    def key(self, path: str, raw: Any) -> str:
        """Letters of any script, digits, _ and -; no dots, which lead into fields."""
        if isinstance(raw, str) and _KEY.fullmatch(raw):
            return raw
        self.wrong(path, "must be letters, digits, _ and -, at most 64")
        return ""

    def text(self, path: str, raw: Any, limit: int, *, is_required: bool = True) -> str | None:
        """Text without blanks around it."""
        text = " ".join(raw.replace("\x00", "").split()) if isinstance(raw, str) else None
        if raw is not None and text is None:
            self.wrong(path, "must be text")
        elif is_required and not text:
            self.wrong(path, "is required")
        elif text and len(text) > limit:
            self.wrong(path, f"must be at most {limit} characters")
        return text or None

    def wording(self, path: str, raw: Any, limit: int) -> dict[str, str]:
        """The same in both languages; where English is missing, Chinese stands for it."""
        words = self.object(path, raw, ("zh", "en"))
        zh = self.text(f"{path}.zh", words.get("zh"), limit) or ""
        en = self.text(f"{path}.en", words.get("en"), limit, is_required=False)
        return {"zh": zh, "en": en or zh}

    def optional_wording(self, path: str, raw: Any, limit: int) -> dict[str, str] | None:
        """The same, or nothing."""
        blank = raw is None or (isinstance(raw, Mapping) and not any(raw.values()))
        return None if blank else self.wording(path, raw, limit)

    def flag(self, path: str, raw: Any, default: bool = False) -> bool:
        """True or false."""
        if raw is not None and not isinstance(raw, bool):
            self.wrong(path, "must be true or false")
        return raw if isinstance(raw, bool) else default

    def count(self, path: str, raw: Any, low: int, high: int, default: int) -> int:
        """A whole number within bounds."""
        if raw is None:
            return default
        if isinstance(raw, bool) or not isinstance(raw, int) or not low <= raw <= high:
            self.wrong(path, f"must be a whole number, {low} to {high}")
            return default
        return raw

    def number(self, path: str, raw: Any) -> int | float | None:
        """A number, or nothing."""
        if raw is None:
            return None
        is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
        if not is_number or not isfinite(raw) or abs(raw) > 2**53:
            self.wrong(path, "must be a number")
            return None
        return int(raw) if isinstance(raw, float) and raw.is_integer() else raw

    def one_of(self, path: str, raw: Any, choices: Collection[str]) -> str:
        """One of the known words."""
        if isinstance(raw, str) and raw in choices:
            return raw
        self.wrong(path, f"must be one of {', '.join(choices)}")
        return next(iter(choices))
