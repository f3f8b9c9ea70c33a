"""Reviews as a file, however many there are. Taking it away is recorded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, g

from gateway.audit.recording import recorded
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.parts import parts
from gateway.request_ids import request_id
from gateway.resources.attachments import BYTES
from gateway.resources.quality_reviews import plain
from gateway.resources.ticket_export import begun
from gateway.schemas.quality import ReviewExportQuery
from gateway.sheets import Pages, answer_sheet, counted
from gateway.ticket_sheet import all_pages

blueprint = ApiBlueprint("quality export", __name__, description="Quality checks as files")

_PAGE = 100
_TIMEOUT = 20.0  # seconds for a page: nobody waits at a screen
_HEAD = (
    ("工单编号", "Ticket"),
    ("被检人", "Agent"),
    ("小组", "Group"),
    ("评分表", "Score sheet"),
    ("质检员", "Reviewer"),
    ("状态", "State"),
    ("得分", "Score"),
    ("申诉前得分", "Score before appeal"),
    ("合格", "Passed"),
    ("抽取时间", "Drawn"),
    ("评分时间", "Scored"),
    ("确认时间", "Confirmed"),
)
_STATES = {
    "waiting": ("待质检", "Waiting"),
    "scored": ("已评分", "Scored"),
    "appealed": ("申诉中", "Appealed"),
    "upheld": ("维持原分", "Upheld"),
    "changed": ("已改分", "Changed"),
    "confirmed": ("已确认", "Confirmed"),
}
_YES_NO = {True: ("是", "Yes"), False: ("否", "No")}


@blueprint.operation("GET", "/quality-export")
@recorded
@requires("quality.read")
@blueprint.arguments(ReviewExportQuery, location="query")
@blueprint.response(200, BYTES, content_type="*/*")
def export_quality_reviews(wanted: dict[str, Any]) -> Response:
    """The reviews that fit all filters and that the caller may see: CSV, or XLSX to its end."""
    kind = wanted.pop("format")
    told = {"format": kind, "rows": 0}
    g.audit = {"after": told}
    place = 0 if caller().language.startswith("zh") else 1
    head = [words[place] for words in _HEAD]
    pages = counted(_rows(plain(wanted), place, parts().business_zone), told, "quality")
    return answer_sheet("quality", kind, head, pages)


def _rows(filters: dict[str, Any], place: int, zone: ZoneInfo) -> Pages:
    """Read while the file is sent, when the request itself is over."""
    rpc, actor, asked_by = parts().rpc, caller().actor, request_id()
    wanted = {"filters": filters, "limit": _PAGE}

    def ask(cursor: str | None) -> dict[str, Any]:
        page: dict[str, Any] = rpc.query(
            "ticketing",
            "list_quality_reviews",
            {**wanted, "cursor": cursor},
            actor=actor,
            request_id=asked_by,
            timeout=_TIMEOUT,
        )
        return page

    return begun([_row(one, place, zone) for one in page] for page in all_pages(ask))


def _row(review: Mapping[str, Any], place: int, zone: ZoneInfo) -> list[Any]:
    passed = review["is_passed"]
    return [
        review["ticket"]["number"],
        review["handler"]["name"],
        (review["group"] or {}).get("name"),
        review["sheet"]["name"],
        (review["reviewer"] or review["reviewer_group"] or {}).get("name"),
        _STATES[review["state"]][place],
        review["total"],
        review["first_total"],
        None if passed is None else _YES_NO[passed][place],
        *(_local(review[name], zone) for name in ("drawn_at", "scored_at", "confirmed_at")),
    ]


def _local(instant: str | None, zone: ZoneInfo) -> str | None:
    """To the minute: spreadsheets know no zones."""
    if instant is None:
        return None
    return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%d %H:%M}"
