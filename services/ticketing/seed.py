"""Macros and canned replies for a first look: `python -m services.ticketing.seed`.

They belong to the demo's supervisor, who comes from the gateway's seed by way of the bus, so it
waits for them a while. Where there are macros or replies already it changes nothing.
"""

import time
from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import UUID

from sqlalchemy import Table, exists, select, text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database, UnitOfWork
from services.ticketing.storage.macro_tables import canned_replies, macros
from services.ticketing.storage.versioned_rows import take_turn
from services.ticketing.use_cases.canned_replies import create_canned_reply
from services.ticketing.use_cases.macros import create_macro

PATIENCE = 30.0  # seconds
_PAUSE = 0.2
OWNER = "CS900"
_RIGHTS = frozenset({"macro.use", "macro.manage", "canned_reply.use", "canned_reply.manage"})

_REPLIES = (
    {
        "name": "已收到，正在处理",
        "folder": "常用",
        "shortcut": "sd",
        "body": "{{customer.name}}，您好！您反馈的问题我们已收到（工单 {{ticket.number}}），"
        "由{{agent.name}}为您处理，有进展会第一时间告知您。",
    },
    {
        "name": "请补充资料",
        "folder": "常用",
        "shortcut": "bc",
        "body": "{{customer.name}}，您好！为尽快处理您的问题，请补充以下信息：\n"
        "1. 订单号或产品型号；\n2. 问题出现的时间；\n3. 现场照片或截图。\n谢谢配合！",
    },
    {
        "name": "处理完毕，请确认",
        "folder": "常用",
        "shortcut": "wb",
        "body": "{{customer.name}}，您好！您于 {{ticket.created_on}} 反馈的“{{ticket.subject}}”"
        "已处理完毕，请您确认。如仍有问题，直接回复即可，我们会继续处理。",
    },
)
_MACROS = (
    {
        "name": "接单并告知客户",
        "description": "分配给自己，并告诉客户已开始处理。",
        "actions": [
            {"type": "assign", "to": "me"},
            {
                "type": "reply",
                "text": "{{customer.name}}，您好！您的工单 {{ticket.number}} 已由{{agent.name}}"
                "受理，我们会尽快处理。",
            },
        ],
    },
    {
        "name": "请客户补充资料",
        "description": "请客户补充信息，并等待客户回复。",
        "actions": [
            {"type": "assign", "to": "me"},
            {
                "type": "reply",
                "text": "{{customer.name}}，您好！请补充订单号、问题出现的时间和现场照片，"
                "以便我们继续处理工单 {{ticket.number}}。",
            },
            {"type": "set_status", "status": "awaiting_customer"},
        ],
    },
    {
        "name": "升级投诉",
        "description": "提高紧急程度，并留下内部备注。",
        "actions": [
            {"type": "set_urgency", "urgency": "critical"},
            {"type": "add_tags", "tags": ["投诉升级"]},
            {"type": "add_note", "text": "{{agent.name}}于 {{today}} 升级该投诉，请主管关注。"},
        ],
    },
)


def seed(database: Database, patience: float = PATIENCE) -> str:
    """Make what is missing; says what has been done."""
    owner_id = _await_owner(database, patience)
    if owner_id is None:
        return "no macros: the demo's supervisor has not arrived"
    owner = Actor(owner_id, OWNER, permissions=_RIGHTS)
    with database.begin() as uow:
        take_turn(uow.session, "seed")
        made = _make(uow, owner, canned_replies, _REPLIES, create_canned_reply)
        made += _make(uow, owner, macros, _MACROS, create_macro)
        uow.commit()
    return f"macros and canned replies: {'、'.join(made) or 'unchanged'}"


def _make(
    uow: UnitOfWork,
    owner: Actor,
    table: Table,
    wanted: tuple[dict[str, Any], ...],
    create: Callable[..., Any],
) -> list[str]:
    """For everybody, where there are none; their names."""
    if uow.session.scalar(select(exists(select(table)))):
        return []
    rows = [create(uow, owner, utc_now(), {**one, "visibility": "shared"}) for one in wanted]
    return [row["name"] for row in rows]


def _await_owner(
    database: Database, patience: float, clock: Callable[[], float] = time.monotonic
) -> UUID | None:
    deadline = clock() + patience
    asked = text("SELECT person_id FROM directory_people WHERE is_active AND login = :login")
    while True:
        with database.begin(read_only=True) as uow:
            found: UUID | None = uow.session.scalar(asked, {"login": OWNER})
        if found is not None or clock() >= deadline:
            return found
        time.sleep(_PAUSE)


def main() -> None:
    """Seed the installation that the environment names, and say so."""
    with closing(Database.connect("ticketing")) as database:
        print(seed(database))


if __name__ == "__main__":
    main()
