"""The dashboard (数据看板): tiles, series and shares of a period in one answer."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from services.reporting.domain.metrics import METRICS
from services.reporting.domain.periods import Period
from services.reporting.domain.vocabulary import PREVIOUS
from services.reporting.queries.asking import Asked
from services.reporting.queries.evaluate import Question
from services.reporting.queries.reports import (
    ReportAsked,
    get_report,
    rows_of,
    series_of,
    show_metric,
)

Json = dict[str, Any]

TILES = (
    "new", "solved", "unresolved", "first_reply_mean", "first_reply_median", "resolution_mean",
    "resolution_median", "resolution_business_mean", "overdue_count", "overdue_rate", "fcr_rate",
    "reopened_rate", "satisfaction_mean", "good_rate", "bad_rate", "nps", "response_rate",
    "complaint_resolution_rate",
)  # fmt: skip
SERIES = ("new", "solved", "unresolved", "satisfaction_mean")
SHARES = {
    "kind": ("new", "solved", "resolution_mean"),
    "channel": ("new", "resolution_mean", "satisfaction_mean"),
    "group": ("solved", "resolution_mean", "overdue_rate", "satisfaction_mean"),
    "agent": ("solved", "handling_mean", "fcr_rate", "satisfaction_mean"),
    "status": ("unresolved",),
    "urgency": ("new",),
}
_LISTED = 10


def get_dashboard(
    session: Session, asked: Asked, period: Period, language: str, today: date
) -> Json:
    """Tiles beside the period before; shares list the first ten keys of each dimension."""
    metrics = [METRICS[key] for key in TILES]
    tiles = get_report(
        session, asked, ReportAsked(metrics, period, compare=PREVIOUS, language=language), today
    )
    unit = period.fitting_unit()
    question = Question(asked, None, [METRICS[key] for key in SERIES], today)
    return {
        "period": tiles["period"],
        "compared": tiles["compared"],
        "tiles": [{**column, **tiles["totals"][column["key"]]} for column in tiles["columns"]],
        "series": {
            "unit": unit,
            "columns": [show_metric(METRICS[key], language) for key in SERIES],
            "points": series_of(session, question, period, unit),
        },
        "shares": [
            _share(session, asked, period, name, keys, language, today)
            for name, keys in SHARES.items()
        ],
    }


def _share(
    session: Session,
    asked: Asked,
    period: Period,
    dimension: str,
    keys: tuple[str, ...],
    language: str,
    today: date,
) -> Json:
    metrics = [METRICS[key] for key in keys]
    report = ReportAsked(metrics, period, by=dimension, language=language)
    return {
        "by": dimension,
        "columns": [show_metric(metric, language) for metric in metrics],
        "rows": rows_of(session, asked, report, today)[:_LISTED],
    }
