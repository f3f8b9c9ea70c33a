"""The mails as files, so that they survive a restart; the oldest go when there are too many."""

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from pathlib import Path

from libs.common.ids import uuid7
from services.notify.mailbox.reading import decode

KEPT = 1_000

_HEADERS = BytesHeaderParser()


@dataclass(frozen=True)
class Summary:
    """A line of the list. `sender` and `to` are the envelope's."""

    id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    message_id: str
    in_reply_to: str | None
    received_at: str
    size: int

    def is_to(self, search: str) -> bool:
        """A whole address must be equal, anything else may be a part of one."""
        wanted = search.strip().casefold()
        addresses = [address.casefold() for address in self.to]
        return wanted in addresses if "@" in wanted else any(wanted in one for one in addresses)


class MailStore:
    """One file with the mail and one with its summary; the second makes the mail exist."""

    def __init__(self, directory: Path, kept: int = KEPT) -> None:
        self._directory = directory
        self._kept = kept
        self._lock = threading.Lock()
        directory.mkdir(parents=True, exist_ok=True)
        self._summaries = {path.stem: _load(path) for path in sorted(directory.glob("*.json"))}

    def add(self, sender: str, to: Sequence[str], raw: bytes) -> Summary:
        """Keep a mail, forgetting the oldest beyond the limit."""
        summary = _summarise(sender, to, raw)
        self._file(summary.id, "eml").write_bytes(raw)
        partial = self._file(summary.id, "partial")
        partial.write_text(json.dumps(asdict(summary), ensure_ascii=False), "utf-8")
        partial.replace(self._file(summary.id, "json"))
        with self._lock:
            self._summaries[summary.id] = summary
            surplus = list(self._summaries)[: -self._kept]
        for mail_id in surplus:
            self._remove(mail_id)
        return summary

    def newest(self, *, to: str = "", limit: int = 100) -> list[Summary]:
        """Newest first."""
        with self._lock:
            found = [one for one in reversed(self._summaries.values()) if one.is_to(to)]
        return found[:limit]

    def find(self, mail_id: str) -> Summary | None:
        """The summary of a mail that is there."""
        with self._lock:
            return self._summaries.get(mail_id)

    def raw(self, mail_id: str) -> bytes:
        """The mail as it came; `mail_id` must be of a mail that is there."""
        return self._file(mail_id, "eml").read_bytes()

    def clear(self) -> None:
        """Forget all."""
        for summary in self.newest(limit=10 * self._kept):
            self._remove(summary.id)

    def _remove(self, mail_id: str) -> None:
        with self._lock:
            self._summaries.pop(mail_id, None)
        for kind in ("json", "eml"):
            self._file(mail_id, kind).unlink(missing_ok=True)

    def _file(self, mail_id: str, kind: str) -> Path:
        return self._directory / f"{mail_id}.{kind}"


def _load(path: Path) -> Summary:
    stored = json.loads(path.read_text("utf-8"))
    return Summary(**{**stored, "to": tuple(stored["to"])})


def _summarise(sender: str, to: Sequence[str], raw: bytes) -> Summary:
    headers = _HEADERS.parsebytes(raw)
    return Summary(
        id=uuid7().hex,
        sender=sender,
        to=tuple(to),
        subject=decode(headers.get("Subject", "")),
        message_id=decode(headers.get("Message-ID", "")),
        in_reply_to=decode(headers.get("In-Reply-To", "")) or None,
        received_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        size=len(raw),
    )
