"""What the entrypoints are given beside the database, built once from the configuration."""

import os
from typing import Any

from nameko.extensions import DependencyProvider

from libs.common.bus.provide import config_of, database_of
from libs.common.clock import utc_now
from libs.common.crypto import open_ring
from services.notify.clients.settings import has_sms
from services.notify.service.settings import Settings
from services.notify.use_cases.code_room import CodeRoom
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.hand_over_codes import finish_codes
from services.notify.use_cases.mail_room import MailRoom
from services.notify.use_cases.send_code import CodeDesk
from services.notify.use_cases.send_mails import finish_mails
from services.notify.use_cases.send_messages import MessageRoom, finish_messages


def open_desk(container: Any) -> Desk:
    """What telling needs, as the environment says."""
    return Desk.open(config_of(container), Settings.read().public_url)


class DeskProvider(DependencyProvider):
    """Gives a service class its `desk`."""

    def setup(self) -> None:
        self._desk = open_desk(self.container)

    def get_dependency(self, worker_ctx: Any) -> Desk:
        return self._desk


class MailRoomProvider(DependencyProvider):
    """Gives a service class its `room`, and finishes what is under way when it stops."""

    def setup(self) -> None:
        self._room = MailRoom.open(config_of(self.container), open_desk(self.container))

    def get_dependency(self, worker_ctx: Any) -> MailRoom:
        return self._room

    def stop(self) -> None:
        finish_mails(database_of(self.container), self._room, utc_now)


class MessageRoomProvider(DependencyProvider):
    """Gives a service class its `messages`, and finishes what is under way when it stops."""

    def setup(self) -> None:
        self._room = MessageRoom.open(config_of(self.container), open_desk(self.container))

    def get_dependency(self, worker_ctx: Any) -> MessageRoom:
        return self._room

    def stop(self) -> None:
        finish_messages(database_of(self.container), self._room, utc_now)


class CodeDeskProvider(DependencyProvider):
    """Gives a service class its `codes`."""

    def setup(self) -> None:
        config = config_of(self.container)
        self._desk = CodeDesk(
            open_ring(config), has_sms=bool(config.sms_url) or has_sms(os.environ)
        )

    def get_dependency(self, worker_ctx: Any) -> CodeDesk:
        return self._desk


class CodeRoomProvider(DependencyProvider):
    """Gives a service class its `code_room`, and finishes what is under way when it stops."""

    def setup(self) -> None:
        self._room = CodeRoom.open(config_of(self.container))

    def get_dependency(self, worker_ctx: Any) -> CodeRoom:
        return self._room

    def stop(self) -> None:
        finish_codes(database_of(self.container), self._room, utc_now)


class SettingsProvider(DependencyProvider):
    """Gives a service class its `settings`."""

    def setup(self) -> None:
        self._settings = Settings.read()

    def get_dependency(self, worker_ctx: Any) -> Settings:
        return self._settings
