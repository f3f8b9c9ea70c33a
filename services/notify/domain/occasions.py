"""What people are told of: each occasion with whom it may concern and what its texts may say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.notify.domain.happenings import CUSTOMER, STAFF, Audience

Label = tuple[str, str]  # zh, en

# Whoever is told may choose by these which channels are used for what.
GROUPS: Mapping[str, Label] = {
    "progress": ("处理进展", "Progress"),
    "replies": ("回复与结果", "Answers and solutions"),
    "surveys": ("满意度调查", "Surveys"),
    "work": ("我的工单", "My tickets"),
    "deadlines": ("时限与异常", "Deadlines and abnormalities"),
    "offers": ("抢单", "Tickets to grab"),
    "knowledge": ("知识库", "Knowledge"),
    "system": ("系统与安全", "System and security"),
}

COMMON: Mapping[str, Label] = {
    "number": ("工单编号", "Ticket number"),
    "subject": ("主题", "Subject"),
    "kind": ("类型", "Kind"),
    "urgency": ("紧急程度", "Urgency"),
    "status": ("状态", "Status"),
    "channel": ("渠道", "Channel"),
    "customer": ("客户称呼", "Customer's name"),
    "company": ("公司名称", "Company"),
    "assignee": ("处理人", "Assignee"),
    "group": ("小组", "Group"),
    "created_at": ("创建时间", "Created"),
    "occurred_at": ("发生时间", "Time of the occasion"),
    "ticket_url": ("工单链接", "Link to the ticket"),
    "promised_at": ("承诺首次答复时间", "Promised first answer"),
    "due_at": ("到期时间", "Due"),
}
_TEXT: Mapping[str, Label] = {"text": ("正文", "Text"), "rich_text": ("富文本正文", "Rich text")}
_NOTE: Mapping[str, Label] = {"note": ("备注", "Note")}
_REASON: Mapping[str, Label] = {"reason": ("原因", "Reason"), "cause": ("起因", "Cause")}
_STEP: Mapping[str, Label] = {
    "target": ("时限名称", "Target"),
    "phase": ("阶段", "Phase"),
    "policy": ("策略名称", "Policy"),
}
_ARTICLE: Mapping[str, Label] = {
    "article": ("文章标题", "Article's title"),
    "comment": ("意见", "Comment"),
    "actor": ("操作人", "Who did it"),
}
_RECEIPT: Mapping[str, Label] = {
    "text": ("客户描述", "What the customer wrote"),
    "excerpt": ("描述摘要", "Its beginning"),
    "hours": ("默认答复小时数", "Hours to the first answer by default"),
}


@dataclass(frozen=True)
class Occasion:
    """`variables` are those beyond the common ones. `notice` is the console's word for it."""

    key: str
    label: Label
    group: str
    audiences: Sequence[Audience]
    variables: Mapping[str, Label]
    notice: str

    @property
    def names(self) -> frozenset[str]:
        """Every variable that its texts may use."""
        return frozenset((*COMMON, *self.variables))


def _occasion(
    key: str,
    label: Label,
    group: str,
    audiences: Sequence[Audience],
    variables: Mapping[str, Label] | None = None,
    notice: str = "",
) -> Occasion:
    return Occasion(key, label, group, audiences, variables or {}, notice or key)


_BOTH = (CUSTOMER, STAFF)
_CUSTOMER = (CUSTOMER,)
_STAFF = (STAFF,)

