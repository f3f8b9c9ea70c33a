"""Everything that a database holds, to look for what it must not."""

from sqlalchemy import text

from libs.common.database.unit_of_work import Database

_TABLES = text(
    "SELECT quote_ident(relname) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
    "AND relnamespace = 'public'::regnamespace ORDER BY relname"
)


def places_of(database: Database, words: str) -> list[str]:
    """The tables in which the words stand, in clear or as the bytes of a binary column."""
    with database.engine.connect() as connection:
        return [
            table
            for table in connection.execute(_TABLES).scalars()
            if connection.execute(
                text(
                    f"SELECT EXISTS (SELECT 1 FROM {table} AS one WHERE row_to_json(one)::text "
                    "LIKE ANY (ARRAY[:words, :escaped, :bytes]))"
                ),
                {
                    "words": f"%{words}%",
                    # As JSON inside JSON has it where it is not ASCII.
                    "escaped": f"%{ascii(words)[1:-1].replace(chr(92), chr(92) * 4)}%",
                    "bytes": f"%{words.encode().hex()}%",
                },
            ).scalar_one()
        ]
