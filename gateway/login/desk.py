"""What every way of logging in is given: the database, keys, rules, the time, and who is there."""

from dataclasses import dataclass
from datetime import datetime

from flask import request

from gateway.login.settings import LoginSettings
from gateway.parts import parts
from gateway.request_ids import request_id
from gateway.sealing import Sealing
from libs.common.database.unit_of_work import Database


@dataclass(frozen=True)
class Origin:
    """Where a request comes from, as far as it tells."""

    address: str
    user_agent: str
    device: str | None = None


@dataclass(frozen=True)
class LoginDesk:
    """One request's."""

    database: Database
    sealing: Sealing
    settings: LoginSettings
    now: datetime
    origin: Origin
    request_id: str


DEVICE_COOKIE = "tidedesk_device"


def login_desk() -> LoginDesk:
    """The present request's."""
    origin = Origin(
        address=request.remote_addr or "",
        user_agent=request.headers.get("User-Agent", "")[:200],
        device=request.cookies.get(DEVICE_COOKIE),
    )
    here = parts()
    return LoginDesk(here.database, here.sealing, here.login, here.clock(), origin, request_id())
