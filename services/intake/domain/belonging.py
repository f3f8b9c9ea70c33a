"""Which ticket a message belongs to.

A message joins a ticket only if it carries a Message-ID that we signed, or if its sender takes part
in the conversation. A number in a subject or a forged reference alone opens no stranger's ticket.
"""

import re
from dataclasses import dataclass
from uuid import UUID

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[Gg](20[0-9]{6}[0-9]{3,9})(?![0-9])")


@dataclass(frozen=True)
class Known:
    """A conversation that a message points to, and who may write into it.

    `writer_id`: who wrote the mail that is referred to, if it was a customer's.
    """

    conversation_id: UUID
    ticket_id: UUID
    customer_id: UUID | None
    writer_id: UUID | None = None

    def has_part(self, customer_id: UUID | None) -> bool:
        """Whether this customer takes part in it."""
        return customer_id is not None and customer_id in (self.customer_id, self.writer_id)


@dataclass(frozen=True)
class Clues:
    """What a message points to: the ticket of our signature; mails that it refers to, newest
    first; tickets whose numbers its subject names; where the same mail came to another account.
    """

    signed: Known | None = None
    referenced: tuple[Known, ...] = ()
    numbered: tuple[Known, ...] = ()
    copy: Known | None = None


@dataclass(frozen=True)
class Place:
    """The conversation that the message joins, or None for a new one that may be related."""

    joins: Known | None = None
    related: Known | None = None


def find_place(clues: Clues, customer_id: UUID | None) -> Place:
    """Decide; the strongest clue first."""
    if clues.signed:
        return Place(joins=clues.signed)
    weaker = (*clues.referenced, *clues.numbered)
    joined = next((known for known in weaker if known.has_part(customer_id)), None)
    if joined:
        return Place(joins=joined)
    return Place(related=next(iter(weaker), clues.copy))


def numbers_in(subject: str) -> list[str]:
    """Ticket numbers that a subject names, at most five."""
    return [f"G{digits}" for digits in _NUMBER.findall(subject)[:5]]


def is_newer(number: str, other: str) -> bool:
    """Whether a ticket was opened after another one: by business date, then by serial."""
    return (number[:9], len(number), number) > (other[:9], len(other), other)
