"""Templates of tickets: fields, versions, and those that an installation begins with.

Revision ID: ticketing_0007
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from alembic import op
from sqlalchemy import text

revision = "ticketing_0007"
down_revision = "ticketing_0006"

TABLES = """
CREATE TABLE ticket_templates (
    template_id uuid PRIMARY KEY,
    key text NOT NULL CONSTRAINT uq_ticket_templates_key UNIQUE,
    kind text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    position integer NOT NULL,
    -- What is being written; null while it is what the newest version says.
    draft jsonb,
    -- 0: no ticket can have it yet.
    published_version integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL
);
-- Never changed and never deleted: tickets keep the version that they began with.
CREATE TABLE ticket_template_versions (
    template_version_id uuid PRIMARY KEY,
    template_id uuid NOT NULL REFERENCES ticket_templates,
    version integer NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    content jsonb NOT NULL,
    note text,
    published_at timestamptz NOT NULL,
    published_by uuid,
    published_by_name text,
    CONSTRAINT uq_ticket_template_versions UNIQUE (template_id, version)
);
ALTER TABLE tickets ADD COLUMN template_version_id uuid;
-- How many open tickets have a value is asked before a field is taken away.
CREATE INDEX ix_tickets_template_open ON tickets (template_version_id)
    WHERE template_version_id IS NOT NULL
    AND status_category IN ('new', 'open', 'pending', 'on_hold');
"""

_TEMPLATE = text("""
INSERT INTO ticket_templates
    (template_id, key, kind, name_zh, name_en, position, published_version, updated_at)
VALUES (:template_id, :key, :kind, :zh, :en, :position, 1, now())
""")
_VERSION = text("""
INSERT INTO ticket_template_versions
    (template_version_id, template_id, version, key, kind, name_zh, name_en, content, published_at)
