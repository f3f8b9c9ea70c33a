"""The files of exports: a report with charts, or all tickets behind a figure, and a sheet that says
what the figures count. Read with the data scope of whoever ordered it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.blobs import Blobs
from libs.common.clock import utc_now
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database
from services.reporting.clients.charts import add_charts
from services.reporting.clients.comma_lines import write_lines, write_table
from services.reporting.clients.tables import report_table, series_table, ticket_columns
from services.reporting.clients.workbook import Book
from services.reporting.domain.definitions import (
    SCOPES,
    TITLES,
    UNIT_WORDS,
    definition_of,
    word,
)
from services.reporting.domain.exports import CSV, PIE, Chart
from services.reporting.domain.metrics import Metric
from services.reporting.domain.vocabulary import CATEGORY, LABELS
from services.reporting.queries.asking import Asked
from services.reporting.queries.drill_down import Drill, count_tickets_of
from services.reporting.queries.naming import labels_of
from services.reporting.queries.reports import ReportAsked, get_report
from services.reporting.queries.ticket_lines import ticket_lines
from services.reporting.use_cases.pulse import Pulse

_TIMEOUT = 300.0  # seconds; the first line of a long list comes when all have been sorted
_CHECKED = 1_000  # lines
# The file is stored after its last line.
_WRITTEN = 95  # percent

Facts = list[tuple[str, str, str]]


@dataclass(frozen=True)
class Order:
    """What is to be written for whom: a report with charts, or the tickets behind a figure."""

    export_id: UUID
    owner: UUID
    kind: str
    language: str
    asked: Asked
    content: ReportAsked | Drill
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Desk:
    """With what it is written."""

    database: Database
    blobs: Blobs
    zone: tzinfo

    @property
    def today(self) -> date:
        """In the business zone."""
        return utc_now().astimezone(self.zone).date()


def write_file(desk: Desk, order: Order, pulse: Pulse, file: BinaryIO) -> int:
    """Returns how many lines it has; raises Lost when nobody wants it any more."""
    if isinstance(order.content, Drill):
        return _write_tickets(desk, order, order.content, pulse, file)
    return _write_report(desk, order, order.content, file)


def _write_tickets(desk: Desk, order: Order, drill: Drill, pulse: Pulse, file: BinaryIO) -> int:
    label = _label(order, drill.metric)
    columns = ticket_columns(drill.metric.shows, label, order.language)
    lines = _lines(desk, order, drill, pulse)
    if order.kind == CSV:
        return write_lines(file, columns, lines, order.language)
    book = Book(file, is_long=True)
    count = book.add_lines(_word(order, "tickets"), columns, lines)
    with desk.database.begin(read_only=True) as uow:
        facts = _facts(desk, order, uow.session)
    _add_facts(book, order, facts)
    book.close()
    return count


def _lines(desk: Desk, order: Order, drill: Drill, pulse: Pulse) -> Iterator[list[Any]]:
    today = desk.today
    with desk.database.begin(read_only=True, timeout=_TIMEOUT) as uow:
        total = count_tickets_of(uow.session, order.asked, drill, today)
        found = ticket_lines(uow.session, order.asked, drill, today, desk.zone, order.language)
        for count, line in enumerate(found, 1):
            if count % _CHECKED == 0:
                pulse.progress = min(count * _WRITTEN // max(total, 1), _WRITTEN)
                pulse.check()
                crash_point("amid_export")
            yield line


def _write_report(desk: Desk, order: Order, asked: ReportAsked, file: BinaryIO) -> int:
    with desk.database.begin(read_only=True, timeout=_TIMEOUT) as uow:
        report = get_report(uow.session, order.asked, asked, desk.today)
        facts = _facts(desk, order, uow.session)
    label = None if asked.by is None else word(LABELS, asked.by, order.language)
    table, series = (
        report_table(report, label, order.language),
        series_table(report, order.language),
    )
    if order.kind == CSV:
        shown = series if series is not None and label is None else table
        return write_table(file, shown, order.language)
    book = Book(file)
    book.add_table(table)
    if series is not None:
        book.add_table(series)
    # A ticket counts in its category and in all above it: these rows are no parts of a whole.
    charts = [one for one in order.charts if asked.by != CATEGORY or one.kind != PIE]
    add_charts(book, _word(order, "charts"), charts, table, series)
    _add_facts(book, order, facts)
    book.close()
    return len(table.rows)


def _add_facts(book: Book, order: Order, facts: Facts) -> None:
    heads = [_word(order, name) for name in ("metric", "unit", "definition")]
    book.add_facts(_word(order, "definitions"), heads, facts)


def _facts(desk: Desk, order: Order, session: Session) -> Facts:
    """What the figures count and of what they are, for whoever finds the file a year later."""
    content = order.content
    metrics = [content.metric] if isinstance(content, Drill) else content.metrics
    facts = [
        (
            _label(order, metric),
            word(UNIT_WORDS, metric.unit, order.language),
            definition_of(metric.key, order.language),
        )
        for metric in metrics
    ]
    period = content.period
    facts.append((_word(order, "period"), "", f"{period.first} – {period.last}"))
    if isinstance(content, ReportAsked) and content.compare:
        before = period.compared(content.compare)
        facts.append((_word(order, "compared"), "", f"{before.first} – {before.last}"))
    facts += [(_word(order, "filters"), name, keys) for name, keys in _filters(order, session)]
    actor = order.asked.actor
    level = word(SCOPES, str(actor.scopes.get("tickets", "")), order.language)
    made = utc_now().astimezone(desk.zone)
    facts.append((_word(order, "scope"), "", f"{actor.name} · {level}"))
    return [*facts, (_word(order, "made_at"), "", f"{made:%Y-%m-%d %H:%M:%S}")]


def _filters(order: Order, session: Session) -> Iterator[tuple[str, str]]:
    """Each filter by name, with what it lets through; of a row of a report its key as well."""
    wanted = dict(order.asked.filters.keys)
    if isinstance(order.content, Drill) and order.content.by and order.content.key is not None:
        wanted[order.content.by] = (order.content.key,)
    for dimension, keys in wanted.items():
        labels = labels_of(session, dimension, keys, order.language)
        yield word(LABELS, dimension, order.language), ", ".join(labels[key] for key in keys)
    if scores := order.asked.filters.scores:
        yield _word(order, "score"), ", ".join(map(str, scores))


def _label(order: Order, metric: Metric) -> str:
    return metric.en if order.language == "en" else metric.zh


def _word(order: Order, key: str) -> str:
    return word(TITLES, key, order.language)
