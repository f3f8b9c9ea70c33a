"""The way out for text messages: one request each, so that one that hangs holds its lane only."""

import logging
import time
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.notify.clients.lanes import Lanes, Outcome
from services.notify.domain.messages import Message, Sender, Verdict
from services.notify.storage.leases import Lease

Sent = TypeVar("Sent")

_log = logging.getLogger(__name__)

LANES = 16


@dataclass(frozen=True)
class Text(Generic[Sent]):
    """A text to hand over before `deadline` (monotonic seconds); later its lease may run out."""

    delivery: Sent
    lease: Lease
    message: Message = field(repr=False)
    deadline: float

    @property
    def recipient(self) -> str:
        """What no log and no reason may hold."""
        return self.message.to


class TextPost(Lanes[Text[Sent]]):
    """Carries texts."""

    def __init__(self, sender: Sender, lanes: int = LANES) -> None:
        super().__init__(lanes)
        self._sender = sender

    def room(self) -> int:
        """As many as there are free lanes: what waits should wait in the database."""
        return max(self._lanes - self.under_way(), 0)

    def carry(self, text: Text[Sent]) -> Outcome[Text[Sent]]:
        if time.monotonic() >= text.deadline:
            return Outcome(text, reason="not begun in time")
        try:
            answer = self._sender.send(text.message)
        except Exception as error:
            _log.exception("text %s cannot be handed over", text.lease.leased_id)
            return Outcome(text, reason=f"{type(error).__name__}: {error}")
        return Outcome(
            text,
            is_sent=answer.verdict is Verdict.SENT,
            is_final=answer.verdict is Verdict.REFUSED,
            reason=answer.reason,
            is_unknown=answer.verdict is Verdict.UNKNOWN,
            retry_after=answer.retry_after,
        )
