"""What webhooks and robots need beside the database, built once from the configuration."""

from typing import Any

from nameko.extensions import DependencyProvider

from libs.common.bus.provide import config_of, database_of
from libs.common.clock import utc_now
from services.notify.use_cases.deliver_webhooks import WebhookRoom, finish_webhooks
from services.notify.use_cases.edit_webhooks import ChannelDesk


class ChannelDeskProvider(DependencyProvider):
    """Gives a service class its `channel_desk`."""

    def setup(self) -> None:
        self._desk = ChannelDesk.open(config_of(self.container))

    def get_dependency(self, worker_ctx: Any) -> ChannelDesk:
        return self._desk


class WebhookRoomProvider(DependencyProvider):
    """Gives a service class its `webhook_room`, and finishes what is under way when it stops."""

    def setup(self) -> None:
        self._room = WebhookRoom.open(config_of(self.container))

    def get_dependency(self, worker_ctx: Any) -> WebhookRoom:
        return self._room

    def stop(self) -> None:
        finish_webhooks(database_of(self.container), self._room, utc_now)
