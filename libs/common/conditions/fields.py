"""What conditions may speak of: the fields of a ticket, the comparisons each bears, their labels.

`fields.<name>` is a custom field of the ticket; its value may be text, a number, a truth value or
a list, and is compared as what the condition's value is. Of a tree, a node is whatever lies below
it, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Type = Literal["choice", "rank", "id", "tree", "text", "list", "instant", "number", "custom"]
Source = Literal["groups", "regions", "people", "categories"]
Label = tuple[str, str]  # zh, en

_PRESENCE = ("is_set", "is_not_set")
_EXACT = ("is", "is_not", "in", "not_in")
_WORDS = ("contains", "not_contains", "starts_with")
_MEMBERS = ("has_any", "has_all", "has_none")
_ORDER = ("gt", "ge", "lt", "le", "between")

OPS: Mapping[Type, tuple[str, ...]] = {
    "choice": (*_EXACT, *_PRESENCE),
    "rank": (*_EXACT, *_ORDER, *_PRESENCE),
    "id": (*_EXACT, *_PRESENCE),
    "tree": (*_EXACT, *_PRESENCE),
    "text": (*_EXACT, *_WORDS, *_PRESENCE),
    "list": (*_MEMBERS, *_PRESENCE),
    "instant": (*_ORDER, *_PRESENCE),
    "number": (*_EXACT, *_ORDER, *_PRESENCE),
    "custom": (*_EXACT, *_WORDS, *_MEMBERS, *_ORDER, *_PRESENCE),
}

CUSTOM = "fields."
NAME_LIMIT = 64  # characters of a custom field's name, as ticketing allows


@dataclass(frozen=True)
class Field:
    """A field: `choices` in rising order for a rank; with `is_open` other words are allowed too.

    `source` says where an id comes from; `range` bounds whole numbers, both ends included.
    """

    name: str
    type: Type
    label: Label
    choices: Mapping[str, Label] | None = field(default=None, hash=False)
    is_open: bool = False
    source: Source | None = None
    range: tuple[int, int] | None = None

    @property
    def ops(self) -> tuple[str, ...]:
        """The comparisons that it bears."""
        return OPS[self.type]


_KINDS: Mapping[str, Label] = {
    "inquiry": ("咨询", "Inquiry"),
    "complaint": ("投诉", "Complaint"),
    "repair": ("报修", "Repair"),
    "suggestion": ("建议", "Suggestion"),
    "internal": ("内部申请", "Internal request"),
}
URGENCIES: Mapping[str, Label] = {
    "normal": ("一般", "Normal"),
    "urgent": ("紧急", "Urgent"),
    "critical": ("特急", "Critical"),
}
_CHANNELS: Mapping[str, Label] = {
    "web_form": ("网站表单", "Web form"),
    "mail": ("邮件", "Mail"),
    "manual": ("人工登记", "Entered by hand"),
    "phone": ("电话", "Phone"),
    "portal": ("客户门户", "Portal"),
    "internal": ("内部", "Internal"),
}
# The names that people see are data of ticketing and may be changed there; keys stay.
STATUSES: Mapping[str, Label] = {
    "unassigned": ("待分配", "Unassigned"),
    "assigned": ("待处理", "To do"),
    "in_progress": ("处理中", "In progress"),
    "awaiting_approval": ("待审批", "Awaiting approval"),
    "awaiting_customer": ("待反馈", "Awaiting customer"),
    "follow_up": ("待跟进", "Follow-up"),
    "solved": ("已解决", "Solved"),
    "closed": ("已关闭", "Closed"),
    "archived": ("已归档", "Archived"),
}
_CATEGORIES: Mapping[str, Label] = {
    "new": ("新建", "New"),
    "open": ("处理中", "Open"),
    "pending": ("等待客户", "Waiting for the customer"),
    "on_hold": ("暂缓", "On hold"),
    "solved": ("已解决", "Solved"),
    "closed": ("已关闭", "Closed"),
}
_CLOSE_KINDS: Mapping[str, Label] = {
    "normal": ("正常关闭", "Normal"),
    "duplicate": ("重复", "Duplicate"),
    "invalid": ("无效", "Invalid"),
    "withdrawn": ("客户撤销", "Withdrawn"),
}
_YES_NO: Mapping[str, Label] = {"yes": ("是", "Yes"), "no": ("否", "No")}
_TIERS: Mapping[str, Label] = {"normal": ("普通", "Normal"), "vip": ("VIP", "VIP")}
_LANGUAGES: Mapping[str, Label] = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}

FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("kind", "choice", ("类型", "Type"), _KINDS),
        Field("urgency", "rank", ("紧急程度", "Urgency"), URGENCIES),
        Field("channel", "choice", ("渠道", "Channel"), _CHANNELS, is_open=True),
        Field("status", "choice", ("状态", "Status"), STATUSES),
        # By its key: which there are is known to ticketing alone.
        Field("own_status", "text", ("自定义状态", "Own status")),
        Field("status_category", "choice", ("状态类别", "Status category"), _CATEGORIES),
        Field("close_kind", "choice", ("关闭类型", "Closed as"), _CLOSE_KINDS),
        Field("tier", "choice", ("客户等级", "Customer's tier"), _TIERS, is_open=True),
        Field("language", "choice", ("客户语言", "Customer's language"), _LANGUAGES, is_open=True),
        Field("group_id", "id", ("小组", "Group"), source="groups"),
        Field("region_id", "id", ("区域", "Region"), source="regions"),
        Field("category_id", "tree", ("工单分类", "Category"), source="categories"),
        Field("customer_id", "id", ("客户", "Customer")),
        Field("assignee_id", "id", ("处理人", "Assignee"), source="people"),
        Field("subject", "text", ("主题", "Subject")),
        Field("tags", "list", ("标签", "Tags")),
        Field("score", "number", ("客户评分", "Customer's score"), range=(1, 5)),
        Field("is_dissatisfied", "choice", ("客户不满意", "Customer dissatisfied"), _YES_NO),
        Field("urge_count", "number", ("催单次数", "Times urged"), range=(0, 10_000)),
        Field("created_at", "instant", ("创建时间", "Created")),
        Field("local_hour", "number", ("当地时间（时）", "Hour of the day"), range=(0, 23)),
        Field("weekday", "number", ("星期", "Day of the week"), range=(1, 7)),
    )
}


def field_of(name: str) -> Field | None:
    """The field of a name, or None; a custom field is made for its name."""
    if name.startswith(CUSTOM) and 0 < len(name) - len(CUSTOM) <= NAME_LIMIT:
        title = name.removeprefix(CUSTOM)
        return Field(name, "custom", (title, title))
    return FIELDS.get(name)


def catalogue() -> list[dict[str, Any]]:
    """All that an editor of conditions needs to know; the last entry stands for custom fields."""
    custom = Field(CUSTOM, "custom", ("自定义字段", "Custom field"))
    return [_entry(field) for field in (*FIELDS.values(), custom)]


def _entry(field: Field) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": field.name,
        "type": field.type,
        "ops": list(field.ops),
        "label": _label(field.label),
    }
    if field.choices is not None:
        entry["choices"] = [
            {"value": value, "label": _label(label)} for value, label in field.choices.items()
        ]
        entry["is_open"] = field.is_open
    if field.source is not None:
        entry["source"] = field.source
    if field.range is not None:
        entry["range"] = list(field.range)
    return entry


def _label(label: Label) -> dict[str, str]:
    return dict(zip(("zh", "en"), label, strict=True))
