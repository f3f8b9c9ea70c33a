"""Pictures that programs read badly: single use, three minutes, no matter how letters are typed."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from gateway.auth.limits import source_of
from gateway.storage.login import Captcha
from libs.common.crypto import BlindIndex
from libs.common.crypto.tokens import same_secret
from libs.common.errors import TooMany, Unavailable
from libs.common.ids import uuid7

VALID_FOR = timedelta(minutes=3)
_LENGTH = 5
# Those that stay different when they are bent.
_CHARACTERS = "ACDEFHJKNPRTUVXY34679"
_SIZE = (160, 56)  # pixels
_COLOURS = 8
_INKS = ((12, 44, 57), (11, 80, 110), (96, 40, 90), (120, 50, 20), (30, 90, 50))
_MOST_OF_ADDRESS = 60
_MOST = 20_000


@dataclass(frozen=True)
class Picture:
    """What is shown: `image` is a PNG as a data URI."""

    captcha_id: UUID
    image: str
    expires_at: datetime


def show_captcha(session: Session, index: BlindIndex, address: str, now: datetime) -> Picture:
    """A new one; raises TooMany or Unavailable where too many wait for their answers."""
    address = source_of(address)
    _refuse_flood(session, address, now)
    captcha_id, expires_at = uuid7(), now + VALID_FOR
    answer = "".join(secrets.choice(_CHARACTERS) for _ in range(_LENGTH))
    row = Captcha(
        captcha_id=captcha_id,
        address=address,
        answer_hash=_hash(index, captcha_id, answer),
        expires_at=expires_at,
    )
    session.add(row)
    return Picture(captcha_id, _draw(answer), expires_at)


def is_read(
    session: Session, index: BlindIndex, captcha_id: UUID, answer: str, now: datetime
) -> bool:
    """Whether that is what the picture shows; it is of no use any more, right or wrong."""
    own = delete(Captcha).where(Captcha.captcha_id == captcha_id, Captcha.expires_at > now)
    stored = session.execute(own.returning(Captcha.answer_hash)).scalar_one_or_none()
    return stored is not None and same_secret(stored, _hash(index, captcha_id, answer))


def forget_old_captchas(session: Session, now: datetime, most: int) -> int:
    """Drop what is over; returns how many."""
    old = select(Captcha.captcha_id).where(Captcha.expires_at <= now)
    found = session.scalars(old.limit(most).with_for_update(skip_locked=True)).all()
    if found:
        gone = delete(Captcha).where(Captcha.captcha_id.in_(found))
        session.execute(gone, execution_options={"synchronize_session": False})
    return len(found)


def _refuse_flood(session: Session, address: str, now: datetime) -> None:
    waiting = select(Captcha.captcha_id).where(Captcha.expires_at > now)
    own = waiting.where(Captcha.address == address).limit(_MOST_OF_ADDRESS).subquery()
    if session.scalar(select(func.count()).select_from(own)) == _MOST_OF_ADDRESS:
        raise TooMany("captcha.limited", "too many pictures were asked for", {"retry_after": 60})
    every = waiting.limit(_MOST).subquery()
    if session.scalar(select(func.count()).select_from(every)) == _MOST:
        raise Unavailable("captcha.busy", "too many people are logging in", {"retry_after": 60})


def _hash(index: BlindIndex, captcha_id: UUID, answer: str) -> bytes:
    # Keyed, for there are only four million answers.
    return index.of("captcha", f"{captcha_id}:{answer.strip().upper()}")


def _draw(text: str) -> str:
    # Pillow, 10 MB: loaded by whoever first has to show a picture.
    from captcha.image import ImageCaptcha

    width, height = _SIZE
    painter = ImageCaptcha(width, height, font_sizes=(36, 40, 44))
    # People must still read it: nothing covers anything else, and the ink is dark.
    painter.lookup_table = [min(level * 8, 255) for level in range(256)]
    painter.word_space_probability = 1.0
    painter.word_offset_dx = 0.1
    painter.character_rotate = (-22, 22)
    drawn = painter.generate_image(text, fg_color=secrets.choice(_INKS))
    file = BytesIO()
    drawn.quantize(_COLOURS).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
