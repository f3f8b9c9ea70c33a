"""The way out for webhooks: a receiver that hangs holds two lanes at most, not the others'."""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from libs.common.http import OutboundFailed, OutboundHttp, OutboundRefused
from services.notify.clients.lanes import Lanes, Outcome
from services.notify.domain.webhooks import LANES_OF_ONE, TIMEOUT, sign
from services.notify.storage.leases import Lease
from services.notify.storage.webhook_deliveries import WebhookDelivery
from services.notify.storage.webhook_outcomes import Attempt

_log = logging.getLogger(__name__)

LANES = 32
_PLACES = 256  # calls under way or waiting here
_PLACES_OF_ONE = 16
_MAX_ANSWER = 16_384  # bytes: nobody reads them
_GONE = 410


@dataclass(frozen=True)
class Call:
    """An event to hand over before `deadline` (monotonic seconds); later its lease may run out."""

    delivery: WebhookDelivery
    lease: Lease
    url: str = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    deadline: float


@dataclass(frozen=True)
class Answered(Outcome[Call]):
    """What became of a call; `is_gone`: the receiver wants no more of any; `is_unbegun`: there
    was no time for it."""

    attempt: Attempt = field(default_factory=lambda: Attempt(None, None, 0))
    is_gone: bool = False
    is_unbegun: bool = False


class WebhookPost(Lanes[Call]):
    """Carries calls: of each webhook some wait here, and two at most are under way."""

    def __init__(
        self, http: OutboundHttp, lanes: int = LANES, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(lanes)
        self._http = http
        self._clock = clock
        self._queues: dict[UUID, deque[Call]] = {}
        self._busy_with: Counter[UUID] = Counter()

    def under_way(self) -> int:
        with self._changed:
            return self._busy + sum(map(len, self._queues.values()))

    def room(self) -> int:
        """How many calls it takes now."""
        return max(_PLACES - self.under_way(), 0)

    def room_of(self, webhook_id: UUID) -> int:
        """How many of one webhook; none while there are enough to go on with."""
        free = _PLACES_OF_ONE - self._held(webhook_id)
        return free if free >= _PLACES_OF_ONE // 2 else 0

    def full(self) -> list[UUID]:
        """Webhooks that it takes no more of now."""
        with self._changed:
            known = {*self._queues, *self._busy_with}
            return [one for one in known if not self.room_of(one)]

    def busy_with(self, webhook_id: UUID) -> int:
        """How many lanes one webhook holds."""
        with self._changed:
            return self._busy_with[webhook_id]

    def take(self, items: Sequence[Call]) -> None:
        with self._changed:
            for call in items:
                self._queues.setdefault(call.delivery.webhook_id, deque()).append(call)
            self._start()

    def carry(self, call: Call) -> Outcome[Call]:
        return self._carry(call)

    def _held(self, webhook_id: UUID) -> int:
        with self._changed:
            return self._busy_with[webhook_id] + len(self._queues.get(webhook_id, ()))

    def _start(self) -> None:
        """Give free lanes to those that have less than two; the lock is held."""
        for webhook_id, queue in self._queues.items():
            while queue and self._busy < self._lanes and self._busy_with[webhook_id] < LANES_OF_ONE:
                self._busy += 1
                self._busy_with[webhook_id] += 1
                threading.Thread(target=self._run, args=(queue.popleft(),), daemon=True).start()

    def _run(self, call: Call) -> None:
        outcome, webhook_id = self.carry(call), call.delivery.webhook_id
        with self._changed:
            self._outcomes.append(outcome)
            self._busy -= 1
            self._busy_with[webhook_id] -= 1
            self._start()
            if not self._held(webhook_id):
                self._queues.pop(webhook_id, None)
                del self._busy_with[webhook_id]
            self._changed.notify_all()

    def _carry(self, call: Call) -> Answered:
        started = time.monotonic()
        if started >= call.deadline:
            return Answered(call, is_unbegun=True)
        status: int | None = None
        error: str | None = None
        headers: Mapping[str, str] = {}
        try:
            status, headers = self._post(call)
            error = None if 200 <= status < 300 else f"the receiver answered {status}"
        except (OutboundFailed, OutboundRefused) as trouble:
            status, error = _status_of(trouble), str(trouble)
            if status is not None and 200 <= status < 300:
                error = None
        except Exception as fault:
            _log.exception("webhook delivery %s cannot be handed over", call.lease.leased_id)
            error = f"{type(fault).__name__}"
        return Answered(
            call,
            is_sent=error is None,
            reason=error or "",
            retry_after=_retry_after(headers),
            attempt=Attempt(status, error, round((time.monotonic() - started) * 1000)),
            is_gone=status == _GONE,
        )

    def _post(self, call: Call) -> tuple[int, Mapping[str, str]]:
        body, now = call.delivery.body.encode(), int(self._clock())
        event_id = str(call.delivery.event_id)
        answer = self._http.request(
            "POST",
            call.url,
            headers={
                "Content-Type": "application/cloudevents+json",
                "webhook-id": event_id,
                "webhook-timestamp": str(now),
                "webhook-signature": sign(event_id, now, body, call.secrets),
            },
            body=body,
            timeout=TIMEOUT,
            max_body=_MAX_ANSWER,
            max_redirects=0,
            purpose="webhook",
        )
        return answer.status, answer.headers


def _status_of(trouble: OutboundFailed | OutboundRefused) -> int | None:
    """That of an answer whose body was cut off."""
    status = trouble.details.get("status")
    return status if isinstance(status, int) else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "").strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 8 else None
