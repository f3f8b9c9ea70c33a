"""What each metric counts, in a sentence for the sheet beside the figures (docs/definitions.md)."""

from collections.abc import Mapping

Label = tuple[str, str]

UNIT_WORDS: Mapping[str, Label] = {
    "count": ("个", "number"),
    "seconds": ("时长", "duration"),
    "share": ("百分比", "percent"),
    "score": ("分（1–5）", "score (1–5)"),
    "points": ("分（-100–100）", "points (-100–100)"),
    "average": ("平均", "average"),
}
# Units that plain numbers in a file do not tell.
SECONDS_WORD: Label = ("秒", "s")

_REPLY: Label = (
    "从创建到首次回复；按期间内发生的首次回复统计",
    "From creation to the first reply, of first replies made in the period",
)
_RESOLUTION: Label = (
    "从创建到解决之间未完成的时间；按期间内的解决统计",
    "Time in which the ticket was unfinished until the solving, of solvings in the period",
)
_HANDLING: Label = (
    "处于处理中的时间；按期间内的解决统计",
    "Time in work until the solving, of solvings in the period",
)
_PARTS: Mapping[str, Label] = {
    "mean": ("平均值", "mean"),
    "median": ("中位数", "median"),
    "p90": ("90 百分位", "90th percentile"),
}
_BUSINESS: Label = (
    "只计 SLA 日历的工作时间，没有策略的不计入",
    "only business hours of the policy's calendar; without a policy it does not count",
)
_SCORED: Label = ("期间内给出的评分", "of the scores given in the period")

DEFINITIONS: Mapping[str, Label] = {
    "total": (
        "期初未解决 + 新增 + 期间内重开",
        "Unresolved at the beginning + new + reopened in the period",
    ),
    "new": ("期间内创建的工单", "Tickets created in the period"),
    "solved": (
        "期间内变为已解决的次数；重开后再次解决计两次",
        "Solvings in the period; reopened and solved again counts twice",
    ),
    "unresolved": (
        "期间最后一天结束时未完成的工单（期间未结束则为现在）",
        "Tickets unfinished at the end of the period's last day (or now)",
    ),
    "backlog": (
        "每天结束时未解决数的平均值",
        "Mean of the unresolved tickets at the end of each day",
    ),
    "growth_rate": (
        "新增与上一期间新增相比的增减，占后者的比例",
        "New against new of the period before, as a share of the latter",
    ),
    "overdue_count": (
        "期间内首次违反任一承诺的工单",
        "Tickets whose first broken promise lies in the period",
    ),
    "overdue_rate": (
        "期间内的解决中，解决时已超时的比例",
        "Of solvings in the period: those of a ticket that had broken a promise",
    ),
    "fcr_rate": (
        "期间内的首次解决中，一次沟通即解决、未转组且 7 天内未重开的比例",
        "Of first solvings: after one message at most, never passed on, not reopened in 7 days",
    ),
    "reopened_rate": (
        "期间内的解决中，之后被重开的比例",
        "Of solvings in the period: those after which the ticket was reopened",
    ),
    "satisfaction_mean": (f"{_SCORED[0]}的平均值", f"Mean {_SCORED[1]}"),
    "good_rate": (f"{_SCORED[0]}中 4 和 5 分的比例", f"4 and 5, {_SCORED[1]}"),
    "bad_rate": (f"{_SCORED[0]}中 1 和 2 分的比例", f"1 and 2, {_SCORED[1]}"),
    "csat": ("即好评率", "The good rate"),
    "response_rate": (
        "期间内发出的问卷中已回答的比例",
        "Of surveys sent in the period: those that have been answered",
    ),
    "nps": (
        "推荐者（9、10 分）百分比减去贬损者（0–6 分）百分比",
        "Percent of 9 and 10 less percent of 0 to 6",
    ),
    "complaint_resolution_rate": (
        "期间内创建的投诉中，现为已解决或解决后关闭的比例",
        "Of complaints created in the period: those solved now, or closed after a solution",
    ),
    "tickets_per_person": (
        "解决次数除以有解决的客服人数",
        "Solvings by the number of agents who solved something",
    ),
    "transfers": ("由一个组转交到另一个组的次数", "A group passed the ticket to another"),
    "suggestion_uses": ("知识被引用到回复的次数", "Articles that were put into an answer"),
    "quality_mean": (
        "期间内评分的质检单现有得分（0–100）的平均值，计入被检人",
        "Mean of the present results (0 to 100) of quality checks scored in the period",
    ),
    "quality_pass_rate": (
        "期间内评分的质检单中现为合格的比例",
        "Of quality checks scored in the period: those that are passed now",
    ),
    "supervisions": ("期间内开始的督办次数", "Supervisions begun in the period"),
    "supervision_overdue": (
        "期限在期间内、到期未签收的督办次数",
        "Supervisions whose deadline lies in the period and passed without a sign-off",
    ),
    "supervision_met_rate": (
        "期间内签收的督办中在期限前签收的比例",
        "Of supervisions signed off in the period: those by their deadline",
    ),
    "collaborations": (
        "期间内发起的协作数，一个对象计一次，计入被请求的部门、小组或个人",
        "Parts of collaborations asked for in the period, for whom was asked",
    ),
    "collaboration_overdue": (
        "时限在期间内、到期未答复的协作数",
        "Parts whose time limit lies in the period and passed without an answer",
    ),
    "collaboration_met_rate": (
        "期间内答复的、有时限的协作中按期答复的比例",
        "Of parts with a time limit answered in the period: those in time",
    ),
}
_DURATIONS = {"first_reply": _REPLY, "resolution": _RESOLUTION, "handling": _HANDLING}

