"""What the door and the SMTP listener share."""

from sqlalchemy import Engine, text

from libs.common.blobs import open_blobs
from libs.common.config import Config
from libs.common.crypto import open_ring
from libs.common.health import Check
from services.intake.storage.arrivals import Arrivals
from services.intake.use_cases.accept_message import Doorkeeper


def open_doorkeeper(config: Config, engine: Engine) -> Doorkeeper:
    """Takes messages durably; raises ConfigError where a key is missing."""
    keys = open_ring(config)
    return Doorkeeper(Arrivals(engine), open_blobs(config), keys)


def database_check(engine: Engine) -> Check:
    """A readiness check: the database answers."""

    def check() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    return check
