"""Charts of a report's tables, each of them fed by the cells, not by pictures."""

from collections.abc import Sequence
from typing import Any

from services.reporting.clients.tables import Table
from services.reporting.clients.workbook import Book
from services.reporting.domain.exports import BAR, LINE, PIE, RADAR, Chart

_KINDS = {BAR: "column", LINE: "line", PIE: "pie", RADAR: "radar"}
_WIDTH, _HEIGHT, _ROWS_EACH = 900, 380, 20
# More than these do not fit beside one another, and a chart says nothing any more.
_MOST_ROWS, _MOST_SLICES = 50, 12


def add_charts(
    book: Book, title: str, charts: Sequence[Chart], rows: Table, series: Table | None
) -> int:
    """A sheet of charts, one below the other; returns how many there are."""
    drawn = [(chart, _source(chart, rows, series)) for chart in charts]
    drawn = [(chart, table) for chart, table in drawn if table.rows]
    if not drawn:
        return 0
    sheet = book.add_sheet(title)
    for place, (chart, table) in enumerate(drawn):
        sheet.insert_chart(place * _ROWS_EACH, 0, _draw(book, chart, table))
    return len(drawn)


def _source(chart: Chart, rows: Table, series: Table | None) -> Table:
    return series if series is not None and chart.kind == LINE else rows


def _draw(book: Book, chart: Chart, table: Table) -> Any:
    places = _places(chart, table)
    drawn = book.make_chart(_KINDS[chart.kind])
    most = _MOST_SLICES if chart.kind == PIE else _MOST_ROWS
    last = min(len(table.rows), most) if table.columns[0].metric is None else len(table.rows)
    first_unit = table.columns[places[0]].unit
    for at in places:
        column = table.columns[at]
        line: dict[str, Any] = {
            "name": [table.title, 0, at],
            "categories": [table.title, 1, 0, last, 0],
            "values": [table.title, 1, at, last, at],
        }
        if chart.kind in (BAR, LINE) and column.unit != first_unit:
            line["y2_axis"] = True
        if chart.kind == LINE:
            line["marker"] = {"type": "circle", "size": 4}
        if chart.kind == PIE:
            line["data_labels"] = {"percentage": True, "category": True}
        drawn.add_series(line)
    _label(book, drawn, chart, table, places)
    return drawn


def _label(book: Book, drawn: Any, chart: Chart, table: Table, places: Sequence[int]) -> None:
    names = [table.columns[at].label for at in places]
    drawn.set_title({"name": "、".join(names), "name_font": {"size": 12}})
    drawn.set_size({"width": _WIDTH, "height": _HEIGHT})
    drawn.set_legend({"position": "bottom"})
    if chart.kind != PIE:
        shown = book.number_format(table.columns[places[0]].unit)
        drawn.set_y_axis({"num_format": shown, "major_gridlines": {"visible": True}})


def _places(chart: Chart, table: Table) -> list[int]:
    """Columns that are drawn: those named, else all of the first metric's unit; of a pie, one."""
    known = [at for at, column in enumerate(table.columns) if column.metric is not None]
    found = [at for at in known if table.columns[at].metric in chart.metrics]
    if not found:
        found = [at for at in known if table.columns[at].unit == table.columns[known[0]].unit]
    return found[:1] if chart.kind == PIE else found
