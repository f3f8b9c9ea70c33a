"""The mailbox as an SMS provider: takes signed texts, shows them on pages and as JSON."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict

from services.notify.domain.sms import SIGNATURE, TIMESTAMP, is_signed
from services.notify.mailbox.shown import NOTHING, as_json, limit_of, page, see
from services.notify.mailbox.store import KEPT
from services.notify.mailbox.texts import TextMessage, TextStore
from services.notify.mailbox.web import Request, Response, Route

_ID = "(?P<text_id>[0-9a-f]{32})"
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
_FIELDS = ("message_id", "to", "text")


class TextViews:
    """What each route answers."""

    def __init__(self, store: TextStore, key: bytes) -> None:
        self._store = store
        self._key = key

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Callable[..., Response]]] = [
            ("POST", "/sms", self.take),
            ("GET", "/sms", self.list_page),
            ("GET", f"/sms/{_ID}", self.text_page),
            ("POST", "/sms/clear", self.clear_form),
            ("GET", "/api/sms", self.list_texts),
            ("DELETE", "/api/sms", self.clear),
            ("GET", f"/api/sms/{_ID}", self.show_text),
        ]
        return [(method, re.compile(pattern), view) for method, pattern, view in table]

    def take(self, request: Request) -> Response:
        """A text from notify; without our key's signature it is nobody's."""
        timestamp = request.headers.get(TIMESTAMP.lower(), "")
        signature = request.headers.get(SIGNATURE.lower(), "")
        if not self._key or not is_signed(
            request.body, timestamp, signature, key=self._key, now=time.time()
        ):
            return as_json({"detail": "not signed with the right key, or long ago"}, 401)
        fields = _fields(request.body)
        if fields is None:
            return as_json({"detail": f"{', '.join(_FIELDS)} are required"}, 422)
        return as_json(asdict(self._store.add(**fields)), 202)

    def list_page(self, request: Request) -> Response:
        to = request.query.get("to", "")
        return page("texts.html", texts=self._store.newest(to=to, limit=200), to=to)

    def text_page(self, request: Request, text_id: str) -> Response:
        return self._known(text_id, lambda text: page("text.html", text=text))

    def clear_form(self, request: Request) -> Response:
        self._store.clear()
        return see("/sms")

    def list_texts(self, request: Request) -> Response:
        limit = limit_of(request.query, KEPT)
        if limit is None:
            return as_json({"detail": f"limit must be 1 to {KEPT}"}, 422)
        found = self._store.newest(to=request.query.get("to", ""), limit=limit)
        return as_json({"items": [asdict(text) for text in found]})

    def clear(self, request: Request) -> Response:
        self._store.clear()
        return NOTHING

    def show_text(self, request: Request, text_id: str) -> Response:
        return self._known(text_id, lambda text: as_json(asdict(text)))

    def _known(self, text_id: str, show: Callable[[TextMessage], Response]) -> Response:
        text = self._store.find(text_id)
        return show(text) if text else as_json({"detail": "no such text"}, 404)


def _fields(body: bytes) -> dict[str, str] | None:
    """The three texts of a request, or None."""
    try:
        given = json.loads(body)
        fields = {name: given[name] for name in _FIELDS}
    except (ValueError, LookupError, TypeError):
        return None
    if not all(isinstance(value, str) and value for value in fields.values()):
        return None
    return fields if _NUMBER.fullmatch(fields["to"]) else None
