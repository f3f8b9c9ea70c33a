"""What a nameko container gives its extensions: the configuration and the service's database."""

from typing import Any

from nameko.extensions import DependencyProvider

from libs.common.config import Config
from libs.common.database.unit_of_work import Database

CONFIG_KEY = "TIDEDESK"


def config_of(container: Any) -> Config:
    """The process's configuration, put into nameko's own by the launcher."""
    config: Config = container.config[CONFIG_KEY]
    return config


def database_of(container: Any) -> Database:
    """The service's database: one pool for all containers of the service in this process."""
    databases: dict[str, Database] = container.config.setdefault("DATABASES", {})
    name = container.service_name
    if name not in databases:
        databases[name] = Database.connect(name, config_of(container))
    return databases[name]


class DatabaseProvider(DependencyProvider):
    """Gives a service class its `database`."""

    def get_dependency(self, worker_ctx: Any) -> Database:
        return database_of(self.container)


class ConfigProvider(DependencyProvider):
    """Gives a service class its `config`."""

    def get_dependency(self, worker_ctx: Any) -> Config:
        return config_of(self.container)
