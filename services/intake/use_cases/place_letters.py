"""Decides for a batch of messages which conversation each joins or opens, and locks those."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.ids import uuid7
from libs.common.mail_identity import read_message_id
from services.intake.domain.belonging import Clues, Known, Place, find_place, numbers_in
from services.intake.domain.mail.headers import find_message_ids
from services.intake.storage.conversations import (
    find_by_numbers,
    find_by_references,
    find_by_tickets,
    lock_conversations,
)
from services.intake.storage.tables import ConversationRow
from services.intake.use_cases.letters import Letter


@dataclass
class Pointers:
    """What the messages of a batch point to: conversation ids, not locked yet.

    `signed`: tickets that our own Message-IDs name, by the message that refers to them.
    """

    signed: dict[UUID, UUID]
    by_ticket: dict[UUID, UUID] = field(default_factory=dict)
    by_reference: dict[str, tuple[UUID, UUID | None]] = field(default_factory=dict)
    by_number: dict[str, UUID] = field(default_factory=dict)

    def conversations(self) -> set[UUID]:
        """All that are pointed to."""
        referenced = {conversation for conversation, _ in self.by_reference.values()}
        return {*self.by_ticket.values(), *referenced, *self.by_number.values()}

    def unknown_tickets(self) -> dict[UUID, UUID]:
        """Of the signed tickets (by message) those that no conversation has."""
        return {m: ticket for m, ticket in self.signed.items() if ticket not in self.by_ticket}


def find_pointers(
    session: Session, letters: Sequence[Letter], thread_keys: Sequence[bytes]
) -> Pointers:
    """Look everything up that the messages name, in three queries."""
    signed = {}
    for letter in letters:
        if ours := read_message_id(letter.message.references, thread_keys):
            signed[letter.message_id] = ours[0]
    return Pointers(
        signed,
        find_by_tickets(session, set(signed.values())),
        find_by_references(session, {name for letter in letters for name in names_of(letter)}),
        find_by_numbers(session, {n for one in letters for n in numbers_in(one.message.subject)}),
    )


def referred_to(letter: Letter) -> list[str]:
    """The Message-IDs that a mail refers to, newest first."""
    names = reversed(find_message_ids(letter.message.references))
    return [name for name in names if name != letter.message.message_id]


def names_of(letter: Letter) -> list[str]:
    """The same and its own, which another account may have got as well."""
    own = letter.message.message_id
    return [*referred_to(letter), *([own] if own else [])]


class Placing:
    """Places one message after the other; later ones see what earlier ones opened."""

    def __init__(self, session: Session, pointers: Pointers) -> None:
        self._pointers = pointers
        self._locked = lock_conversations(session, pointers.conversations())
        self._references = dict(pointers.by_reference)
        self._opened: dict[UUID, Known] = {}

    def place(self, letter: Letter, customer_id: UUID | None) -> Place:
        """Where the message belongs."""
        return find_place(self._clues(letter), customer_id)

    def row_of(self, known: Known) -> ConversationRow | None:
        """The locked row of a conversation that existed before this batch."""
        return self._locked.get(known.conversation_id)

    def open(self, customer_id: UUID) -> Known:
        """A new conversation with a new ticket."""
        known = Known(uuid7(), uuid7(), customer_id)
        self._opened[known.conversation_id] = known
        return known

    def remember(self, letter: Letter, known: Known, customer_id: UUID) -> None:
        """Answers to this mail lead to its conversation."""
        if letter.message.message_id:
            entry = (known.conversation_id, customer_id)
            self._references.setdefault(letter.message.message_id, entry)

    def _clues(self, letter: Letter) -> Clues:
        own = letter.message.message_id
        ticket_id = self._pointers.signed.get(letter.message_id)
        by_ticket = [self._pointers.by_ticket.get(ticket_id)] if ticket_id else []
        by_number = map(self._pointers.by_number.get, numbers_in(letter.message.subject))
        return Clues(
            signed=next(self._known(by_ticket), None),
            referenced=tuple(self._referenced(referred_to(letter))),
            numbered=tuple(self._known(by_number)),
            copy=next(self._referenced([own] if own else []), None),
        )

    def _referenced(self, names: Iterable[str]) -> Iterator[Known]:
        entries = (self._references[name] for name in names if name in self._references)
        for conversation_id, writer_id in entries:
            yield from self._known([conversation_id], writer_id)

    def _known(
        self, conversation_ids: Iterable[UUID | None], writer_id: UUID | None = None
    ) -> Iterator[Known]:
        for conversation_id in conversation_ids:
            if conversation_id in self._opened:
                yield self._opened[conversation_id]
            elif row := self._locked.get(conversation_id) if conversation_id else None:
                yield Known(row.conversation_id, row.ticket_id, row.customer_id, writer_id)
