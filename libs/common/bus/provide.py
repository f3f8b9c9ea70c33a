"""What a nameko container gives its extensions: configuration, database and broker."""

from collections.abc import Iterable
from typing import Any

from nameko.extensions import DependencyProvider

from libs.common.bus.address import BrokerAddress
from libs.common.config import Config
from libs.common.database.unit_of_work import Database

CONFIG_KEY = "TIDEDESK"


def config_of(container: Any) -> Config:
    """The process's configuration, put into nameko's own by the launcher."""
    config: Config = container.config[CONFIG_KEY]
    return config


def container_settings(
    config: Config, owner: str, databases: dict[str, Database]
) -> dict[str, Any]:
    """nameko's configuration of one container; `databases` are the process's, filled as needed."""
    address = BrokerAddress.parse(config.broker(owner))
    return {
        "AMQP_URI": address.uri,
        "AMQP_SSL": address.tls,
        CONFIG_KEY: config,
        "DATABASES": databases,
        "serializer": "json",
        "max_workers": config.pool_size,
    }


def broker_of(container: Any) -> str:
    """The broker's URI for the container's service, with its own user if it has one."""
    return config_of(container).broker(container.service_name)


class OnBroker:
    """An extension that can do nothing without the broker."""

    has_broker = False


def ask_broker(containers: Iterable[Any]) -> None:
    """A readiness check; raises RuntimeError while something waits for the broker."""
    waiting = [
        f"{type(extension).__name__} of {container.service_name}"
        for container in containers
        for extension in container.extensions
        if isinstance(extension, OnBroker) and not extension.has_broker
    ]
    if waiting:
        raise RuntimeError(f"without the broker: {', '.join(sorted(waiting))}")


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
