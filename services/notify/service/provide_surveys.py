"""What surveys need beside the database, built once from the configuration."""

from typing import Any

from nameko.extensions import DependencyProvider

from libs.common.bus.provide import config_of
from libs.common.config import Config, ConfigError
from libs.common.crypto import open_ring
from services.notify.use_cases.answer_survey import SurveyDesk
from services.notify.use_cases.desk import read_sender


class SurveyDeskProvider(DependencyProvider):
    """Gives a service class its `survey_desk`."""

    def setup(self) -> None:
        config = config_of(self.container)
        self._desk = SurveyDesk(open_ring(config), _link_keys(config), read_sender(config).name)

    def get_dependency(self, worker_ctx: Any) -> SurveyDesk:
        return self._desk


def _link_keys(config: Config) -> tuple[bytes, ...]:
    if not config.thread_keys:
        raise ConfigError("THREAD_KEY must be set")
    return config.thread_keys
