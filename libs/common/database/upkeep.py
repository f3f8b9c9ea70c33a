"""What every service's database needs now and then, whatever else is in it."""

from datetime import timedelta

from sqlalchemy import Connection, text

from libs.common.clock import utc_now
from libs.common.database import sent
from libs.common.database.commands import forget_commands
from libs.common.database.partitions import drop_partitions, ensure_partitions
from libs.common.database.unit_of_work import Database

_INBOX_KEPT = timedelta(days=92)


def partitioned_tables(connection: Connection) -> list[str]:
    """The names of this database's partitioned tables."""
    found = connection.execute(
        text(
            "SELECT relname FROM pg_class "
            "WHERE relkind = 'p' AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
    )
    return list(found.scalars())


def extend_partitions(connection: Connection) -> None:
    """Make the coming months' partitions of every partitioned table."""
    for table in partitioned_tables(connection):
        ensure_partitions(connection, table)


def forget_handled(connection: Connection) -> None:
    """Drop the inbox of months whose events nobody delivers again."""
    drop_partitions(connection, "inbox", before=utc_now() - _INBOX_KEPT)


def forget_sent(database: Database, minutes: int) -> int:
    """Drop some of what was published longer ago; returns how many batches went."""
    with database.begin() as uow:
        before = utc_now() - timedelta(minutes=minutes)
        gone = sent.forget_sent(uow.session.connection(), before)
        uow.commit()
    return gone


def keep_house(database: Database) -> None:
    """Partitions for the coming months; what nobody asks for any more goes."""
    for job in (extend_partitions, forget_handled, forget_commands):
        with database.begin() as uow:
            job(uow.session.connection())
            uow.commit()
