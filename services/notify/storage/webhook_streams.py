"""How far each stream has come, kept while there is anybody to tell."""

from collections.abc import Mapping
from datetime import datetime

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.notify.domain.streams import Stream
from services.notify.storage.channel_tables import WebhookStreamRow

_Row = WebhookStreamRow
_ADD = text("""
    INSERT INTO webhook_streams (stream, touched_at)
    SELECT stream, :now FROM unnest(CAST(:streams AS text[])) AS new (stream) ORDER BY stream
    ON CONFLICT DO NOTHING
""")
_PUT = text("""
    UPDATE webhook_streams SET upto = new.upto, ahead = new.ahead, gap_since = new.gap_since,
        touched_at = :now
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (
        stream text, upto bigint, ahead bigint[], gap_since timestamptz)
    WHERE webhook_streams.stream = new.stream
""")


def lock_streams(session: Session, names: list[str], now: datetime) -> dict[str, Stream]:
    """Each, known or new, locked until the commit and in the order of names."""
    ordered = sorted(names)
    session.execute(_ADD, {"streams": ordered, "now": now})
    rows = session.scalars(
        select(_Row)
        .where(_Row.stream.in_(ordered))
        .order_by(_Row.stream)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.stream: Stream(row.upto, tuple(row.ahead), row.gap_since) for row in rows}


def put_streams(session: Session, streams: Mapping[str, Stream], now: datetime) -> None:
    """As they are now; locked by `lock_streams`."""
    rows = [
        {
            "stream": name,
            "upto": stream.upto,
            "ahead": list(stream.ahead),
            "gap_since": stream.gap_since,
        }
        for name, stream in streams.items()
    ]
    session.execute(_PUT, {"rows": orjson.dumps(rows).decode(), "now": now})
