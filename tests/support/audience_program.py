"""A team's program, to be killed: writes each event's number by its inbox's connection.

python -m tests.support.audience_program NAME SQLITE_FILE|POSTGRES_URL [SINCE [DEADLY_NUMBER]]
"""

import os
import sys
from contextlib import closing
from datetime import datetime
from typing import Any

import psycopg2

from libs.common.consumer import Consumer, Inbox, PostgresInbox, SqliteInbox


def open_inbox(place: str) -> Inbox:
    """By what the place looks like."""
    if place.startswith("postgresql"):
        return PostgresInbox(lambda: psycopg2.connect(place))
    return SqliteInbox(place)


def main(name: str, place: str, since: str = "", deadly: str = "") -> None:
    """Until it is killed."""

    def handle(event: Any, connection: Any) -> None:
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"INSERT INTO effects VALUES ({event.seq:d})")
        if str(event.seq) == deadly:
            os._exit(9)

    Consumer(
        os.environ["AMQP_URI"],
        team="audience",
        name=name,
        types=["ticket.*"],
        handler=handle,
        inbox=open_inbox(place),
        replay_from=datetime.fromisoformat(since) if since else None,
    ).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
