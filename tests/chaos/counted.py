"""After the storm: reporting has heard everything, and counts what a plain recount counts."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from libs.common.clock import utc_now
from libs.common.config import Config
from services.reporting.domain.metrics import METRICS
from services.reporting.storage.archive import archived_event
from tests.chaos.responsible import rows
from tests.demo.desk import Desk
from tests.support.recount.figures import Recount, figure

_DIMENSIONS = (None, "channel", "agent", "group", "status", "tier", "urgency")
_OF_TICKETS = "SELECT ticket_id, channel, seq, status_category FROM tickets"
_SOLVINGS = (
    "SELECT ticket_id, count(*) AS times FROM timeline_entries "
    "WHERE event->>'type' = 'ticket.solved' GROUP BY 1"
)
_UNFINISHED = ("new", "open", "pending", "on_hold")
_TOLD = {
    "survey.sent": ("notify", "SELECT count(*) FROM surveys WHERE sent_at IS NOT NULL"),
    "survey.answered": ("notify", "SELECT count(*) FROM surveys WHERE status = 'answered'"),
    "suggestion.used": ("kb", "SELECT count(*) FROM uses"),
}


def has_heard_everything(env: Mapping[str, str]) -> bool:
    """Whether reporting's archive has each event of each ticket, survey and use, and no other."""
    query = (
        "SELECT subject, count(DISTINCT event_id) AS events, count(DISTINCT seq) AS seqs, "
        "max(seq) AS last FROM archive WHERE type LIKE 'ticket.%' GROUP BY 1"
    )
    heard = {row.subject: (row.events, row.seqs, row.last) for row in rows(env, "reporting", query)}
    told = rows(env, "ticketing", _OF_TICKETS)
    if heard != {str(row.ticket_id): (row.seq, row.seq, row.seq) for row in told}:
        return False
    counted = dict(
        tuple(row)
        for row in rows(env, "reporting", "SELECT type, count(*) FROM archive GROUP BY 1")
    )
    return all(
        counted.get(kind, 0) == rows(env, owner, wanted)[0][0]
        for kind, (owner, wanted) in _TOLD.items()
    )


def check_figures(env: Mapping[str, str], desk: Desk, *, suggestion_uses: int) -> None:
    """REST's figures equal a recount of the archive, and plain counts of ticketing's tables."""
    zone = Config.read(env).business_zone
    today = utc_now().astimezone(zone).date()
    # The storm may have passed midnight.
    first, last = today - timedelta(days=1), today + timedelta(days=1)
    events = [
        archived_event(row.body) for row in rows(env, "reporting", "SELECT body FROM archive")
    ]
    recount = Recount(
        [one for one in events if one.type.startswith("customer.") or "ticket_id" in one.data],
        zone,
        today,
    )
    for by in _DIMENSIONS:
        _compare(_report(desk, first, last, by), recount, by, first, last)
    totals = _report(desk, first, last, None)["totals"]
    assert totals["suggestion_uses"]["value"] == suggestion_uses
    _compare_with_tables(env, _report(desk, first, last, "channel"))


def _report(desk: Desk, first: date, last: date, by: str | None) -> dict[str, Any]:
    period = {"unit": "custom", "from": str(first), "until": str(last)}
    asked = {"metrics": list(METRICS), "period": period, "by": by}
    return dict(desk.ask("POST", "/reports/query", asked))


def _compare(
    report: dict[str, Any], recount: Recount, by: str | None, first: date, last: date
) -> None:
    values = {None: report["totals"], **{row["key"]: row["values"] for row in report["rows"]}}
    for key, told in values.items():

        def fits(keys: dict[str, str], key: str | None = key) -> bool:
            return by is None or key is None or keys[by] == key

        for metric, shown in told.items():
            value, count = figure(recount, metric, first, last, fits)
            assert shown["value"] == pytest.approx(value), (metric, by, key)
            assert shown["count"] == count, (metric, by, key)


def _compare_with_tables(env: Mapping[str, str], report: dict[str, Any]) -> None:
    tickets = rows(env, "ticketing", _OF_TICKETS)
    times = {row.ticket_id: row.times for row in rows(env, "ticketing", _SOLVINGS)}
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for row in tickets:
        for key in (row.channel, ""):
            wanted[key]["new"] += 1
            wanted[key]["solved"] += times.get(row.ticket_id, 0)
            wanted[key]["unresolved"] += row.status_category in _UNFINISHED
    shown = {row["key"]: row["values"] for row in report["rows"]} | {"": report["totals"]}
    assert {
        key: {metric: values[metric]["value"] for metric in ("new", "solved", "unresolved")}
        for key, values in shown.items()
    } == {key: dict(counted) for key, counted in wanted.items()}
