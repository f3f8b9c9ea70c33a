"""The metrics: of which sums each is made, and which tickets stand behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

COUNT, SECONDS, SHARE, SCORE, POINTS, AVERAGE = (
    "count",
    "seconds",
    "share",
    "score",
    "points",
    "average",
)
HIGHER, LOWER = "higher", "lower"
# How many are unresolved at the end of a period, and at its beginning.
AT_END, AT_START = "open_at_end", "open_at_start"
# Unresolved at the ends of all its days together, and how many days that are; agents who solved.
OPEN_DAYS, DAYS, AGENTS = "open_days", "days", "agents"
# New in the period before.
CREATED_BEFORE = "created_before"

Sums = Mapping[str, float]


class Formula(Protocol):
    """How a metric is made of sums; None where there is nothing to divide by."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The sums."""

    def value(self, sums: Sums) -> float | None: ...


@dataclass(frozen=True)
class Plus:
    """A sum, or several added up."""

    needs: tuple[str, ...]

    def value(self, sums: Sums) -> float | None:
        return sum(sums.get(name, 0) for name in self.needs)


@dataclass(frozen=True)
class Ratio:
    """One sum divided by another."""

    part: str
    whole: str

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.part, self.whole)

    def value(self, sums: Sums) -> float | None:
        whole = sums.get(self.whole, 0)
        return sums.get(self.part, 0) / whole if whole else None


@dataclass(frozen=True)
class Growth:
    """By which share one sum is more than another."""

    now: str
    before: str

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.now, self.before)

    def value(self, sums: Sums) -> float | None:
        before = sums.get(self.before, 0)
        return (sums.get(self.now, 0) - before) / before if before else None


@dataclass(frozen=True)
class Promoters:
    """Net promoter score: percent of promoters less percent of detractors."""

    needs: tuple[str, ...] = ("promoters", "detractors", "nps_given")

    def value(self, sums: Sums) -> float | None:
        given = sums.get("nps_given", 0)
        gained = sums.get("promoters", 0) - sums.get("detractors", 0)
        return 100 * gained / given if given else None


@dataclass(frozen=True)
class Percentile:
    """The least duration that so many percent do not exceed, in rounded minutes."""

    spread: str
    percent: int

    @property
    def needs(self) -> tuple[str, ...]:
        return ()

    @property
    def name(self) -> str:
        """Under which the sums hold it, in seconds."""
        return f"{self.spread}.p{self.percent}"

    def value(self, sums: Sums) -> float | None:
        return sums.get(self.name)


@dataclass(frozen=True)
class Metric:
    """`counted` is what stands behind it (sums), `shows` the column of each that goes into it.

    `better` says which way is good news; None: neither.
    """

    key: str
    zh: str
    en: str
    unit: str
    better: str | None
    formula: Formula
    counted: tuple[str, ...]
    shows: str | None = None

    def count(self, sums: Sums) -> int | None:
        """How many tickets (or acts) stand behind the value; None where only a list can tell."""
        if OPEN_DAYS in self.counted:
            return None
        return int(sum(sums.get(name, 0) for name in self.counted))

    @property
    def percentile(self) -> Percentile | None:
        """What it asks of a spread, if it does."""
        return self.formula if isinstance(self.formula, Percentile) else None

    @property
    def needs(self) -> set[str]:
        """All sums, of value and count."""
        return {*self.formula.needs, *self.counted}


def _durations() -> Iterable[Metric]:
    shapes = (
        ("first_reply", "首次响应时长", "First reply time", "reply", "replied", "seconds"),
        ("resolution", "解决时长", "Resolution time", "resolution", "solved", "seconds"),
    )
    for key, zh, en, spread, counted, column in shapes:
        for part, zh_part, en_part, suffix in (
            ("", "", "", ""),
            ("_business", "（工作时间）", " (business hours)", "_business"),
        ):
            base = counted + suffix
            total = f"{spread}{suffix}_seconds"
            shown = "business_seconds" if part else column
            yield Metric(
                f"{key}{part}_mean",
                f"平均{zh}{zh_part}",
                f"{en}, mean{en_part}",
                SECONDS,
                LOWER,
                Ratio(total, base),
                (base,),
                shown,
            )
            for name, percent, zh_name, en_name in (
                ("median", 50, "中位", "median"),
                ("p90", 90, "90%", "90th percentile"),
            ):
                yield Metric(
                    f"{key}{part}_{name}",
                    f"{zh}{zh_name}{zh_part}",
                    f"{en}, {en_name}{en_part}",
                    SECONDS,
                    LOWER,
                    Percentile(spread + suffix, percent),
                    (base,),
                    shown,
                )


