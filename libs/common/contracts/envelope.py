"""Events on the wire: CloudEvents 1.0 in JSON, with a marshmallow schema for each type's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError

MAX_HOPS = 8


class EventSchema(Schema):
    """The data of one type of event. Fields are only added, and what is added is optional.

    A field with `metadata={"private": True}` stays on the producer's private exchange.
    """

    type: ClassVar[str]
    producer: ClassVar[str]

    class Meta:
        """A newer producer may send fields that this release does not know."""

        unknown = EXCLUDE

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "type" in cls.__dict__:
            REGISTRY[cls.type] = cls


REGISTRY: dict[str, type[EventSchema]] = {}


@cache
def private_fields(event_type: str) -> frozenset[str]:
    """Names of the top-level data fields of this type that other teams never see."""
    declared = REGISTRY[event_type]._declared_fields.items()
    return frozenset(name for name, field in declared if field.metadata.get("private"))


@cache
def schema_of(event_type: str) -> EventSchema:
    """The one instance of a type's schema; building one is slow. KeyError if unknown."""
    return REGISTRY[event_type]()


@dataclass(frozen=True)
class Event:
    """An event as a handler sees it; `data` has passed its schema (UUIDs, aware datetimes)."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    data: dict[str, Any]
    hops: int = 0
    causation_id: UUID | None = None
    request_id: str | None = None


def dump_event(
    schema: type[EventSchema],
    event_id: UUID,
    subject: str,
    time: datetime,
    data: Mapping[str, Any],
    *,
    cause: Event | None = None,
    request_id: str | None = None,
) -> bytes:
    """The CloudEvents body; raises ValueError if our own data does not fit.

    Dumping alone would let a missing field pass, so what was dumped is checked as well.
    """
    try:
        dumped = schema_of(schema.type).dump(data)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{schema.type} does not fit its schema: {error}") from error
    problems = schema_of(schema.type).validate(dumped)
    if problems:
        raise ValueError(f"{schema.type} does not fit its schema: {problems}")
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": f"/tidedesk/{schema.producer}",
        "type": schema.type,
        "subject": subject,
        "time": time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "hops": cause.hops + 1 if cause else 0,
        "data": dumped,
    }
    if cause:
        body["causationid"] = str(cause.id)
    if request_id := request_id or (cause.request_id if cause else None):
        body["requestid"] = request_id
    return orjson.dumps(body)


class NotAnEvent(ValueError):
    """A body that is no event, or does not fit its schema."""


class UnknownType(NotAnEvent):
    """An event of a type that this release does not know; a newer one may."""


def load_event(body: bytes | str) -> Event:
    """Read a CloudEvents body; raises NotAnEvent."""
    try:
        return _event(orjson.loads(body))
    except NotAnEvent:
        raise
    except ValidationError as error:
        raise NotAnEvent(f"the data do not fit the schema: {error.messages}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAnEvent(repr(error)) from None


def _event(raw: dict[str, Any]) -> Event:
    if isinstance(raw["type"], str) and raw["type"] not in REGISTRY:
        raise UnknownType(raw["type"])
    schema = schema_of(raw["type"])
    request_id, causation_id = raw.get("requestid") or None, raw.get("causationid")
    for text in (raw["source"], raw["subject"], request_id or ""):
        # Such texts go into columns, where a NUL has no place.
        if not isinstance(text, str) or "\0" in text:
            raise ValueError("source, subject and requestid are texts without NUL")
    time = datetime.fromisoformat(raw["time"])
    if time.tzinfo is None:
        raise ValueError("the time has no offset")
    return Event(
        id=UUID(raw["id"]),
        type=schema.type,
        source=raw["source"],
        subject=raw["subject"],
        time=time,
        data=schema.load(raw["data"]),
        hops=int(raw.get("hops", 0)),
        causation_id=UUID(causation_id) if causation_id else None,
        request_id=request_id,
    )


def public_event(event: Event) -> bytes:
    """What other teams see of an event that a handler was given: as `public_body`, without what
    this release's schema does not know."""
    dumped = schema_of(event.type).dump(event.data)
    private = private_fields(event.type)
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event.id),
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": event.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "hops": event.hops,
        "data": {name: value for name, value in dumped.items() if name not in private},
    }
    if event.causation_id:
        body["causationid"] = str(event.causation_id)
    if event.request_id:
        body["requestid"] = event.request_id
    return orjson.dumps(body)


def public_body(event_type: str, body: bytes) -> bytes:
    """The same event without the fields that its schema marks private."""
    private = private_fields(event_type)
    if not private:
        return body
    raw = orjson.loads(body)
    raw["data"] = {name: value for name, value in raw["data"].items() if name not in private}
    return orjson.dumps(raw)
