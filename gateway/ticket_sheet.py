"""Tickets as rows of a file: a page at a time from ticketing, in the reader's language and time."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Page = Mapping[str, Any]

_KINDS = {
    "inquiry": ("咨询", "Inquiry"),
    "complaint": ("投诉", "Complaint"),
    "repair": ("报修", "Repair"),
    "suggestion": ("建议", "Suggestion"),
    "internal": ("内部申请", "Internal request"),
}
_URGENCIES = {
    "normal": ("一般", "Normal"),
    "urgent": ("紧急", "Urgent"),
    "critical": ("特急", "Critical"),
}
_YES_NO = {True: ("是", "Yes"), False: ("否", "No")}
_HEAD = {
    "number": ("工单编号", "Number"),
    "subject": ("主题", "Subject"),
    "kind": ("类型", "Type"),
    "category": ("工单分类", "Category"),
    "channel": ("渠道", "Channel"),
    "status": ("状态", "Status"),
    "urgency": ("紧急程度", "Urgency"),
    "assignee": ("处理人", "Assignee"),
    "group": ("小组", "Group"),
    "customer": ("客户", "Customer"),
    "created_at": ("创建时间", "Created"),
    "updated_at": ("更新时间", "Updated"),
    "last_customer_message_at": ("客户最近来信", "Customer's last message"),
    "next_due_at": ("下一时限", "Next due"),
    "is_overdue": ("已超时", "Overdue"),
    "score": ("评分", "Score"),
    "is_dissatisfied": ("客户不满意", "Dissatisfied"),
}
_INSTANTS = ("created_at", "updated_at", "last_customer_message_at", "next_due_at")


class TicketSheet:
    """`statuses` are labels by key in both languages, `zone` that of the business."""

    def __init__(
        self, language: str, zone: ZoneInfo, statuses: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._place = 0 if language.startswith("zh") else 1
        self._language = "zh" if self._place == 0 else "en"
        self._zone = zone
        self._statuses = statuses

    def head(self) -> list[str]:
        """What the columns are called."""
        return [words[self._place] for words in _HEAD.values()]

    def row(self, ticket: Mapping[str, Any]) -> list[Any]:
        """A ticket, as ticketing lists it."""
        shown = {name: ticket.get(name) for name in _HEAD}
        shown |= {name: self._local(ticket[name]) for name in _INSTANTS}
        for name in ("assignee", "group", "customer"):
            shown[name] = (ticket[name] or {}).get("name")
        names = (ticket.get("category") or {}).get("names", {})
        shown["category"] = " › ".join(names.get(self._language, ())) or None
        shown["kind"] = self._word(_KINDS, ticket["kind"])
        shown["urgency"] = self._word(_URGENCIES, ticket["urgency"])
        key = ticket.get("own_status") or ticket["status"]
        shown["status"] = self._statuses.get(key, {}).get(self._language, key)
        for name in ("is_overdue", "is_dissatisfied"):
            shown[name] = self._word(_YES_NO, ticket[name])
        return list(shown.values())

    def _word(self, words: Mapping[Any, tuple[str, str]], key: Any) -> Any:
        return words[key][self._place] if key in words else key

    def _local(self, instant: str | None) -> str | None:
        """To the minute: spreadsheets know no zones."""
        if instant is None:
            return None
        return f"{datetime.fromisoformat(instant).astimezone(self._zone):%Y-%m-%d %H:%M}"


def all_pages(ask: Callable[[str | None], Page]) -> Iterator[list[Mapping[str, Any]]]:
    """Pages of a list to its end; `ask` gets the one behind a cursor."""
    page = ask(None)
    yield page["items"]
    while page["next_cursor"]:
        page = ask(page["next_cursor"])
        yield page["items"]
