"""Gathers what is wrong with what people have written, so that all of it is told at once."""

from collections.abc import Callable
from typing import Any

from libs.common.errors import InvalidInput


class Gathering:
    """Refusals of single fields, by their paths."""

    def __init__(self) -> None:
        self._errors: dict[str, list[str]] = {}
        self._codes: set[str] = set()

    def read(self, field: str, reader: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """What the reader makes of it; None if it refuses."""
        try:
            return reader(*given, **named)
        except InvalidInput as refusal:
            found = refusal.details.get("errors", {field: [refusal.message]})
            for path, messages in found.items():
                self._errors.setdefault(path, []).extend(messages)
            self._codes.add(refusal.code)
            return None

    def add(self, path: str, message: str, code: str = "field.invalid") -> None:
        """Something wrong that no reader finds."""
        self._errors.setdefault(path, []).append(message)
        self._codes.add(code)

    def demand(self) -> None:
        """Raise InvalidInput if anything was refused; by its own code where there is but one."""
        if self._errors:
            path, messages = next(iter(self._errors.items()))
            code = next(iter(self._codes)) if len(self._codes) == 1 else "field.invalid"
            raise InvalidInput(code, f"{path}: {messages[0]}", {"errors": self._errors})
