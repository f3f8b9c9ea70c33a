"""Rules who is told what, texts of one's own, wishes of people, promised times; more channels."""

from uuid import UUID, uuid5

import orjson
from alembic import op
from sqlalchemy import text

from libs.common.crypto.sealed_columns import index_key_ids

revision = "0006"
down_revision = "0005"

_IDS = UUID("0198f3c2-7a10-7c6e-9a53-6d1f2b6e0006")

_TABLES = """
-- What processes keep in memory of rules and texts is read anew when its revision has moved.
CREATE TABLE rule_book (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    revision bigint NOT NULL DEFAULT 1
);
INSERT INTO rule_book DEFAULT VALUES;

CREATE TABLE rules (
    rule_id uuid PRIMARY KEY,
    position integer NOT NULL,
    name text NOT NULL,
    occasion text NOT NULL,
    audience text NOT NULL CHECK (audience IN ('customer', 'staff')),
    recipients jsonb NOT NULL DEFAULT '[]',
    channels text[] NOT NULL,
    all_channels boolean NOT NULL DEFAULT false,
    condition jsonb NOT NULL DEFAULT '{}',
    template_key text,
    endpoint_ids uuid[] NOT NULL DEFAULT '{}',
    is_urgent boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL DEFAULT true,
    is_shipped boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Without a row the shipped text holds.
CREATE TABLE templates (
    template_id uuid PRIMARY KEY,
    key text NOT NULL,
    occasion text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('mail', 'sms', 'in_app', 'dingtalk', 'wecom')),
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    subject text,
    body text NOT NULL,
    html text,
    provider_code text,
    provider_params jsonb NOT NULL DEFAULT '[]',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (key, channel, language)
);

CREATE TABLE preferences (
    subject_kind text NOT NULL CHECK (subject_kind IN ('customer', 'person')),
    subject_id uuid NOT NULL,
    channels jsonb NOT NULL DEFAULT '{}',
    language text,
    zone text,
    quiet_from time,
    quiet_until time,
    quiet_days smallint[] NOT NULL DEFAULT '{1,2,3,4,5,6,7}',
    wecom_userid text,
    dingtalk_userid text,
    version bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject_kind, subject_id)
);

CREATE TABLE promises (
    ticket_id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    first_reply_due_at timestamptz,
    resolution_due_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_promises_updated_at ON promises (updated_at);

-- What is told by others than ticketing (sla, dispatch, notify itself) is told with these.
CREATE TABLE ticket_copies (
    ticket_id uuid PRIMARY KEY,
    seq bigint NOT NULL,
    header jsonb NOT NULL,
    subject_encrypted bytea NOT NULL
);
CREATE INDEX ix_ticket_copies_number ON ticket_copies ((header->>'number'));

CREATE TABLE person_contacts (
    person_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    email_encrypted bytea,
    phone_encrypted bytea
);

ALTER TABLE addresses ADD COLUMN tier text;
"""

# A release that knows only customers' mails goes on writing them: its rows have no recipient_id.
_DELIVERIES = """
ALTER TABLE deliveries
    DROP CONSTRAINT deliveries_status_check,
    ALTER COLUMN customer_id DROP NOT NULL,
    ALTER COLUMN ticket_id DROP NOT NULL,
    ALTER COLUMN ticket_number DROP NOT NULL,
    ADD COLUMN recipient_kind text NOT NULL DEFAULT 'customer',
    ADD COLUMN recipient_id uuid,
    ADD COLUMN occasion_key text,
    ADD COLUMN rule_id uuid,
    ADD COLUMN template_key text,
    ADD COLUMN other_channels text[] NOT NULL DEFAULT '{}',
    ADD COLUMN is_urgent boolean NOT NULL DEFAULT false,
    ADD COLUMN is_looked_for boolean NOT NULL DEFAULT false,
    ADD COLUMN language text,
    ADD COLUMN provider_id text,
    ADD CONSTRAINT deliveries_status_check CHECK
        (status IN ('waiting', 'sending', 'sent', 'failed', 'skipped', 'unknown')) NOT VALID;
CREATE INDEX ix_deliveries_channel_due ON deliveries (channel, coalesce(leased_until, next_at))
    WHERE status IN ('waiting', 'sending');
CREATE INDEX ix_deliveries_trouble ON deliveries (status, delivery_id)
    WHERE status IN ('waiting', 'sending', 'failed', 'unknown');
ALTER TABLE notices ADD COLUMN is_urgent boolean NOT NULL DEFAULT false;
"""

_SEALED = (
    ("ticket_copies", "subject_encrypted"),
    ("person_contacts", "email_encrypted"),
    ("person_contacts", "phone_encrypted"),
)

_ASSIGNEE = [{"to": "assignee"}]
_LEADS = [{"to": "group_leads"}]
_BOTH = _ASSIGNEE + _LEADS
_REVIEWERS = [{"to": "role", "role": "supervisor"}]
_CRITICAL = {"field": "urgency", "op": "is", "value": "critical"}
_URGENT = {"field": "urgency", "op": "ge", "value": "urgent"}