TITLES: Mapping[str, Label] = {
    "report": ("报表", "Report"),
    "series": ("趋势", "Trend"),
    "charts": ("图表", "Charts"),
    "definitions": ("口径说明", "Definitions"),
    "tickets": ("工单明细", "Tickets"),
    "metric": ("指标", "Metric"),
    "unit": ("单位", "Unit"),
    "definition": ("口径", "What counts"),
    "period": ("期间", "Period"),
    "compared": ("对比期间", "Compared with"),
    "filters": ("筛选", "Filters"),
    "score": ("评分", "Score"),
    "made_at": ("生成时间", "Made at"),
    "scope": ("数据范围", "Data scope"),
    "total": ("合计", "Total"),
    "previous": ("对比期", "before"),
    "change": ("变化", "change"),
    "from": ("开始", "From"),
    "until": ("结束", "Until"),
    "number": ("工单号", "Number"),
    "status": ("当前状态", "Status"),
    "kind": ("类型", "Type"),
    "channel": ("渠道", "Channel"),
    "urgency": ("紧急程度", "Urgency"),
    "what": ("统计事项", "Counted"),
    "at": ("发生时间", "Time"),
    "value": ("数值", "Value"),
    "agent": ("客服", "Agent"),
    "group": ("客服组", "Group"),
}
WHATS: Mapping[str, Label] = {
    "created": ("新增", "created"),
    "replied": ("首次回复", "first reply"),
    "solved": ("解决", "solved"),
    "reopened": ("重开", "reopened"),
    "rated": ("评价", "rated"),
    "surveyed": ("问卷", "survey"),
    "breached": ("超时", "overdue"),
    "transferred": ("转交", "transferred"),
    "suggested": ("知识引用", "suggestion used"),
    "unresolved": ("未解决", "unresolved"),
}
SCOPES: Mapping[str, Label] = {
    "own": ("本人的工单", "own tickets"),
    "group": ("本组的工单", "tickets of the groups"),
    "department": ("本部门的工单", "tickets of the departments"),
    "region": ("本区域的工单", "tickets of the regions"),
    "all": ("全部工单", "all tickets"),
}


def definition_of(key: str, language: str) -> str:
    """Of a metric, in the language (zh or en)."""
    place = 1 if language == "en" else 0
    if key in DEFINITIONS:
        return DEFINITIONS[key][place]
    name, _, part = key.rpartition("_")
    is_business = name.endswith("_business")
    words = [_DURATIONS[name.removesuffix("_business")][place], _PARTS[part][place]]
    if is_business:
        words.append(_BUSINESS[place])
    return ("；" if place == 0 else "; ").join(words)


def word(words: Mapping[str, Label], key: str, language: str) -> str:
    """What a key is called; itself where it has no name."""
    label = words.get(key)
    return key if label is None else label[1 if language == "en" else 0]
