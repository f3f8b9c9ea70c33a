"""Reports: what can be asked for, figures, the tickets behind them, the dashboard."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from gateway.schemas.pieces import Body, CommaSeparated, Text, View, limit, one_of

LANGUAGES = ("zh", "en")
UNITS = ("day", "week", "month", "quarter", "year")
PERIOD_UNITS = (*UNITS, "custom")
DIMENSIONS = (
    *("kind", "channel", "group", "department", "agent", "category", "tier", "urgency", "region"),
    "status",
)
COMPARISONS = ("previous", "year_ago")
VALUE_UNITS = ("count", "seconds", "share", "score", "points", "average")
PHASES = ("none", "reading", "folding", "summing", "done")
_MOST_METRICS, _MOST_KEYS = 60, 200
_NONE = "none"


class Day(fields.Date):
    """A day of the business zone; passed on as it is written."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, *args, **kwargs).isoformat()


class AskedPeriod(Body):
    """Whole units of time from the one with `from` to the one with `until`, by default the present.

    `last`: so many of them up to the present one, or, if `is_over`, to the one before it.
    `custom`: from one day to another, both included.
    """

    unit = one_of(*PERIOD_UNITS, required=True)
    from_ = Day(data_key="from", attribute="from")
    until = Day()
    last = fields.Integer(strict=True, validate=validate.Range(min=1, max=400))
    is_over = fields.Boolean()


def _keys() -> fields.List:
    key = Text(allow_none=True, validate=validate.Length(max=200))
    return fields.List(key, validate=validate.Length(min=1, max=_MOST_KEYS))


class ReportFilters(Body):
    """Keys of dimensions; an empty one or null: what has none. `score`: of the newest rating."""

    kind = _keys()
    channel = _keys()
    group_id = _keys()
    department_id = _keys()
    agent_id = _keys()
    category_id = _keys()
    tier = _keys()
    urgency = _keys()
    region_id = _keys()
    status = _keys()
    score = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=1, max=5)),
        validate=validate.Length(min=1, max=5),
    )


class AskedReport(Body):
    """Metrics of a period by a dimension or a unit of time, compared, and through time."""

    metrics = fields.List(
        Text(validate=validate.Length(min=1, max=64)),
        required=True,
        validate=validate.Length(min=1, max=_MOST_METRICS),
    )
    period = fields.Nested(AskedPeriod, required=True)
    by = one_of(*DIMENSIONS, *UNITS, allow_none=True)
    series = one_of(*UNITS, allow_none=True)
    filters = fields.Nested(ReportFilters)
    compare = one_of(*COMPARISONS, allow_none=True)


class ReportQuery(AskedReport):
    """With the language of names."""

    language = one_of(*LANGUAGES)


class AskedTickets(Body):
    """Which figure: a metric in a period, and of a report's row its dimension and key."""

    metric = Text(required=True, validate=validate.Length(min=1, max=64))
    period = fields.Nested(AskedPeriod, required=True)
    by = one_of(*DIMENSIONS, allow_none=True)
    key = Text(allow_none=True, validate=validate.Length(max=200))
    filters = fields.Nested(ReportFilters)


class ReportTicketQuery(AskedTickets):
    """A page of them."""

    cursor = Text()
    limit = limit(50, most=200)


class MetricsQuery(Body):
    """In which language."""

    language = one_of(*LANGUAGES)


class Named(View):
    """A word that can be chosen, and what it is called."""

    key = fields.String(required=True)
    label = fields.String(required=True)


class ReportColumn(Named):
    """A metric: how its values are read, and which way is good news (null: neither).

    seconds are whole seconds, share is from 0 to 1, score from 1 to 5, points from -100 to 100.
    """

    unit = one_of(*VALUE_UNITS, required=True)
    better = one_of("higher", "lower", required=True, allow_none=True)


class ReportMetrics(View):
    """The vocabulary of reports."""

    metrics = fields.List(fields.Nested(ReportColumn), required=True)
    dimensions = fields.List(fields.Nested(Named), required=True)
    units = fields.List(fields.Nested(Named), required=True)
    filters = fields.List(fields.String(), required=True)
    comparisons = fields.List(one_of(*COMPARISONS), required=True)


class ReportPeriod(View):
    """Both days are part of it."""

    unit = one_of(*PERIOD_UNITS, required=True)
    from_ = fields.Date(required=True, data_key="from", attribute="from")
    until = fields.Date(required=True)


