"""Reads what staff sent, field by field: everything wrong is named at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from libs.common.errors import InvalidInput

Value = TypeVar("Value")


class Refusals:
    """What is wrong so far, by the path of its field."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def add(self, path: str, message: str) -> None:
        self.errors.setdefault(path, []).append(message)

    def gather(self, read: Callable[[], Value]) -> Value | None:
        """What was read, or None with the reader's own refusals kept."""
        try:
            return read()
        except InvalidInput as refusal:
            for path, messages in refusal.details.get("errors", {}).items():
                self.errors.setdefault(path, []).extend(messages)
            return None

    def demand(self, code: str = "field.invalid") -> None:
        """Raises InvalidInput if anything was wrong."""
        if self.errors:
            path, messages = next(iter(self.errors.items()))
            raise InvalidInput(code, f"{path}: {messages[0]}", {"errors": self.errors})


class Fields:
    """Named values as they came."""

    def __init__(self, values: Mapping[str, Any], known: Collection[str]) -> None:
        self.refusals = Refusals()
        self._values = values
        for name in values:
            if name not in known:
                self.refusals.add(str(name), "is unknown here")

    def line(self, name: str, longest: int) -> str:
        value = self._values.get(name)
        text = value.strip() if isinstance(value, str) else ""
        if not 1 <= len(text) <= longest or "\n" in text:
            self.refusals.add(name, f"must be one line of 1 to {longest} characters")
        return text

    def text(self, name: str, *, is_required: bool = False) -> str | None:
        value = self._values.get(name)
        if value is None or value == "":
            if is_required:
                self.refusals.add(name, "is required")
            return None
        if not isinstance(value, str):
            self.refusals.add(name, "must be text")
            return None
        return value

    def word(self, name: str, choices: Collection[str], default: str | None = None) -> str:
        value = self._values.get(name, default)
        if value not in choices:
            self.refusals.add(name, f"must be one of {', '.join(choices)}")
        return str(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            self.refusals.add(name, "must be true or false")
        return value is True

    def words(self, name: str, choices: Collection[str]) -> list[str]:
        """Each once, in the order given."""
        found: list[str] = []
        for place, value in enumerate(self.members(name)):
            if value not in choices:
                self.refusals.add(f"{name}[{place}]", f"must be one of {', '.join(choices)}")
            elif value not in found:
                found.append(value)
        return found

    def ids(self, name: str, most: int) -> list[UUID]:
        found: list[UUID] = []
        members = self.members(name)
        if len(members) > most:
            self.refusals.add(name, f"must have at most {most} members")
        for place, value in enumerate(members[:most]):
            try:
                found.append(UUID(str(value)))
            except ValueError:
                self.refusals.add(f"{name}[{place}]", "is not an id")
        return list(dict.fromkeys(found))

    def members(self, name: str) -> Sequence[Any]:
        value = self._values.get(name) or []
        if not isinstance(value, list | tuple):
            self.refusals.add(name, "must be a list")
            return []
        return value

    def raw(self, name: str, default: Any = None) -> Any:
        value = self._values.get(name)
        return default if value is None else value
