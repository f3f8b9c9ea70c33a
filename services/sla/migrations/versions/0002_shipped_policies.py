"""What an installation begins with: calendars with China's holidays, policies, settings.

Everything here is edited or removed like anything else; docs/sla.md tells what it promises.

Revision ID: sla_0002
"""

import json

from alembic import op
from sqlalchemy import text

revision = "sla_0002"
down_revision = "sla_0001"

ZONE = "Asia/Shanghai"
CALENDARS = {
    "5a000000-0000-7000-8000-0000000000c1": ("工作日 8:00–18:00", [["08:00", "18:00"]]),
    "5a000000-0000-7000-8000-0000000000c2": (
        "工作日 9:00–12:00 13:00–18:00",
        [["09:00", "12:00"], ["13:00", "18:00"]],
    ),
}

# 2026 as the State Council has announced it. Of 2027 only the days that the law fixes were known:
# which days are swapped (调休) is added with "add holidays" when it has been announced.
HOLIDAYS = {
    "元旦": "2026-01-01 2026-01-02 2027-01-01",
    "春节": "2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-02-23 "
    "2027-02-05 2027-02-08 2027-02-09 2027-02-10",
    "清明节": "2026-04-06 2027-04-05",
    "劳动节": "2026-05-01 2026-05-04 2026-05-05 2027-05-03 2027-05-04",
    "端午节": "2026-06-19 2027-06-09",
    "中秋节": "2026-09-25 2027-09-15",
    "国庆节": "2026-10-01 2026-10-02 2026-10-05 2026-10-06 2026-10-07 "
    "2027-10-01 2027-10-04 2027-10-05",
}
WORKDAYS = "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10"

HOUR = 3600
REPLY = {"critical": 2 * HOUR, "urgent": 4 * HOUR, "normal": 24 * HOUR}
UPDATE = dict.fromkeys(REPLY, 24 * HOUR)
ACCEPT = {"critical": 600, "urgent": 1800, "normal": 4 * HOUR}
STUCK = {"assigned": 4 * HOUR}

ASSIGNEE = {"to": "assignee"}
LEADS = {"to": "group_leads"}
DIRECTOR = {"to": "title", "title": "技术总监"}


def step(key, target, offset, recipients, actions=(), repeat=None, limit=None):
    return {
        "key": key,
        "target": target,
        "offset_seconds": offset,
        "calendar": None,
        "repeat_seconds": repeat,
        "repeat_limit": limit,
        "recipients": recipients,
        "actions": list(actions),
    }


def of_replies(first):
    """Reminders of replies and updates, as every policy has them; `first` of the first reply."""
    return [
        *first,
        step("next_reply_overdue", "next_reply", 0, [ASSIGNEE, LEADS]),
        step("update_overdue", "update", 0, [ASSIGNEE]),
        step("stuck", "status", 0, [ASSIGNEE, LEADS]),
    ]


FIRST_REPLY = [
    step("first_reply_soon", "first_reply", -900, [ASSIGNEE]),
    step("first_reply_overdue", "first_reply", 0, [ASSIGNEE, LEADS]),
]
COMMON = {"next_reply": REPLY, "update": UPDATE, "accept": ACCEPT, "status": STUCK}