# name, occasion, audience, recipients, channels, condition, is_active, is_urgent
_RULES = (
    ("受理回执", "receipt", "customer", [], ["mail"], {}, True, False),
    ("客服回复", "replied", "customer", [], ["mail"], {}, True, False),
    ("处理结果", "solved", "customer", [], ["mail"], {}, True, False),
    ("满意度调查", "survey", "customer", [], ["mail", "sms"], {}, True, False),
    ("短信：受理回执", "receipt", "customer", [], ["sms"], {}, False, False),
    ("短信：客服回复", "replied", "customer", [], ["sms"], {}, False, False),
    ("短信：处理结果", "solved", "customer", [], ["sms"], {}, False, False),
    ("通知客户：已分配", "assigned", "customer", [], ["mail", "sms"], {}, False, False),
    ("通知客户：处理中", "accepted", "customer", [], ["mail", "sms"], {}, False, False),
    ("通知客户：已转交", "transferred", "customer", [], ["mail", "sms"], {}, False, False),
    ("通知客户：重新打开", "reopened", "customer", [], ["mail", "sms"], {}, False, False),
    ("通知客户：已关闭", "closed", "customer", [], ["mail", "sms"], {}, False, False),
    ("通知客户：状态变更", "status_changed", "customer", [], ["mail", "sms"], {}, False, False),
    ("站内：分配给我", "assigned", "staff", [], ["in_app"], {}, True, False),
    ("站内：客户来信", "message", "staff", [], ["in_app"], {}, True, False),
    ("站内：重新打开", "reopened", "staff", [], ["in_app"], {}, True, False),
    ("站内：退回", "returned", "staff", [], ["in_app"], {}, True, False),
    ("站内：转交到组", "transferred", "staff", _LEADS, ["in_app"], {}, False, False),
    ("站内：即将超时", "warned", "staff", [], ["in_app"], {}, True, False),
    ("站内：已到时限", "breached", "staff", [], ["in_app"], {}, True, False),
    ("站内：超时升级", "escalated", "staff", [], ["in_app"], {}, True, True),
    ("站内：异常工单", "abnormality", "staff", [], ["in_app"], {}, True, False),
    ("站内：抢单", "offer", "staff", [], ["in_app"], {}, True, False),
    ("站内：评价不满意", "rated_low", "staff", _BOTH, ["in_app"], {}, True, True),
    ("站内：被提及", "mention", "staff", [], ["in_app"], {}, True, False),
    ("站内：文章待审核", "review_requested", "staff", _REVIEWERS, ["in_app"], {}, True, False),
    ("站内：文章被驳回", "review_declined", "staff", [], ["in_app"], {}, True, False),
    ("站内：安全告警", "security", "staff", [], ["in_app"], {}, True, True),
    ("站内：通知失败", "failed", "staff", [], ["in_app"], {}, True, False),
    ("邮件：分配给我", "assigned", "staff", [], ["mail"], {}, False, False),
    ("短信：特急工单分配给我", "assigned", "staff", [], ["sms"], _CRITICAL, False, True),
    ("邮件：即将超时", "warned", "staff", [], ["mail"], {}, False, False),
    ("短信：超时通知处理人", "breached", "staff", [], ["sms"], _URGENT, False, True),
    ("短信：升级通知组长", "escalated", "staff", _LEADS, ["sms"], {}, False, True),
    ("企业微信应用：即将超时", "warned", "staff", [], ["wecom_app"], {}, False, False),
    ("群机器人：已到时限", "breached", "staff", [], [], {}, False, False),
    ("群机器人：超时升级", "escalated", "staff", [], [], {}, False, False),
    ("邮件：安全告警", "security", "staff", [], ["mail"], {}, False, True),
)
_ADD = text(
    "INSERT INTO rules (rule_id, position, name, occasion, audience, recipients, channels, "
    "condition, is_active, is_urgent, is_shipped) VALUES (:rule_id, :position, :name, :occasion, "
    ":audience, CAST(:recipients AS jsonb), :channels, CAST(:condition AS jsonb), :is_active, "
    ":is_urgent, true)"
)


def upgrade() -> None:
    """The shipped rules tell as has been told before, and of what is new; others wait unused."""
    op.execute(_TABLES)
    op.execute(_DELIVERIES)
    for table, column in _SEALED:
        index_key_ids(op, table, column)
    names = (
        "name",
        "occasion",
        "audience",
        "recipients",
        "channels",
        "condition",
        "is_active",
        "is_urgent",
    )
    for position, rule in enumerate(_RULES, 1):
        row = dict(zip(names, rule, strict=True))
        row["recipients"] = orjson.dumps(row["recipients"]).decode()
        row["condition"] = orjson.dumps(row["condition"]).decode()
        row["rule_id"] = uuid5(_IDS, f"{position}")
        op.get_bind().execute(_ADD, {**row, "position": position})
