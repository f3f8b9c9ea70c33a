"""How tickets are closed: as what, after which consent, and what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, field_error
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.statuses import SOLVED, Status, is_unfinished, told_text
from services.ticketing.domain.supervising import SupervisedTicket
from services.ticketing.domain.templated import TemplatedTicket
from services.ticketing.domain.templates import refuse

NORMAL, DUPLICATE, INVALID, WITHDRAWN = "normal", "duplicate", "invalid", "withdrawn"
# 正常关闭, 重复, 无效, 客户撤销.
CLOSE_KINDS = (NORMAL, DUPLICATE, INVALID, WITHDRAWN)


@dataclass(frozen=True)
class Closing:
    """As what a ticket is closed.

    `duplicate_of`: id and number of the ticket that has the same request. `needs_confirmation`: the
    settings want the customer's word before. `own_status`: the company's own name for it.
    `with_parent`: number of the ticket above with which it is closed.
    """

    kind: str = NORMAL
    duplicate_of: tuple[UUID, str] | None = None
    needs_confirmation: bool = False
    own_status: Status | None = None
    with_parent: str | None = None


def is_reopenable(ticket: Any, days: int, now: datetime) -> bool:
    """Takes a ticket or its row. What repeats another, or was no request at all, stays closed."""
    is_carried_on = ticket.followed_up_by is not None or ticket.merged_into is not None
    is_over = ticket.status != "closed" or is_carried_on
    if is_over or ticket.closed_at is None or ticket.close_kind in (DUPLICATE, INVALID):
        return False
    return bool(now < ticket.closed_at + timedelta(days=days))


class ClosingTicket(SupervisedTicket, TemplatedTicket):
    """A ticket as far as it is about its end."""

    def withdraw_request(self, reason: str | None, act: Act) -> None:
        """The customer needs it no longer (客户撤销): closed, whoever works on it."""
        if not is_unfinished(self.status):
            raise Conflict("ticket.finished", "this request is solved or closed already")
        was_supervised = self.is_supervised
        self._close(Closing(WITHDRAWN), reason, act)
        if was_supervised:
            self._drop_supervision(act, WITHDRAWN, reason)

    def close_by_time(self, act: Act) -> None:
        """Nobody has said anything for long enough: the solution holds (自动关闭)."""
        if self.status_category != SOLVED or self.is_dissatisfied or self.is_supervised:
            raise Conflict("ticket.not_solved", "only what stands solved is closed by time")
        self._close(Closing(), None, act)

    def is_reopenable(self, days: int, now: datetime) -> bool:
        """Whether the customer's answer takes it up again so many days after its closing."""
        return is_reopenable(self, days, now)

    def archive(self, act: Act) -> None:
        """Long closed: put away (归档)."""
        if self.status != "closed":
            raise Conflict("ticket.not_closed", "only a closed ticket is archived")
        self._move("archived", None, act)

    def _close_by_hand(
        self, closing: Closing, reason: str | None, fields: Mapping[str, Any] | None, act: Act
    ) -> None:
        """Unsolved work needs a reason, unless another ticket is the reason.

        Closed normally it must have what its template asks for then.
        """
        self._refuse_dissatisfied()
        self._refuse_supervised()
        self._check_closing(closing)
        if self.status_category != SOLVED and closing.kind != DUPLICATE:
            reason = checks.required_text("reason", reason, checks.REASON_LIMIT)
        after = self._filled(fields, act)
        if closing.kind == NORMAL:
            refuse(self.lacking("close", after), "ticket.incomplete")
        self._close(closing, reason, act, self._take_fields(after))

    def _check_closing(self, closing: Closing) -> None:
        checks.one_of("close_kind", closing.kind, CLOSE_KINDS)
        if closing.kind == DUPLICATE and closing.duplicate_of is None:
            raise field_error("duplicate_of", "name the ticket that it repeats", "field.required")
        if closing.kind != DUPLICATE and closing.duplicate_of is not None:
            raise field_error("duplicate_of", "goes with the kind duplicate alone")
        if closing.duplicate_of and closing.duplicate_of[0] == self.ticket_id:
            raise field_error("duplicate_of", "a ticket does not repeat itself")
        if closing.needs_confirmation and closing.kind == NORMAL and not self.is_confirmed:
            raise Conflict("ticket.unconfirmed", "the customer has not confirmed the solution yet")

    def _close(
        self,
        closing: Closing,
        reason: str | None,
        act: Act,
        filled: Mapping[str, Any] | None = None,
    ) -> None:
        self.close_kind = closing.kind
        shown: dict[str, Any] = {"close_kind": closing.kind, **(filled or {})}
        told: dict[str, Any] = {}
        if closing.duplicate_of:
            self.duplicate_of, shown["duplicate_of"] = closing.duplicate_of
            told["duplicate_of_ticket_id"] = self.duplicate_of
        if closing.with_parent:
            shown["with_parent"] = closing.with_parent
        self._move("closed", reason, act, shown, told, closing.own_status)

    def _move(
        self,
        status: str,
        reason: str | None,
        act: Act,
        shown: dict[str, Any] | None = None,
        told: dict[str, Any] | None = None,
        own: Status | None = None,
    ) -> None:
        """`shown` and `told`: what else timeline and event say of it; `own`: the company's own."""
        details = {"from_status": self.status, "to_status": status, "reason": reason}
        key = own.own if own else None
        if self.own_status or key:
            details |= {"from_own_status": self.own_status, "to_own_status": key}
        told = (told or {}) | told_text(own if key else None)
        self._set_status(status, act, key)
        self._enter_event(act, "ticket.status_changed", **details, **(shown or {}))
        self._record(act, "ticket.status_changed", **details, **told)
