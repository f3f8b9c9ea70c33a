"""The way out of a channel with a provider: one request each, in lanes of the channel's own."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from libs.common import metrics
from services.notify.clients.lanes import Lanes, Outcome
from services.notify.domain.messages import Answer, Message, Sender, Verdict
from services.notify.storage.leases import Lease

Sent = TypeVar("Sent")

_log = logging.getLogger(__name__)

LANES = 8


@dataclass(frozen=True)
class Handover(Generic[Sent]):
    """A message to hand over before `deadline` (monotonic seconds); later its lease may run out.

    `write` makes it when its turn comes; `open_sender` finds who takes it.
    """

    delivery: Sent
    lease: Lease
    recipient: str = field(repr=False)
    write: Callable[[], Message] = field(repr=False)
    open_sender: Callable[[], Sender] = field(repr=False)
    deadline: float


class Outlet(Lanes[Handover[Sent]]):
    """Carries messages of one channel; a provider that hangs holds its lanes and no others."""

    def __init__(self, channel: str, lanes: int = LANES) -> None:
        super().__init__(lanes)
        self._channel = channel

    def room(self) -> int:
        """As many as there are free lanes: what waits should wait in the database."""
        return max(self._lanes - self.under_way(), 0)

    def carry(self, item: Handover[Sent]) -> Outcome[Handover[Sent]]:
        if time.monotonic() >= item.deadline:
            return Outcome(item, reason="not begun in time")
        started = time.perf_counter()
        try:
            answer = item.open_sender().send(item.write())
        except Exception as error:
            # A fault of ours: a later release or another text may do better. Nothing was sent.
            _log.exception("delivery %s cannot be handed over", item.lease.leased_id)
            answer = Answer(Verdict.AGAIN, f"{type(error).__name__}: {error}")
        metrics.observe_outbound(self._channel, answer.verdict, time.perf_counter() - started)
        return Outcome(
            item,
            is_sent=answer.verdict is Verdict.SENT,
            is_final=answer.verdict is Verdict.REFUSED,
            is_unknown=answer.verdict is Verdict.UNKNOWN,
            reason=answer.reason,
            retry_after=answer.retry_after,
            provider_id=answer.provider_id,
        )