def _share(
    key: str, zh: str, en: str, part: str, whole: str, shows: str, better: str = HIGHER
) -> Metric:
    return Metric(key, zh, en, SHARE, better, Ratio(part, whole), (whole,), shows)


def _sum(key: str, zh: str, en: str, *names: str, better: str | None = None) -> Metric:
    return Metric(key, zh, en, COUNT, better, Plus(names), names)


_ALL = (
    _sum("total", "工单总量", "Tickets in hand", AT_START, "created", "reopened"),
    _sum("new", "新增工单", "New tickets", "created"),
    _sum("solved", "已解决", "Solved", "solved", better=HIGHER),
    _sum("unresolved", "未解决", "Unresolved", AT_END, better=LOWER),
    Metric("backlog", "日均积压", "Backlog, by day", AVERAGE, LOWER, Ratio(OPEN_DAYS, DAYS),
           (OPEN_DAYS,), "days"),
    Metric("growth_rate", "增长率", "Growth", SHARE, None, Growth("created", CREATED_BEFORE),
           ("created",)),
    *_durations(),
    Metric("handling_mean", "平均处理时长", "Handling time, mean", SECONDS, LOWER,
           Ratio("handling_seconds", "solved"), ("solved",), "handling_seconds"),
    Metric("handling_median", "处理时长中位", "Handling time, median", SECONDS, LOWER,
           Percentile("handling", 50), ("solved",), "handling_seconds"),
    Metric("handling_p90", "处理时长90%", "Handling time, 90th percentile", SECONDS, LOWER,
           Percentile("handling", 90), ("solved",), "handling_seconds"),
    _sum("overdue_count", "超时工单", "Tickets that became overdue", "breached", better=LOWER),
    _share("overdue_rate", "超时率", "Overdue rate", "overdue_solved", "solved", "was_overdue",
           LOWER),
    _share("fcr_rate", "首次解决率", "First-contact resolution", "single_contact", "first_solved",
           "is_single_contact"),
    _share("reopened_rate", "重开率", "Reopened rate", "reopened_later", "solved", "is_reopened",
           LOWER),
    Metric("satisfaction_mean", "满意度", "Satisfaction, mean", SCORE, HIGHER,
           Ratio("score_sum", "scored"), ("scored",), "score"),
    _share("good_rate", "好评率", "Good rate", "good", "scored", "score"),
    _share("bad_rate", "差评率", "Bad rate", "bad", "scored", "score", LOWER),
    _share("csat", "客户满意率 CSAT", "CSAT", "good", "scored", "score"),
    _share("response_rate", "问卷回收率", "Survey response rate", "survey_answered", "surveyed",
           "is_answered"),
    Metric("nps", "净推荐值 NPS", "NPS", POINTS, HIGHER, Promoters(), ("nps_given",), "nps"),
    _share("complaint_resolution_rate", "投诉解决率", "Complaint resolution rate", "settled",
           "complaints", "is_settled"),
    Metric("tickets_per_person", "人均解决量", "Solved per person", AVERAGE, HIGHER,
           Ratio("solved", AGENTS), ("solved",)),
    _sum("transfers", "转交次数", "Transfers", "transferred", better=LOWER),
    _sum("suggestion_uses", "知识引用次数", "Suggestions used", "suggested", better=HIGHER),
    Metric("quality_mean", "质检得分", "Quality score, mean", AVERAGE, HIGHER,
           Ratio("check_points", "checked"), ("checked",), "points"),
    _share("quality_pass_rate", "质检合格率", "Quality pass rate", "check_passed", "checked",
           "is_passed"),
    _sum("supervisions", "督办次数", "Supervisions", "supervised"),
    _sum("supervision_overdue", "督办逾期次数", "Supervisions overdue", "supervision_missed",
         better=LOWER),
    _share("supervision_met_rate", "督办按期签收率", "Supervisions signed off in time",
           "signed_off_in_time", "signed_off", "is_passed"),
    _sum("collaborations", "协作次数", "Collaborations", "asked_to_help"),
    _sum("collaboration_overdue", "协作逾期次数", "Collaborations overdue", "help_missed",
         better=LOWER),
    _share("collaboration_met_rate", "协作按期完成率", "Collaborations answered in time",
           "helped_in_time", "helped", "is_passed"),
)  # fmt: skip

METRICS: Mapping[str, Metric] = {metric.key: metric for metric in _ALL}
