"""Answers of reporting in the shapes of the contract."""

from typing import Any

EXPORT_ID = "0192f0c1-0000-7000-8000-0000000000e1"
REPORT_ID = "0192f0c1-0000-7000-8000-0000000000e2"
_NOW = "2026-10-01T02:00:00Z"
PERIOD = {"unit": "month", "from": "2026-10-01", "until": "2026-10-31"}
COLUMN = {"key": "new", "label": "新增工单", "unit": "count", "better": None}
VALUES = {"new": {"value": 12, "count": 12, "previous": 10, "change": 0.2}}
DEFINITION = {
    "metrics": ["new"],
    "period": {"unit": "month", "last": 12},
    "by": "month",
    "charts": [{"kind": "bar", "metrics": ["new"]}],
}


def report() -> dict[str, Any]:
    row = {"key": "mail", "label": "邮件", "values": VALUES}
    point = {"at": "2026-10-01", "until": "2026-10-31", "values": VALUES}
    return {
        "period": PERIOD,
        "compared": PERIOD,
        "columns": [COLUMN],
        "rows": [row],
        "totals": VALUES,
        "series": [point],
    }


def dashboard() -> dict[str, Any]:
    points = report()["series"]
    return {
        "period": PERIOD,
        "compared": PERIOD,
        "tiles": [{**COLUMN, **VALUES["new"]}],
        "series": {"unit": "day", "columns": [COLUMN], "points": points},
        "shares": [{"by": "channel", "columns": [COLUMN], "rows": report()["rows"]}],
    }


def rebuild(**changes: Any) -> dict[str, Any]:
    begun = {"phase": "reading", "started_at": _NOW, "finished_at": None}
    return {**begun, "events": 0, "tickets": 0, **changes}


def export(**changes: Any) -> dict[str, Any]:
    return {
        "export_id": EXPORT_ID,
        "kind": "xlsx",
        "what": "report",
        "name": "月报",
        "language": "zh",
        "status": "waiting",
        "progress": 0,
        "rows": None,
        "size": None,
        "error": None,
        "arguments": {},
        "created_at": _NOW,
        "started_at": None,
        "finished_at": None,
        "expires_at": None,
        **changes,
    }


def saved(**changes: Any) -> dict[str, Any]:
    return {
        "report_id": REPORT_ID,
        "name": "月报",
        "owner": None,
        "is_own": False,
        "is_shared": True,
        "is_shipped": True,
        "definition": DEFINITION,
        "created_at": _NOW,
        "updated_at": _NOW,
        "version": 3,
        **changes,
    }
