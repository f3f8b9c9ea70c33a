"""The SMTP side: takes everything from everybody on this machine."""

import asyncio
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notify.mailbox.store import MailStore

_MAX_SIZE = 64 * 1024 * 1024  # bytes


class _Handler:
    def __init__(self, store: MailStore) -> None:
        self._store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        summary = self._store.add(envelope.mail_from or "", envelope.rcpt_tos, raw)
        return f"250 2.0.0 kept as {summary.id}"


async def listen(store: MailStore, host: str, port: int) -> asyncio.Server:
    """Begin to take mails."""
    handler: Any = _Handler(store)

    def serve_one() -> SMTP:
        return SMTP(
            handler, data_size_limit=_MAX_SIZE, hostname="mailbox", ident="Tidedesk mailbox"
        )

    return await asyncio.get_running_loop().create_server(serve_one, host, port)