class ReportValue(View):
    """A value, and how many tickets stand behind it (null: only the list can tell).

    Compared: the value before, and by which share this one is more (0.1: 10 % more).
    """

    value = fields.Float(required=True, allow_none=True)
    count = fields.Integer(required=True, allow_none=True)
    previous = fields.Float(allow_none=True)
    change = fields.Float(allow_none=True)


def _values() -> fields.Dict:
    """By the metric's key."""
    return fields.Dict(keys=fields.String(), values=fields.Nested(ReportValue), required=True)


class ReportRow(Named):
    """By the dimension's key: empty for what has none, * for all rows beyond the largest 50.

    Of units of time the key is the first day, and `until` the last.
    """

    until = fields.Date()
    values = _values()


class ReportPoint(View):
    """A unit of time from its first day to its last."""

    at = fields.Date(required=True)
    until = fields.Date(required=True)
    values = _values()


class Report(View):
    """Rows are by the first metric, the largest first; of units of time, the earliest first."""

    period = fields.Nested(ReportPeriod, required=True)
    compared = fields.Nested(ReportPeriod, required=True, allow_none=True)
    columns = fields.List(fields.Nested(ReportColumn), required=True)
    rows = fields.List(fields.Nested(ReportRow), required=True)
    totals = _values()
    series = fields.List(fields.Nested(ReportPoint), required=True)


class CountedTicket(View):
    """What was counted: one line each, so a ticket that counts twice stands here twice.

    `value` is what goes into the metric, read by `unit`; null where it is just counted.
    """

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)
    what = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)
    unit = one_of(*VALUE_UNITS, required=True)
    agent_id = fields.UUID(required=True, allow_none=True)
    group_id = fields.UUID(required=True, allow_none=True)


class CountedTicketPage(View):
    """The newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(CountedTicket), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Keys(CommaSeparated):
    """`a,b` in a query; `none` stands for what has none."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[str]:
        names = super()._deserialize(value, *args, **kwargs)
        return ["" if name == _NONE else name for name in names]


class Scores(CommaSeparated):
    """`1,2` in a query."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        names = super()._deserialize(value, *args, **kwargs)
        if not set(names) <= {"1", "2", "3", "4", "5"}:
            raise ValidationError("Not scores from 1 to 5, separated by commas.")
        return [int(name) for name in names]


class DashboardQuery(Body):
    """Of which period (by default the present month) and what; lists are separated by commas."""

    unit = one_of(*PERIOD_UNITS, load_default="month")
    from_ = Day(data_key="from", attribute="from")
    until = Day()
    kind = Keys()
    channel = Keys()
    group_id = Keys()
    department_id = Keys()
    agent_id = Keys()
    category_id = Keys()
    tier = Keys()
    urgency = Keys()
    region_id = Keys()
    status = Keys()
    score = Scores()
    language = one_of(*LANGUAGES)

    @post_load
    def _arrange(self, wanted: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As reporting takes it: period, filters, language."""
        period = {name: wanted.pop(name) for name in ("unit", "from", "until") if name in wanted}
        language = {"language": wanted.pop("language")} if "language" in wanted else {}
        return {"period": period, "filters": wanted, **language}


class DashboardTile(ReportColumn, ReportValue):
    """A metric beside the period before."""


class DashboardSeries(View):
    """Points in the finest unit of time that makes no more than about forty."""

    unit = one_of(*UNITS, required=True)
    columns = fields.List(fields.Nested(ReportColumn), required=True)
    points = fields.List(fields.Nested(ReportPoint), required=True)


class DashboardShare(View):
    """The first ten keys of a dimension."""

    by = one_of(*DIMENSIONS, required=True)
    columns = fields.List(fields.Nested(ReportColumn), required=True)
    rows = fields.List(fields.Nested(ReportRow), required=True)


class Dashboard(View):
    """Tiles, series and shares of a period."""

    period = fields.Nested(ReportPeriod, required=True)
    compared = fields.Nested(ReportPeriod, required=True)
    tiles = fields.List(fields.Nested(DashboardTile), required=True)
    series = fields.Nested(DashboardSeries, required=True)
    shares = fields.List(fields.Nested(DashboardShare), required=True)


class Rebuild(View):
    """How far the figures are built anew; `events` and `tickets` have been read and folded."""

    phase = one_of(*PHASES, required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    events = fields.Integer(required=True)
    tickets = fields.Integer(required=True)
