"""Saved reports, with those that are shipped, and exports.

Revision ID: reporting_0002
"""

import json
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "reporting_0002"
down_revision = "reporting_0001"

# `definition`: what a report asks for, with its charts. Shipped ones belong to nobody.
_SAVED = """
CREATE TABLE saved_reports (
    report_id uuid PRIMARY KEY,
    owner_id uuid,
    name text NOT NULL,
    name_en text,
    definition jsonb NOT NULL,
    is_shared boolean NOT NULL DEFAULT false,
    is_shipped boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (is_shipped OR owner_id IS NOT NULL)
);
CREATE INDEX ix_saved_reports_owner ON saved_reports (owner_id);
"""

# `actor`: who asked, with the data scope of that moment. A row is claimed for as long as its
# lease is renewed. The file of what is removed or expired is deleted before the row says so.
_EXPORTS = """
CREATE TABLE exports (
    export_id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('xlsx', 'csv')),
    what text NOT NULL CHECK (what IN ('report', 'tickets')),
    name text NOT NULL,
    language text NOT NULL,
    arguments jsonb NOT NULL,
    actor jsonb NOT NULL,
    status text NOT NULL DEFAULT 'waiting' CHECK (
        status IN ('waiting', 'running', 'done', 'failed', 'cancelled', 'expired', 'removed')
    ),
    progress smallint NOT NULL DEFAULT 0,
    rows bigint,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    lease_owner uuid,
    leased_until timestamptz,
    error text,
    blob_key text,
    size bigint,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    expires_at timestamptz
);
CREATE INDEX ix_exports_owner ON exports (owner_id, created_at, export_id);
CREATE INDEX ix_exports_unfinished ON exports (next_at) WHERE status IN ('waiting', 'running');
CREATE INDEX ix_exports_expires ON exports (expires_at) WHERE blob_key IS NOT NULL;
CREATE UNIQUE INDEX uq_exports_blob ON exports (blob_key) WHERE blob_key IS NOT NULL;
"""

_MONTHS = {"unit": "month", "last": 12}
_LAST_MONTH = {"unit": "month", "last": 1, "is_over": True}
_PRESETS = (
    (
        "月度售后工单处理效率",
        "Efficiency of after-sales tickets by month",
        {
            "metrics": [
                *("new", "solved", "unresolved", "first_reply_mean", "resolution_mean"),
                *("handling_mean", "overdue_rate", "fcr_rate"),
            ],
            "period": _MONTHS,
            "by": "month",
            "charts": [
                {"kind": "bar", "metrics": ["new", "solved"]},
                {"kind": "line", "metrics": ["first_reply_mean", "resolution_mean"]},
            ],
        },
    ),
    (
        "客户满意度月度趋势",
        "Customer satisfaction by month",
        {
            "metrics": [
                *("satisfaction_mean", "good_rate", "bad_rate", "csat", "nps", "response_rate"),
            ],
            "period": _MONTHS,
            "by": "month",
            "compare": "year_ago",
            "charts": [
                {"kind": "line", "metrics": ["satisfaction_mean"]},
                {"kind": "line", "metrics": ["good_rate", "bad_rate", "response_rate"]},
            ],
        },
    ),
    (
        "渠道对比",
        "Channels compared",
        {
            "metrics": [
                *("new", "solved", "first_reply_mean", "resolution_mean", "fcr_rate"),
                *("overdue_rate", "satisfaction_mean"),
            ],
            "period": _LAST_MONTH,
            "by": "channel",
            "compare": "previous",
            "charts": [
                {"kind": "pie", "metrics": ["new"]},
                {"kind": "bar", "metrics": ["resolution_mean"]},
                {"kind": "radar", "metrics": ["fcr_rate", "overdue_rate"]},
            ],
        },
    ),
    (
        "坐席绩效",
        "Performance of agents",
        {
            "metrics": [
                *("solved", "handling_mean", "first_reply_mean", "fcr_rate", "reopened_rate"),
                *("overdue_rate", "satisfaction_mean", "good_rate"),
            ],
            "period": _LAST_MONTH,
            "by": "agent",
            "compare": "previous",
            "charts": [
                {"kind": "bar", "metrics": ["solved"]},
                {"kind": "bar", "metrics": ["satisfaction_mean"]},
            ],
        },
    ),
)


def upgrade() -> None:
    op.execute(_SAVED)
    op.execute(_EXPORTS)
    shipped = sa.text(
        "INSERT INTO saved_reports (report_id, name, name_en, definition, is_shared, is_shipped) "
        "VALUES (:report_id, :name, :name_en, CAST(:definition AS jsonb), true, true)"
    )
    for number, (name, name_en, definition) in enumerate(_PRESETS, 1):
        row = {
            "report_id": UUID(int=number),
            "name": name,
            "name_en": name_en,
            "definition": json.dumps(definition),
        }
        op.get_bind().execute(shipped, row)
