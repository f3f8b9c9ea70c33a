"""Has files scanned and pictures painted small: jobs that open and commit their own transactions.

One file a transaction, whose row is locked meanwhile: what dies in between is done by the next.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from libs.common.blobs import Blobs
from libs.common.database.unit_of_work import Database
from libs.common.errors import NotFound
from libs.common.scanning import UNSCANNABLE, Scanner, Verdict
from services.ticketing.clients.thumbnails import MOST_BYTES
from services.ticketing.storage import attachment_looks
from services.ticketing.use_cases.attachments import BLOB_OWNER

# From a picture a small one, or None.
Paint = Callable[[bytes], bytes | None]

# Pictures from before there were thumbnails stay without.
_RECENT = timedelta(days=30)
_MOST_THUMBNAIL = 1024 * 1024  # bytes


def scan_next(database: Database, blobs: Blobs, scanner: Scanner) -> bool:
    """Scan one file; whether there was one. Raises Unavailable while the scanner is away."""
    with database.begin() as uow:
        file = attachment_looks.take_unscanned(uow.session)
        if file is None:
            return False
        verdict = _scan(blobs, scanner, file.blob_key)
        attachment_looks.keep_verdict(
            uow.session, file.attachment_id, verdict.state, verdict.threat
        )
        uow.commit()
    return True


def _scan(blobs: Blobs, scanner: Scanner, key: str) -> Verdict:
    try:
        stream = blobs.stream(key)
    except NotFound:
        return Verdict(UNSCANNABLE, "there is no content")
    try:
        return scanner.scan(stream)
    finally:
        stream.close()


def paint_next(
    database: Database, blobs: Blobs, paint: Paint, now: datetime, *, only_clean: bool
) -> bool:
    """Paint one thumbnail, with `only_clean` of what the scanner has passed; was there one?"""
    with database.begin() as uow:
        since = now - _RECENT
        file = attachment_looks.take_unpictured(uow.session, since, only_clean=only_clean)
        if file is None:
            return False
        painted = _paint(blobs, file.blob_key, paint) if file.size <= MOST_BYTES else None
        if painted is None:
            attachment_looks.keep_no_thumbnail(uow.session, file.attachment_id)
        else:
            stored = blobs.put(BLOB_OWNER, painted, max_size=_MOST_THUMBNAIL)
            attachment_looks.keep_thumbnail(
                uow.session, file.attachment_id, stored.key, stored.size
            )
        uow.commit()
    return True


def _paint(blobs: Blobs, key: str, paint: Paint) -> bytes | None:
    try:
        return paint(blobs.read(key))
    except NotFound:
        return None
