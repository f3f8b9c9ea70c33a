"""What the entrypoints are given beside the database, built once from the configuration."""

from typing import Any

from nameko.extensions import DependencyProvider

from libs.common.bus.provide import config_of, database_of
from libs.common.clock import utc_now
from services.notify.use_cases.mail_room import MailRoom
from services.notify.use_cases.order_mails import Desk
from services.notify.use_cases.send_mails import finish_mails


class DeskProvider(DependencyProvider):
    """Gives a service class its `desk`."""

    def setup(self) -> None:
        self._desk = Desk.open(config_of(self.container))

    def get_dependency(self, worker_ctx: Any) -> Desk:
        return self._desk


class MailRoomProvider(DependencyProvider):
    """Gives a service class its `room`, and finishes what is under way when it stops."""

    def setup(self) -> None:
        self._room = MailRoom.open(config_of(self.container))

    def get_dependency(self, worker_ctx: Any) -> MailRoom:
        return self._room

    def stop(self) -> None:
        finish_mails(database_of(self.container), self._room, utc_now)
