"""The handful of errors that cross borders; everything else is a bug and looks like one."""

from typing import Any


class DeskError(Exception):
    """An expected failure: a stable `code`, a message for people, JSON-able `details`.

    `details["errors"]`, where present, maps field names to lists of messages.
    """

    status = 500

    def __init__(self, code: str, message: str = "", details: dict[str, Any] | None = None) -> None:
        super().__init__(code, message, details or {})
        self.code = code
        self.message = message or code
        self.details = details or {}

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class InvalidInput(DeskError):
    """What was sent cannot be accepted; the details name the field."""

    status = 422


class Unauthenticated(DeskError):
    """Nobody, or nobody we can verify, is asking."""

    status = 401


class Forbidden(DeskError):
    """The actor is known and may not do this."""

    status = 403


class NotFound(DeskError):
    """There is no such thing, or none that the actor may know of."""

    status = 404


class Conflict(DeskError):
    """The thing's state does not allow it."""

    status = 409


class Gone(DeskError):
    """It was there, and its time is over."""

    status = 410


class Stale(DeskError):
    """Somebody else changed the thing since the caller read it."""

    status = 412


class PreconditionRequired(DeskError):
    """The caller must say which version it read (If-Match)."""

    status = 428


class TooLarge(DeskError):
    """The body or file is over its limit."""

    status = 413


class Unsupported(DeskError):
    """A media type or function that is not taken."""

    status = 415


class TooMany(DeskError):
    """A rate limit; `details["retry_after"]` in seconds."""

    status = 429


class Unavailable(DeskError):
    """A part that is needed is down, blocked or too slow; `details["outcome"]` may be unknown."""

    status = 503


BY_NAME: dict[str, type[DeskError]] = {
    kind.__name__: kind
    for kind in (
        DeskError,
        InvalidInput,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        Gone,
        Stale,
        PreconditionRequired,
        TooLarge,
        Unsupported,
        TooMany,
        Unavailable,
    )
}


def field_error(field: str, message: str, code: str = "field.invalid") -> InvalidInput:
    """The usual refusal: one field and what is wrong with it."""
    return InvalidInput(code, f"{field}: {message}", {"errors": {field: [message]}})
