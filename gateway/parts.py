"""What a running gateway is made of; kept with the Flask application."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from flask import current_app

from gateway.auth.lookups import Lookups
from gateway.auth.rights import Rights
from gateway.customer_names import CustomerNames
from gateway.login.settings import LoginSettings
from gateway.operation import Overview
from gateway.sealing import Sealing
from libs.common.actor import Actor
from libs.common.blobs import Blobs
from libs.common.database.unit_of_work import Database
from libs.common.scanning import Scanner

if TYPE_CHECKING:
    from gateway.auth.limits import Limits
    from gateway.live.hub import Hub
    from gateway.portal.identities import Requesters

EXTENSION = "tidedesk"


class Rpc(Protocol):
    """The services, as the gateway asks them; failures are DeskErrors."""

    def command(
        self,
        service: str,
        method: str,
        args: dict[str, Any],
        *,
        actor: Actor,
        command_id: str,
        request_id: str,
        timeout: float = ...,
    ) -> Any:
        """Change something, once per `command_id`."""

    def query(
        self,
        service: str,
        method: str,
        args: dict[str, Any],
        *,
        actor: Actor,
        request_id: str,
        timeout: float = ...,
    ) -> Any:
        """Ask for something."""


@dataclass(frozen=True)
class Parts:
    """Connections, stores and the clock of one gateway process."""

    database: Database
    rpc: Rpc
    blobs: Blobs
    clock: Callable[[], datetime]
    console: Path
    lookups: Lookups
    rights: Rights
    sealing: Sealing
    limits: "Limits"
    requesters: "Requesters"
    portal_key: bytes | None
    login: LoginSettings
    live: "Hub"
    most_upload: int  # bytes of a file
    business_zone: ZoneInfo
    scanner: Scanner | None = None
    customer_names: CustomerNames = field(default_factory=CustomerNames)
    operation: Overview = field(default_factory=Overview)


def parts() -> Parts:
    """Those of the application that handles the present request."""
    found: Parts = current_app.extensions[EXTENSION]
    return found
