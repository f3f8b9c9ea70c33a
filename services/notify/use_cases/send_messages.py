"""Send what is due on a channel with a provider: SMS, WeCom's application, robots in group chats.

Each channel has a job and lanes of its own, so that a provider that is dead or hangs delays nobody
else. After a crash nobody knows whether a message was taken: it becomes `unknown`, is shown, and
is not sent again by itself, unless it is urgent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from libs.common.config import Config
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database
from services.notify.clients.outlet import Handover, Outlet
from services.notify.clients.sending import open_senders, robot_sender
from services.notify.domain.messages import Message, Sender
from services.notify.domain.rules import DINGTALK_ROBOT, SMS, WECOM_APP, WECOM_ROBOT
from services.notify.storage.deliveries import Delivery
from services.notify.use_cases.claim import Ready, claim
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.farewell import finish
from services.notify.use_cases.settle import settle
from services.notify.use_cases.wording import word

CHANNELS = (SMS, WECOM_APP, DINGTALK_ROBOT, WECOM_ROBOT)
_ROBOTS = (DINGTALK_ROBOT, WECOM_ROBOT)
_GATHER = 0.05  # seconds that a round waits for outcomes
_UNSENDABLE = 50  # deliveries a round of a channel that has no provider


@dataclass(frozen=True)
class MessageRoom:
    """The ports of sending messages, one outlet a channel."""

    desk: Desk
    senders: Mapping[str, Sender]
    outlets: Mapping[str, Outlet[Delivery]]

    @classmethod
    def open(
        cls, config: Config, desk: Desk | None = None, senders: Mapping[str, Sender] | None = None
    ) -> "MessageRoom":
        """Raises ConfigError naming what is missing or wrong."""
        known = open_senders(config) if senders is None else senders
        outlets = {channel: Outlet[Delivery](channel) for channel in CHANNELS}
        return cls(desk or Desk.open(config), known, outlets)

    def has_provider(self, channel: str) -> bool:
        return channel in _ROBOTS or channel in self.senders

    def handover(self, ready: Ready) -> Handover[Delivery]:
        """What the outlet takes."""
        return Handover(
            delivery=ready.delivery,
            lease=ready.lease,
            recipient=ready.go.address,
            write=partial(self._write, ready),
            open_sender=partial(self._sender, ready),
            deadline=ready.deadline,
        )

    def _write(self, ready: Ready) -> Message:
        delivery = ready.delivery
        wording = word(self.desk, ready, delivery.content(self.desk.keys))
        return Message(
            delivery_id=delivery.delivery_id,
            to=ready.go.address,
            subject=wording.subject,
            text=wording.text,
            html=wording.html,
            provider_code=wording.provider_code,
            provider_params=wording.params,
            language=wording.language,
        )

    def _sender(self, ready: Ready) -> Sender:
        if ready.endpoint is None:
            return self.senders[ready.delivery.channel]
        keys = self.desk.keys
        robot = ready.endpoint
        return robot_sender(robot.kind, robot.url(keys), robot.secret(keys))


def send_messages(database: Database, room: MessageRoom, channel: str, now: datetime) -> bool:
    """One round of a channel; returns whether there is more to do at once."""
    outlet = room.outlets[channel]
    if not room.has_provider(channel):
        passed = claim(database, room.desk, [channel], now, _UNSENDABLE, has_provider=False)
        return bool(passed)
    if places := outlet.room():
        ready = claim(database, room.desk, [channel], now, places)
        if ready:
            crash_point("after_message_claim_before_send")
            outlet.take([room.handover(one) for one in ready])
    settle(database, room.desk, outlet, now, wait=_GATHER)
    return outlet.is_busy()


def finish_messages(database: Database, room: MessageRoom, clock: Callable[[], datetime]) -> None:
    """Settle what is under way before the process ends; leases answer for the rest."""
    outlets = list(room.outlets.values())

    def settle_all() -> None:
        for outlet in outlets:
            settle(database, room.desk, outlet, clock(), wait=_GATHER)

    finish(outlets, settle_all)
