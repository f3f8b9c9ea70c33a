"""What is handed to a provider of a channel, and what the provider can make of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Verdict(StrEnum):
    """What became of a message.

    `unknown`: it may have been taken, nobody can say, and the provider has no key by which it
    would know a repetition.
    """

    SENT = "sent"
    AGAIN = "again"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Message:
    """One message to one address.

    `to` is what the channel calls an address: an E.164 number, a WeCom userid, nothing for a
    robot. `delivery_id` is the same in every attempt. `provider_code` names a text that is kept
    at the provider, and `provider_params` are its variables, named and in its order.
    """

    delivery_id: UUID
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    provider_code: str | None = None
    provider_params: Sequence[tuple[str, str]] = field(default=(), repr=False)
    language: str = "zh"


@dataclass(frozen=True)
class Answer:
    """`reason` says why it was not sent, without address and text.

    `provider_id` is the provider's name for the message, `retry_after` the seconds for which
    another try is of no use.
    """

    verdict: Verdict
    reason: str = ""
    provider_id: str | None = None
    retry_after: float | None = None

    @property
    def is_sent(self) -> bool:
        return self.verdict is Verdict.SENT


class Sender(Protocol):
    """Hands one message over; returns within seconds, does not raise for the provider's trouble,
    and may be used by several threads at once."""

    def send(self, message: Message) -> Answer: ...
