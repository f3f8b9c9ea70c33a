"""The text messages as files, beside the mails; the oldest go when there are too many."""

import json
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from libs.common.ids import uuid7


@dataclass(frozen=True)
class TextMessage:
    """One SMS. `message_id` is the sender's, the same when it is sent again."""

    id: str
    message_id: str
    to: str
    text: str
    received_at: str


class TextStore:
    """One file a message."""

    def __init__(self, directory: Path, kept: int) -> None:
        self._directory = directory
        self._kept = kept
        self._lock = threading.Lock()
        directory.mkdir(parents=True, exist_ok=True)
        files = sorted(directory.glob("*.json"))
        self._texts = {
            path.stem: TextMessage(**json.loads(path.read_text("utf-8"))) for path in files
        }

    def add(self, message_id: str, to: str, text: str) -> TextMessage:
        """Keep a message, forgetting the oldest beyond the limit."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        message = TextMessage(uuid7().hex, message_id, to, text, now)
        partial = self._directory / f"{message.id}.partial"
        partial.write_text(json.dumps(asdict(message), ensure_ascii=False), "utf-8")
        partial.replace(self._file(message.id))
        with self._lock:
            self._texts[message.id] = message
            surplus = list(self._texts)[: -self._kept]
        for text_id in surplus:
            self._remove(text_id)
        return message

    def newest(self, *, to: str = "", limit: int = 100) -> list[TextMessage]:
        """Newest first; `to` may be a part of the number."""
        with self._lock:
            found = [one for one in reversed(self._texts.values()) if to.strip() in one.to]
        return found[:limit]

    def find(self, text_id: str) -> TextMessage | None:
        with self._lock:
            return self._texts.get(text_id)

    def clear(self) -> None:
        """Forget all."""
        for message in self.newest(limit=10 * self._kept):
            self._remove(message.id)

    def _remove(self, text_id: str) -> None:
        with self._lock:
            self._texts.pop(text_id, None)
        self._file(text_id).unlink(missing_ok=True)

    def _file(self, text_id: str) -> Path:
        return self._directory / f"{text_id}.json"


def _load(path: Path) -> TextMessage:
    return TextMessage(**json.loads(path.read_text("utf-8")))
