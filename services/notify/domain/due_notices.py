"""What people are told of tickets' due times, and of what is abnormal about them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from services.notify.domain.notices import NoticeOccasion, NoticeOrder

_PHASES = {
    "before": "工单 {} 即将超时：{}",
    "due": "工单 {} 已到时限：{}",
    "after": "工单 {} 超时未处理：{}",
}
_TARGETS = {
    "first_reply": "首次回复",
    "next_reply": "再次回复",
    "update": "进展更新",
    "resolution": "解决",
    "accept": "确认接收",
    "status": "当前状态",
}
_FINDINGS = {"repeated_complaint": "同一客户多次投诉：工单 {}"}
_OTHER_FINDING = "工单 {} 需要关注"
_CLOCK = ("target", "phase", "step", "policy_name", "urgency")


def notices_of_step(step: Mapping[str, Any], recipients: Iterable[UUID]) -> Iterator[NoticeOrder]:
    """A reminder or an escalation, for each recipient once per clock and step."""
    target = _TARGETS.get(step["target"], step["target"])
    title = _PHASES.get(step["phase"], _PHASES["due"]).format(step["number"], target)
    facts = {name: step.get(name) for name in _CLOCK} | {"due_at": step["due_at"].isoformat()}
    for recipient_id in recipients:
        yield NoticeOrder(
            recipient_id=recipient_id,
            occasion=NoticeOccasion.SLA,
            occasion_key=f"step:{step['clock_id']}:{step['step']}",
            ticket_id=step["ticket_id"],
            ticket_number=step["number"],
            title=title,
            text=step.get("policy_name") or "",
            facts=facts,
        )


def notices_of_finding(
    finding: Mapping[str, Any], recipients: Iterable[UUID]
) -> Iterator[NoticeOrder]:
    """Something abnormal, for each recipient once."""
    title = _FINDINGS.get(finding["kind"], _OTHER_FINDING).format(finding["number"])
    for recipient_id in recipients:
        yield NoticeOrder(
            recipient_id=recipient_id,
            occasion=NoticeOccasion.ABNORMALITY,
            occasion_key=f"abnormality:{finding['abnormality_id']}",
            ticket_id=finding["ticket_id"],
            ticket_number=finding["number"],
            title=title,
            text="",
            facts={"kind": finding["kind"], **finding["facts"]},
        )
