"""What every change is told: who acts, when, and where new identifiers come from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor


@dataclass(frozen=True)
class Act:
    """The circumstances of one change. `cause` is kept with the facts and never looked at."""

    actor: Actor
    now: datetime
    new_id: Callable[[], UUID]
    cause: object = None
