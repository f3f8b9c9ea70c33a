"""An event as another team's handler sees it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class NotAnEvent(ValueError):
    """A body that is no CloudEvent of ours."""


@dataclass(frozen=True)
class Event:
    """A CloudEvent. `data` is as on the wire: ids and times are texts, nothing private."""

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    data: dict[str, Any]
    envelope: dict[str, Any]

    @property
    def seq(self) -> int | None:
        """Of a ticket's events the place in its story, from 1; of two states the higher holds."""
        found = self.data.get("seq")
        return found if isinstance(found, int) else None


def read_event(body: bytes) -> Event:
    """Raises NotAnEvent."""
    try:
        raw = json.loads(body)
        time = datetime.fromisoformat(raw["time"])
        names = ("id", "type", "source", "subject")
        texts = {name: raw[name] for name in names}
        if raw["specversion"] != "1.0" or not isinstance(raw["data"], dict):
            raise ValueError("not CloudEvents 1.0 with data")
        if not all(isinstance(text, str) for text in texts.values()) or time.tzinfo is None:
            raise ValueError("id, type, source and subject are texts, time has an offset")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotAnEvent(f"not an event: {error!r}") from None
    return Event(**texts, time=time, data=raw["data"], envelope=raw)
