"""The SMTP listener (`intake.smtp`): takes mail for our mail accounts, durably, before it says 250.

asyncio reads the mail; database and blob store are asked in threads.
"""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from libs.common.config import Config
from libs.common.crypto import open_ring
from libs.common.database.roll_call import RollCall
from libs.common.health import HealthServer
from services.intake.service.keeping import database_check, open_doorkeeper
from services.intake.service.settings import Settings
from services.intake.storage.accounts import Account
from services.intake.storage.arrivals import open_autocommit
from services.intake.storage.known_accounts import Accounts
from services.intake.use_cases.accept_message import MAIL, Doorkeeper, mail_id

_log = logging.getLogger(__name__)

MAX_MAIL = 35 * 1024 * 1024  # bytes
MAX_LINE = 1024 * 1024  # mailers break the limit of 998 all the time
_GRACE = 20  # seconds for mails that are under way when the process is told to stop
_PATIENCE = 600  # seconds that one command, a whole mail included, may take
_TROUBLE = "451 4.3.0 Temporary trouble, please try again"


class MailHandler:
    """What to answer to each step of a delivery."""

    def __init__(self, keeper: Doorkeeper, accounts: Accounts, threads: int = 8) -> None:
        self._keeper = keeper
        self._accounts = accounts
        self._threads = ThreadPoolExecutor(threads, "smtp")
        self.under_way = 0

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Only mail accounts get mail."""
        try:
            known = await self._in_thread(self._accounts.find_mailbox, address)
        except Exception as error:
            _log.warning("a recipient could not be looked up: %s", error)
            return _TROUBLE
        if known is None or known.address is None or "@" not in address:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(known.address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        """One receipt per account; a delivery that is repeated meets the receipts it got before."""
        self.under_way += 1
        try:
            await self._in_thread(self._accept, session, envelope)
        except Exception as error:
            _log.warning("a mail could not be taken: %s", error)
            return _TROUBLE
        finally:
            self.under_way -= 1
        return "250 2.0.0 Accepted"

    async def handle_exception(self, error: Exception) -> str:
        """A mistake of ours is no reason to refuse a mail for ever."""
        _log.error("an SMTP session failed: %s", error, exc_info=error)
        return _TROUBLE

    def _accept(self, session: Session, envelope: Envelope) -> None:
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        peer = session.peer[0] if isinstance(session.peer, tuple) else None
        # The final delivery adds the envelope's sender (RFC 5321, 4.4): an empty one is a robot's.
        sender = (envelope.mail_from or "").strip("<>")
        path = f"Return-Path: <{sender}>\r\n".encode("utf-8", "surrogateescape")
        for account in self._recipients(envelope):
            self._keeper.accept(account, mail_id(raw), MAIL, path + raw, peer)

    def _recipients(self, envelope: Envelope) -> list[Account]:
        found = (self._accounts.find_mailbox(address) for address in envelope.rcpt_tos)
        return list({one.account_id: one for one in found if one}.values())

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


@dataclass
class House:
    """How many connections there are, and may be."""

    most: int = 50
    now: int = 0


class _Session(SMTP):
    """aiosmtpd's protocol with longer lines and a limit of connections."""

    line_length_limit = MAX_LINE

    def __init__(self, handler: MailHandler, house: House, **options: Any) -> None:
        super().__init__(handler, **options)
        self._house = house
        self._is_in = False

    def connection_made(self, transport: Any) -> None:
        """Turn the caller away when the house is full: senders come again."""
        if self._house.now >= self._house.most:
            transport.write(b"421 4.7.0 Too many connections, please try again\r\n")
            transport.close()
            return
        self._house.now += 1
        self._is_in = True
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """One place is free again."""
        if self._is_in:
            self._house.now -= 1
            super().connection_lost(error)


def make_session(handler: MailHandler, house: House) -> SMTP:
    """The protocol of one connection."""
    return _Session(
        handler,
        house,
        data_size_limit=MAX_MAIL,
        enable_SMTPUTF8=True,
        decode_data=False,
        hostname="tidedesk",
        ident="Tidedesk",
        timeout=_PATIENCE,
    )


async def serve(handler: MailHandler, house: House, host: str, port: int) -> None:
    """Listen until SIGTERM or SIGINT, then let the mails under way end."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: make_session(handler, house), host, port)
    await stop.wait()
    server.close()
    for _ in range(_GRACE * 20):
        if not handler.under_way:
            return
        await asyncio.sleep(0.05)


def main() -> None:
    """Serve until told to stop; raises ConfigError for a wrong variable."""
    config, settings = Config.read(), Settings.read()
    open_ring(config)
    engine = open_autocommit(config)
    handler = MailHandler(open_doorkeeper(config, engine), Accounts(engine))
    house = House(most=settings.smtp_connections)
    roll_call = RollCall([engine], ["intake.smtp"]).start()
    with HealthServer(config.health_port, {"database": database_check(engine)}):
        asyncio.run(serve(handler, house, settings.smtp_host, settings.smtp_port))
    roll_call.stop()
