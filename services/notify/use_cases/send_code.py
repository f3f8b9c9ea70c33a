"""Take a one-time code for somebody; the job hands it over within a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from libs.common.crypto import KeyRing, normalise_email, normalise_phone
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Unavailable, field_error
from libs.common.ids import uuid7
from services.notify.domain.codes import Channel, CodeOrder, CodeStatus, Purpose
from services.notify.domain.headers import Mailbox
from services.notify.storage.codes import add_code


@dataclass(frozen=True)
class CodeDesk:
    """How codes are sealed, and whether there is anybody to send them by SMS."""

    keys: KeyRing
    has_sms: bool


def send_code(
    uow: UnitOfWork,
    desk: CodeDesk,
    now: datetime,
    *,
    channel: Channel,
    address: str,
    code: str,
    purpose: Purpose,
    language: str,
    valid_seconds: int,
    is_wanted: bool,
) -> None:
    """Without `is_wanted` all is done but the sending, so that the answer tells nothing.

    Raises InvalidInput naming `address`, Unavailable `sms.not_configured`.
    """
    if channel is Channel.SMS and not desk.has_sms:
        raise Unavailable("sms.not_configured", "this installation sends no text messages")
    order = CodeOrder(
        channel=channel,
        address=_normal(channel, address),
        code=code,
        purpose=purpose,
        language=language,
        valid=timedelta(seconds=valid_seconds),
    )
    status = CodeStatus.WAITING if is_wanted else CodeStatus.SKIPPED
    add_code(uow.session, desk.keys, uuid7(), order, now, status)


def _normal(channel: Channel, address: str) -> str:
    if channel is Channel.SMS:
        return normalise_phone(address, "address")
    normal = normalise_email(address, "address")
    try:
        return Mailbox("", normal).address
    except ValueError as error:
        raise field_error("address", str(error), "email.invalid") from None
