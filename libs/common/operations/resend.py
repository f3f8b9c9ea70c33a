"""Sends what was published lately once more: for a broker that has lost what stood in its queues.

    python -m libs.common.operations.resend [--minutes N] [owner …]

May run beside everything else, and be repeated: inboxes drop what they have handled. Other teams'
queues and the replay stream get the events again, with the same ids.
"""

import argparse
import sys
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from libs.common.clock import utc_now
from libs.common.config import Config, ConfigError
from libs.common.crypto.key_file import find_ring
from libs.common.database.engine import open_engine
from libs.common.database.sent import Resent, resend
from libs.common.migrate import owners


def resend_all(config: Config, names: list[str], age: timedelta) -> dict[str, Resent]:
    """By owner what waits to be published again."""
    return {owner: _resend(config, owner, age) for owner in names}


def _resend(config: Config, owner: str, age: timedelta) -> Resent:
    url = config.database_url(owner)
    with open_engine(url, application="tidedesk-resend", pool_size=0).begin() as connection:
        return resend(connection, utc_now() - age, find_ring(config))


def main(arguments: list[str]) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="libs.common.operations.resend")
    parser.add_argument("owners", nargs="*", help="all by default")
    parser.add_argument("--minutes", type=int, default=120, help="how far back, 120")
    chosen = parser.parse_args(arguments)
    try:
        known = owners()
        if unknown := sorted(set(chosen.owners) - set(known)):
            raise ConfigError(f"no owner is called {', '.join(unknown)}")
        sent = resend_all(Config.read(), chosen.owners or known, timedelta(minutes=chosen.minutes))
    except (ConfigError, SQLAlchemyError) as error:
        print(f"not sent: {error}", file=sys.stderr)
        return 1
    for owner, again in sent.items():
        lost = f", {again.unreadable} batches that no key opens" if again.unreadable else ""
        print(f"{owner}: {again.events} events{lost}")
    return 1 if any(again.unreadable for again in sent.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
