"""What every service's database needs now and then, whatever else is in it."""

from sqlalchemy import Connection, text

from libs.common.database.commands import forget_commands
from libs.common.database.partitions import ensure_partitions
from libs.common.database.unit_of_work import Database


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


def keep_house(database: Database) -> None:
    """Partitions for the coming months; results of commands that nobody repeats any more go."""
    for job in (extend_partitions, forget_commands):
        with database.begin() as uow:
            job(uow.session.connection())
            uow.commit()
