"""The way out for text messages: one request each, so that one that hangs holds its lane only."""

import logging
import time
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.notify.clients.lanes import Lanes, Outcome
from services.notify.clients.sms import SmsSender, Verdict
from services.notify.storage.leases import Lease

Sent = TypeVar("Sent")

_log = logging.getLogger(__name__)

LANES = 16


@dataclass(frozen=True)
class Text(Generic[Sent]):
    """A text to hand over before `deadline` (monotonic seconds); later its lease may run out."""

    delivery: Sent
    lease: Lease
    recipient: str = field(repr=False)
    text: str = field(repr=False)
    message_id: str
    deadline: float


class TextPost(Lanes[Text[Sent]]):
    """Carries texts."""

    def __init__(self, sender: SmsSender, lanes: int = LANES) -> None:
        super().__init__(lanes)
        self._sender = sender

    def room(self) -> int:
        """As many as there are free lanes: what waits should wait in the database."""
        return max(self._lanes - self.under_way(), 0)

    def carry(self, text: Text[Sent]) -> Outcome[Text[Sent]]:
        if time.monotonic() >= text.deadline:
            return Outcome(text, reason="not begun in time")
        try:
            answer = self._sender.send(text.recipient, text.text, text.message_id)
        except Exception as error:
            _log.exception("text %s cannot be handed over", text.lease.leased_id)
            return Outcome(text, reason=f"{type(error).__name__}: {error}")
        return Outcome(
            text,
            is_sent=answer.verdict is Verdict.SENT,
            is_final=answer.verdict is Verdict.REFUSED,
            reason=answer.reason,
        )
