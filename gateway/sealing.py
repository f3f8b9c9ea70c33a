"""Keys for what the gateway keeps sealed: staff's contact data, secrets of second factors."""

from functools import cached_property

from libs.common.config import Config
from libs.common.crypto import BlindIndex, KeyRing, open_ring


class Sealing:
    """The key ring and the blind index; raises ConfigError when used without their keys."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @cached_property
    def ring(self) -> KeyRing:
        """Seals and opens fields."""
        return open_ring(self._config)

    @cached_property
    def index(self) -> BlindIndex:
        """Finds sealed values by their keyed hash."""
        return BlindIndex(self._config.index_key)
