"""A ready client for teams that read Tidedesk's events: durable, at least once, replayable.

Stands on pika and the standard library alone and imports nothing of ours by its full name, so that
the folder can be copied into another project. How to use it: docs/events.md.
"""

from .consumer import Consumer
from .event import Event, NotAnEvent
from .inbox import Inbox, PostgresInbox, SqliteInbox
from .letters import DeadLetters
from .worker import HandlerFailed

__all__ = [
    "Consumer",
    "DeadLetters",
    "Event",
    "HandlerFailed",
    "Inbox",
    "NotAnEvent",
    "PostgresInbox",
    "SqliteInbox",
]