POLICIES = [
    {
        "name": "APP 崩溃",
        "condition": {
            "all": [
                {"field": "kind", "op": "is", "value": "repair"},
                {
                    "any": [
                        {"field": "tags", "op": "has_any", "value": ["app_crash"]},
                        {"field": "subject", "op": "contains", "value": "崩溃"},
                        {"field": "subject", "op": "contains", "value": "闪退"},
                    ]
                },
            ]
        },
        "targets": {
            "resolution": dict.fromkeys(REPLY, 2 * HOUR),
            "first_reply": REPLY,
            **COMMON,
        },
        "steps": [
            step("remind", "resolution", -1800, [ASSIGNEE]),
            step(
                "escalate",
                "resolution",
                0,
                [DIRECTOR, LEADS],
                [
                    {"type": "assign", "to": "title", "title": "技术总监"},
                    {"type": "set_urgency", "urgency": "critical"},
                ],
            ),
            *of_replies(FIRST_REPLY),
        ],
    },
    {
        "name": "商家投诉",
        "condition": {
            "all": [
                {"field": "kind", "op": "is", "value": "complaint"},
                {"field": "tags", "op": "has_any", "value": ["商家"]},
            ]
        },
        "targets": {"first_reply": dict.fromkeys(REPLY, 12 * HOUR), **COMMON},
        "steps": of_replies(
            [
                step("first_reply_soon", "first_reply", -900, [ASSIGNEE]),
                step(
                    "intervene",
                    "first_reply",
                    0,
                    [LEADS],
                    [{"type": "assign", "to": "group_lead"}],
                ),
            ]
        ),
    },
    {
        "name": "投诉",
        "condition": {"all": [{"field": "kind", "op": "is", "value": "complaint"}]},
        "targets": {
            "resolution": dict.fromkeys(REPLY, 72 * HOUR),
            "first_reply": REPLY,
            **COMMON,
        },
        "steps": [
            step("unresolved", "resolution", 0, [LEADS], repeat=1800, limit=16),
            *of_replies(FIRST_REPLY),
        ],
    },
    {
        "name": "默认",
        "condition": {"all": []},
        "targets": {"first_reply": REPLY, **COMMON},
        "steps": of_replies(FIRST_REPLY),
    },
]

COMPLAINTS = {
    "is_active": True,
    "count": 2,
    "days": 30,
    "recipients": [LEADS],
    "actions": [{"type": "add_tags", "tags": ["重复投诉"]}],
}

PUT_CALENDAR = text(
    "INSERT INTO calendars (calendar_id, name, zone, weekly) "
    "VALUES (:id, :name, :zone, CAST(:weekly AS jsonb))"
)
PUT_DAY = text(
    "INSERT INTO calendar_days (calendar_id, date, kind, periods, name, source) "
    "VALUES (:id, CAST(:date AS date), :kind, CAST(:periods AS jsonb), :name, 'shipped')"
)
PUT_POLICY = text(
    "INSERT INTO policies (policy_id, position, name, is_active, condition, pause_statuses, "
    "targets, steps) VALUES (:id, :position, :name, true, CAST(:condition AS jsonb), "
    "CAST(:pauses AS jsonb), CAST(:targets AS jsonb), CAST(:steps AS jsonb))"
)
# They have held from ever, so that tickets of before are judged by them as well.
REMEMBER = """
INSERT INTO policy_revisions (policy_id, revision, position, name, policy)
SELECT policy_id, revision, position, name, to_jsonb(policies) FROM policies
"""


def packed(value) -> str:
    return json.dumps(value, ensure_ascii=False)


def put_calendars() -> None:
    for calendar_id, (name, hours) in CALENDARS.items():
        weekly = {str(day): hours if day < 6 else [] for day in range(1, 8)}
        shown = {"id": calendar_id, "name": name, "zone": ZONE, "weekly": packed(weekly)}
        op.get_bind().execute(PUT_CALENDAR, shown)
        days = [
            (date, "holiday", [], of) for of, dates in HOLIDAYS.items() for date in dates.split()
        ]
        days += [(date, "workday", hours, "调休上班") for date in WORKDAYS.split()]
        for date, kind, periods, of in days:
            day = {"id": calendar_id, "date": date, "kind": kind, "name": of}
            op.get_bind().execute(PUT_DAY, {**day, "periods": packed(periods)})


def put_policies() -> None:
    for position, policy in enumerate(POLICIES, 1):
        values = {
            "id": f"5a000000-0000-7000-8000-{position:012}",
            "position": position,
            "name": policy["name"],
            "condition": packed(policy["condition"]),
            "pauses": packed(["awaiting_customer"]),
            "targets": packed(policy["targets"]),
            "steps": packed(policy["steps"]),
        }
        op.get_bind().execute(PUT_POLICY, values)
    op.execute(REMEMBER)


def upgrade() -> None:
    put_calendars()
    put_policies()
    settings = text("INSERT INTO settings (repeated_complaint) VALUES (CAST(:rule AS jsonb))")
    op.get_bind().execute(settings, {"rule": packed(COMPLAINTS)})
