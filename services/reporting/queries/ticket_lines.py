"""All tickets behind a figure as lines of a file: named, in one snapshot, never held at once."""

from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.reporting.clients.tables import keys_of, ticket_line
from services.reporting.queries.asking import Asked
from services.reporting.queries.drill_down import Drill, stream_tickets_of
from services.reporting.queries.naming import labels_of

_AT_ONCE = 1_000

Names = dict[tuple[str, str], str]


def ticket_lines(
    session: Session, asked: Asked, drill: Drill, today: date, zone: tzinfo, language: str
) -> Iterator[list[Any]]:
    """The newest first; times are those of the business zone."""
    names: Names = {}
    shows = drill.metric.shows
    for rows in stream_tickets_of(session, asked, drill, today, _AT_ONCE):
        _learn(session, names, rows, language)
        for row in rows:
            at = row.at.astimezone(zone).replace(tzinfo=None)
            yield ticket_line(row, names, at, shows, language)


def _learn(session: Session, names: Names, rows: Sequence[Row[Any]], language: str) -> None:
    for dimension, keys in keys_of(rows).items():
        unknown = {key for key in keys if (dimension, key) not in names}
        if unknown:
            labels = labels_of(session, dimension, unknown, language)
            names.update({(dimension, key): label for key, label in labels.items()})
