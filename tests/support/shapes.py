"""Answers of services in the shapes of the contract, for tests of the gateway alone."""

from typing import Any

TICKET_ID = "0192f0c1-0000-7000-8000-000000000001"
CUSTOMER_ID = "0192f0c1-0000-7000-8000-000000000002"
ENTRY_ID = "0192f0c1-0000-7000-8000-000000000003"
ATTACHMENT_ID = "0192f0c1-0000-7000-8000-000000000004"
NOTICE_ID = "0192f0c1-0000-7000-8000-000000000005"
RECEIPT_ID = "0192f0c1-0000-7000-8000-000000000006"
NUMBER = "G20231001001"
_NOW = "2023-10-01T02:00:00Z"


def row(**changes: Any) -> dict[str, Any]:
    return {
        "ticket_id": TICKET_ID,
        "number": NUMBER,
        "subject": "冰箱不制冷",
        "kind": "repair",
        "channel": "mail",
        "status": "unassigned",
        "status_category": "new",
        "urgency": "normal",
        "assignee": None,
        "group": None,
        "department_id": None,
        "region_id": None,
        "customer": {"customer_id": CUSTOMER_ID, "name": "一位客户"},
        "created_at": _NOW,
        "updated_at": _NOW,
        "last_customer_message_at": None,
        "next_due_at": None,
        "is_overdue": False,
        "score": None,
        "is_dissatisfied": False,
        "version": 3,
        "category": None,
        "own_status": None,
        "urgency_word": None,
        **changes,
    }


def ticket(**changes: Any) -> dict[str, Any]:
    return {
        **row(),
        "fields": {},
        "tags": [],
        "group_id": None,
        "accepted_at": None,
        "first_replied_at": None,
        "solved_at": None,
        "closed_at": None,
        "dissatisfied_at": None,
        "solution": None,
        "possibly_related_to": None,
        "follows_up": None,
        "allowed": {"moves": [], "actions": ["take"]},
        "template": None,
        "field_faults": [],
        "lacking": {"solve": [], "close": []},
        "open_collaborations": 0,
        "effort_minutes": 0,
        "merged_into": None,
        "is_merged": False,
        "open_children": 0,
        "urgency_reason": None,
        "urgency_proposal": None,
        **changes,
    }


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "entry_id": ENTRY_ID,
        "seq": 2,
        "kind": "message",
        "direction": "out",
        "author": {"kind": "agent", "id": TICKET_ID, "name": "客服一号"},
        "text": "请重启设备",
        "html": None,
        "attachments": [],
        "event": None,
        "is_auto_reply": False,
        "created_at": _NOW,
        **changes,
    }


def customer(**changes: Any) -> dict[str, Any]:
    return {
        "customer_id": CUSTOMER_ID,
        "name": "一位客户",
        "salutation": None,
        "language": "zh",
        "tier": None,
        "region_id": None,
        "company_id": None,
        "version": 3,
        "contacts": [],
        **changes,
    }


def notice(**changes: Any) -> dict[str, Any]:
    return {
        "notice_id": NOTICE_ID,
        "occasion": "ticket.assigned",
        "ticket_id": TICKET_ID,
        "ticket_number": NUMBER,
        "title": "新工单",
        "text": "",
        "is_urgent": False,
        "created_at": _NOW,
        "read_at": None,
        **changes,
    }


def receipt(**changes: Any) -> dict[str, Any]:
    return {
        "receipt_id": RECEIPT_ID,
        "account": "网站表单",
        "external_id": "submission-1",
        "state": "failed",
        "number": None,
        "size": 1200,
        "received_at": _NOW,
        "attempts": 8,
        "next_at": None,
        "error": "ValueError: no such form",
        **changes,
    }