VALUES (:version_id, :template_id, 1, :key, :kind, :zh, :en, CAST(:content AS jsonb), now())
""")

Json = dict[str, Any]


def _field(key: str, type: str, zh: str, en: str, **more: Any) -> Json:
    return {"key": key, "type": type, "label": {"zh": zh, "en": en}, **more}


def _choices(*choices: tuple[str, str, str]) -> Json:
    return {
        "choices": [{"value": value, "label": {"zh": zh, "en": en}} for value, zh, en in choices]
    }


INQUIRY = [
    _field(
        "topic", "choice", "咨询主题", "Topic",
        options=_choices(
            ("product", "产品", "Product"), ("order", "订单", "Order"),
            ("account", "账户", "Account"), ("payment", "支付", "Payment"),
            ("other", "其他", "Other"),
        ),
    ),
    _field(
        "order_number", "order_number", "订单号", "Order number",
        visible_when={"field": "fields.topic", "op": "in", "value": ["order", "payment"]},
    ),
]  # fmt: skip
COMPLAINT = [
    _field(
        "complaint_target", "text", "投诉对象", "Complaint about", required=True,
        placeholder={"zh": "人员、门店、产品或服务", "en": "A person, shop, product or service"},
    ),
    _field("complaint_reason", "long_text", "投诉事由", "What happened", required=True),
    _field("happened_at", "date_time", "发生时间", "When it happened"),
    _field("expected_solution", "long_text", "期望解决方案", "Expected solution"),
]  # fmt: skip
REPAIR = [
    _field("item", "text", "报修物品", "Item", required=True),
    _field("fault", "long_text", "故障描述", "Fault", required=True),
    _field("place", "place", "所在位置", "Place", required=True),
    _field("contact_person", "text", "联系人", "Contact person", required=True),
    _field("contact_phone", "phone", "联系电话", "Telephone"),
    _field(
        "photos", "file", "现场照片", "Photos",
        options={"kinds": ["photo", "video"], "least": 1, "most": 9},
    ),
]  # fmt: skip
SUGGESTION = [
    _field(
        "area", "choice", "建议方向", "Area",
        options=_choices(
            ("product", "产品功能", "Product"), ("service", "服务", "Service"),
            ("process", "流程", "Process"), ("other", "其他", "Other"),
        ),
    ),
    _field("expected_effect", "long_text", "期望效果", "Expected effect"),
]  # fmt: skip
RETURN = [
    _field("order_number", "order_number", "订单号", "Order number", required=True),
    _field(
        "expected_solution", "choice", "期望处理方式", "Expected solution", required=True,
        options=_choices(
            ("refund", "退货退款", "Return and refund"), ("exchange", "换货", "Exchange"),
            ("refund_only", "仅退款", "Refund only"),
        ),
    ),
    _field(
        "return_reason", "choice", "退换货原因", "Reason", required=True,
        options=_choices(
            ("broken", "商品破损", "Broken"), ("faulty", "质量问题", "Faulty"),
            ("wrong", "发错货", "Wrong item"), ("unwanted", "不想要了", "Not wanted"),
            ("other", "其他", "Other"),
        ),
    ),
    _field(
        "reason_detail", "long_text", "原因说明", "Details",
        required_when={"field": "fields.return_reason", "op": "is", "value": "other"},
    ),
    _field(
        "refund_amount", "money", "退款金额", "Refund", options={"currency": "CNY", "min": 0},
        visible_when={
            "field": "fields.expected_solution", "op": "in", "value": ["refund", "refund_only"],
        },
    ),
    _field(
        "photo_proof", "file", "凭证照片", "Photo proof",
        options={"kinds": ["photo"], "least": 1, "most": 9},
    ),
    _field(
        "inspection_report", "file", "检验报告", "Inspection report",
        visible_when={"none": [
            {"field": "fields.expected_solution", "op": "is", "value": "refund_only"},
        ]},
        options={"kinds": ["document", "photo"], "least": 1, "most": 5},
    ),
]  # fmt: skip
INTERNAL = [
    _field(
        "request_type", "choice", "申请类型", "Type of request", required=True,
        options=_choices(
            ("equipment", "设备", "Equipment"), ("access", "权限", "Access"),
            ("supplies", "办公用品", "Supplies"), ("room", "场地", "Room"),
            ("other", "其他", "Other"),
        ),
    ),
    _field("needed_by", "date", "期望完成日期", "Needed by"),
    _field("justification", "long_text", "申请理由", "Justification"),
]  # fmt: skip

SHIPPED: list[tuple[str, str, str, str, str, Json]] = [
    ("inquiry", "inquiry", "咨询", "Inquiry", "产品、订单、账户等问题的咨询", {"fields": INQUIRY}),
    ("complaint", "complaint", "投诉", "Complaint", "对人员、产品或服务的投诉",
     {"fields": COMPLAINT}),
    ("repair", "repair", "报修", "Repair", "设备或设施的故障报修", {"fields": REPAIR}),
    ("suggestion", "suggestion", "建议", "Suggestion", "改进建议", {"fields": SUGGESTION}),
    ("return_goods", "inquiry", "退换货", "Return or exchange",
     "退货、换货与退款;解决前须有凭证照片和检验报告",
     {"fields": RETURN,
      "requirements": {"solve": {"fields": ["photo_proof", "inspection_report"]}}}),
    ("internal", "internal", "内部申请", "Internal request", "员工的设备、权限、用品等申请",
     {"fields": INTERNAL}),
]  # fmt: skip


def upgrade() -> None:
    """A release that knows none of it goes on: its tickets have no template."""
    op.execute(TABLES)
    for position, (key, kind, zh, en, description, definition) in enumerate(SHIPPED, 1):
        content = {
            "name": {"zh": zh, "en": en}, "kind": kind, "description": description, **definition,
        }  # fmt: skip
        row = {
            "template_id": uuid5(NAMESPACE_URL, f"tidedesk:template:{key}"),
            "version_id": uuid5(NAMESPACE_URL, f"tidedesk:template:{key}:1"),
            "key": key,
            "kind": kind,
            "zh": zh,
            "en": en,
        }
        connection = op.get_bind()
        connection.execute(_TEMPLATE, row | {"position": position})
        connection.execute(_VERSION, row | {"content": json.dumps(content, ensure_ascii=False)})
