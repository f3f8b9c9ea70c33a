"""What the sealing jobs need; a process without the key does not start."""

from typing import Any

from gateway.audit.checkpoints import Checkpoints
from gateway.audit.settings import SealKeys, checkpoint_directory
from libs.common.bus.provide import ConfigProvider


class SealKeysProvider(ConfigProvider):
    """Gives a service class the keys of AUDIT_KEY."""

    def setup(self) -> None:
        self._keys = SealKeys.read()

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self._keys


class CheckpointsProvider(ConfigProvider):
    """Gives a service class the process's checkpoints."""

    def setup(self) -> None:
        self._checkpoints = Checkpoints(checkpoint_directory())

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self._checkpoints
