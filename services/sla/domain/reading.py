"""Gathers everything that is wrong with what people sent, so that it is refused in one go."""

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from libs.common.conditions import Known
from libs.common.errors import InvalidInput

Arguments = ParamSpec("Arguments")
Parsed = TypeVar("Parsed")


class Reading:
    """One pass over a document; values that are wrong are noted, and read as something harmless."""

    def __init__(self, code: str, known: Known | None) -> None:
        self.known = known
        self._code = code
        self._errors: dict[str, list[str]] = {}
        self._codes: set[str] = set()

    def conclude(self) -> None:
        """Raise InvalidInput with all that was found wrong, keyed by path."""
        if self._errors:
            code = self._codes.pop() if len(self._codes) == 1 else self._code
            where, messages = next(iter(self._errors.items()))
            raise InvalidInput(code, f"{where}: {messages[0]}", {"errors": self._errors})

    def wrong(self, path: str, message: str) -> None:
        self._errors.setdefault(path, []).append(message)
        self._codes.add(self._code)

    def is_wrong_within(self, path: str) -> bool:
        return any(name.startswith(path) for name in self._errors)

    def attempt(
        self,
        parse: Callable[Arguments, Parsed],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Parsed:
        """What another reader makes of it; where it refuses, all is refused at the end."""
        try:
            return parse(*args, **kwargs)
        except InvalidInput as error:
            self._errors.update(error.details.get("errors", {}))
            self._codes.add(error.code)
            return None  # type: ignore[return-value]

    def only(self, raw: Mapping[str, Any], names: tuple[str, ...], path: str = "") -> None:
        """Refuse fields that nobody knows."""
        for name in raw:
            if name not in names:
                self.wrong(f"{path}{name}", "is unknown here")

    def one_of(self, raw: Any, choices: tuple[str, ...], path: str) -> bool:
        """Whether it is; noted if not."""
        if isinstance(raw, str) and raw in choices:
            return True
        self.wrong(path, f"must be one of {', '.join(choices)}")
        return False

    def list_of(self, raw: Any, path: str, most: int) -> list[Any]:
        if raw is None:
            return []
        if not isinstance(raw, list | tuple) or len(raw) > most:
            self.wrong(path, f"must be a list of at most {most}")
            return []
        return list(raw)

    def text(self, raw: Any, path: str, limit: int) -> str:
        if not isinstance(raw, str) or not raw.strip() or not raw.isprintable():
            self.wrong(path, "is required" if raw is None else "must be a line of text")
        elif len(raw.strip()) > limit:
            self.wrong(path, f"must be at most {limit} characters")
        else:
            return raw.strip()
        return ""

    def flag(self, raw: Any, path: str) -> bool:
        if not isinstance(raw, bool):
            self.wrong(path, "must be true or false")
        return bool(raw)

    def whole(self, raw: Any, path: str, least: int, most: int) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool) or not least <= raw <= most:
            self.wrong(path, f"must be a whole number from {least} to {most}")
            return least
        return raw