OCCASIONS: Mapping[str, Occasion] = {
    one.key: one
    for one in (
        _occasion("receipt", ("受理回执", "Receipt"), "progress", _CUSTOMER, _RECEIPT),
        _occasion("assigned", ("已分配", "Assigned"), "work", _BOTH, _NOTE),
        _occasion("accepted", ("已确认接收", "Accepted"), "progress", _CUSTOMER),
        _occasion("replied", ("客服回复", "Reply"), "replies", _CUSTOMER, _TEXT),
        _occasion("transferred", ("已转交", "Transferred"), "work", _BOTH, _NOTE),
        _occasion("returned", ("已退回", "Returned"), "work", _STAFF, _REASON),
        _occasion(
            "message",
            ("客户来信", "Customer's message"),
            "work",
            _STAFF,
            {"text": _TEXT["text"], "is_auto_reply": ("是否自动回复", "Automatic answer")},
        ),
        _occasion("reopened", ("重新打开", "Reopened"), "work", _BOTH, _REASON),
        _occasion("warned", ("即将超时", "Due soon"), "deadlines", _STAFF, _STEP, "sla"),
        _occasion("breached", ("已超时", "Overdue"), "deadlines", _STAFF, _STEP, "sla"),
        _occasion("escalated", ("超时升级", "Escalated"), "deadlines", _STAFF, _STEP, "sla"),
        _occasion(
            "abnormality",
            ("异常工单", "Abnormality"),
            "deadlines",
            _STAFF,
            {"finding": ("异常类型", "What was found")},
        ),
        _occasion(
            "offer",
            ("可抢工单", "Ticket to grab"),
            "offers",
            _STAFF,
            {"ends_at": ("截止时间", "Until")},
        ),
        _occasion(
            "solved",
            ("已解决", "Solved"),
            "replies",
            _CUSTOMER,
            {"solution": ("处理结果", "Solution"), "text": _TEXT["text"]},
        ),
        _occasion("closed", ("已关闭", "Closed"), "progress", _CUSTOMER, _REASON),
        _occasion("status_changed", ("状态变更", "Status changed"), "progress", _CUSTOMER, _REASON),
        _occasion(
            "survey",
            ("满意度调查", "Survey"),
            "surveys",
            _CUSTOMER,
            {"survey_url": ("调查链接", "Link to the survey")},
        ),
        _occasion(
            "rated_low",
            ("评价不满意", "Low score"),
            "work",
            _STAFF,
            {"score": ("评分", "Score"), "comment": ("评价内容", "Comment")},
        ),
        _occasion(
            "mention",
            ("被提及", "Mention"),
            "work",
            _STAFF,
            {"actor": ("操作人", "Who did it")},
        ),
        _occasion(
            "collaboration",
            ("协作", "Collaboration"),
            "work",
            _STAFF,
            {"step": ("进展", "What has happened"), "actor": ("操作人", "Who did it")},
        ),
        _occasion(
            "cc",
            ("抄送给我", "Copied"),
            "work",
            _STAFF,
            {"actor": ("操作人", "Who did it"), **_NOTE},
        ),
        _occasion(
            "urged",
            ("客户催单", "Urged by the customer"),
            "work",
            _STAFF,
            {"count": ("催单次数", "Times urged"), **_NOTE},
        ),
        _occasion("children_finished", ("子工单已全部结束", "Children finished"), "work", _STAFF),
        _occasion(
            "supervised",
            ("督办", "Supervised"),
            "work",
            _STAFF,
            {
                "actor": ("督办人", "Who supervises it"),
                "deadline": ("督办期限", "Deadline"),
                "is_late": ("是否已过期限", "Past the deadline"),
                **_NOTE,
            },
        ),
        _occasion(
            "quality",
            ("质检", "Quality check"),
            "work",
            _STAFF,
            {
                "step": ("进展", "What has happened"),
                "actor": ("操作人", "Who did it"),
                "total": ("得分", "Result"),
            },
        ),
        _occasion(
            "review_requested", ("文章待审核", "Review requested"), "knowledge", _STAFF, _ARTICLE
        ),
        _occasion(
            "review_declined", ("文章被驳回", "Review declined"), "knowledge", _STAFF, _ARTICLE
        ),
        _occasion(
            "article_expiring",
            ("文章即将过期", "Article expires soon"),
            "knowledge",
            _STAFF,
            {"article": _ARTICLE["article"]},
        ),
        _occasion(
            "security",
            ("安全告警", "Security alert"),
            "system",
            _STAFF,
            {
                "alert": ("告警", "Alert"),
                "person": ("账号", "Account"),
                "address": ("来源地址", "From"),
            },
        ),
        _occasion(
            "failed",
            ("通知失败", "Notification failed"),
            "system",
            _STAFF,
            {"reason": ("原因", "Reason"), "told": ("通知内容", "What was to be told")},
        ),
    )
}

# As deliveries of the first releases call it.
_OLD_KEYS = {"reply": "replied"}


def occasion_named(key: str) -> Occasion:
    """Raises KeyError."""
    return OCCASIONS[_OLD_KEYS.get(key, key)]
