"""Runs the mailbox: `python -m services.notify.mailbox`."""

import asyncio
import signal
import sys
import threading

from libs.common.config import REFUSED, ConfigError
from services.notify.mailbox.listener import listen
from services.notify.mailbox.settings import Settings
from services.notify.mailbox.store import MailStore
from services.notify.mailbox.text_views import TextViews
from services.notify.mailbox.texts import TextStore
from services.notify.mailbox.views import Views
from services.notify.mailbox.web import serve


async def run(settings: Settings) -> None:
    """Take mails and show them until a signal comes."""
    store = MailStore(settings.directory, settings.keep)
    views = Views(store, settings.answers_host, settings.answers_port)
    texts = TextStore(settings.directory / "sms", settings.keep)
    routes = [*views.routes(), *TextViews(texts, settings.sms_key).routes()]
    page = serve(settings.host, settings.page_port, routes)
    threading.Thread(target=page.serve_forever, name="page", daemon=True).start()
    listener = await listen(store, settings.host, settings.smtp_port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(f"mailbox ready: http://{settings.host}:{settings.page_port}/", flush=True)
    await stop.wait()
    listener.close()
    page.shutdown()


if __name__ == "__main__":
    try:
        asyncio.run(run(Settings.read()))
    except ConfigError as error:
        print(f"configuration: {error}", file=sys.stderr, flush=True)
        sys.exit(REFUSED)
