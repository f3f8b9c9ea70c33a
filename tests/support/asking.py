"""Calls a service as the gateway does: by somebody, with its shell, in JSON both ways."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from libs.common.actor import Actor
from libs.common.bus.call import Call
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.database.unit_of_work import Database

# Calls a method of the service by its name.
Ask = Callable[..., Any]


def asking(
    service: object, database: Database, boss: Actor, clock: Callable[[], datetime] = utc_now
) -> Ask:
    """As `boss` unless told otherwise, and at the clock's time."""
    # As nameko injects dependencies into its workers.
    vars(service).update(database=database, config=Config.read({}))

    def ask(
        method: str,
        /,
        actor: Actor | None = None,
        command_id: str | None = None,
        now: datetime | None = None,
        **given: Any,
    ) -> Any:
        call = Call(
            actor=actor or boss,
            now=now or clock(),
            deadline=time.time() + 10,
            request_id="r",
            command_id=command_id or str(uuid4()),
        )
        sent = orjson.loads(orjson.dumps(given))
        return orjson.loads(orjson.dumps(getattr(service, method)(call, **sent)))

    return ask
