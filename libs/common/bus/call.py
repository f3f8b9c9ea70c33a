"""A call as a use case's entrypoint sees it."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork


@dataclass
class Call:
    """Who calls, when, until when (Unix seconds), and the transaction the shell has opened."""

    actor: Actor
    now: datetime
    deadline: float
    request_id: str
    command_id: str | None = None
    uow: UnitOfWork = field(init=False)

    @property
    def seconds_left(self) -> float:
        """What remains of the deadline."""
        return self.deadline - time.time()
