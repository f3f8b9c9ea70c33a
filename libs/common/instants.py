"""Instants that people send: with an offset, and of an age in which arithmetic still works."""

from datetime import UTC, datetime

from libs.common.errors import field_error

# Near the ends of what datetime holds, another zone or a year more would be out of range.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def read_instant(where: str, value: object, code: str = "field.invalid") -> datetime:
    """An instant, in UTC, from ISO 8601 with an offset.

    PostgreSQL knows no offsets of sixteen hours and more, which ISO 8601 allows. Raises
    InvalidInput of this code for others, and for far ones.
    """
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        instant = None
    if instant is None or instant.tzinfo is None:
        raise field_error(where, "must be an instant with an offset (ISO 8601)", code)
    if not EARLIEST <= instant < LATEST:
        raise field_error(where, f"must be from {EARLIEST.year} to {LATEST.year - 1}", code)
    return instant.astimezone(UTC)
