"""A client that listens to live updates."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

_PATIENCE = 20  # seconds without a word after which a test gives up


@dataclass(frozen=True)
class Heard:
    """A server-sent event; `name` is empty for updates."""

    id: str
    name: str
    data: dict[str, Any]


class Listener:
    """An open answer, read event by event."""

    def __init__(self, response: requests.Response) -> None:
        self.response = response
        self._lines = response.iter_lines(chunk_size=1)
        self.last_id = ""

    def hear(self) -> Heard:
        """The next event with data; raises StopIteration at the end of the answer."""
        parts: dict[str, str] = {}
        while True:
            line = next(self._lines).decode()
            if line:
                name, _, value = line.partition(": ")
                parts[name] = value
                self.last_id = parts.get("id", self.last_id)
            elif "data" in parts:
                return Heard(parts.get("id", ""), parts.get("event", ""), json.loads(parts["data"]))
            else:
                parts = {}

    def hear_until(self, **wanted: Any) -> list[Heard]:
        """All events up to the one whose data have these values."""
        heard: list[Heard] = []
        while not heard or any(heard[-1].data.get(key) != one for key, one in wanted.items()):
            heard.append(self.hear())
        return heard

    def rest(self) -> list[Heard]:
        """Everything up to the end of the answer."""
        return list(self._all())

    def _all(self) -> Iterator[Heard]:
        while True:
            try:
                yield self.hear()
            except StopIteration:
                return


@contextmanager
def listening(
    base: str, token: str, path: str = "/live", *, after: str | None = None, **query: Any
) -> Iterator[Listener]:
    """Listen as the owner of a token; the stream must begin."""
    headers = {"Authorization": f"Bearer {token}"}
    if after is not None:
        headers["Last-Event-ID"] = after
    with requests.get(
        base + path, headers=headers, params=query, stream=True, timeout=(5, _PATIENCE)
    ) as response:
        assert response.status_code == 200, response.text
        yield Listener(response)
