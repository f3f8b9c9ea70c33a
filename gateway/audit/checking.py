"""Recomputes the sealed log and says where it is not what was sealed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gateway.audit.chain import GENESIS, Seal, entry_hash, sign
from gateway.audit.checkpoints import Checkpoint
from gateway.audit.reading import Row, Snapshot
from gateway.audit.settings import SealKeys


@dataclass(slots=True)
class Tally:
    """What was looked at."""

    first_seal: int | None = None
    last_seal: int | None = None
    entries: int = 0
    seals: int = 0


@dataclass(slots=True)
class Check:
    """One pass over the log from the batch `first` on; problems come out as they are found."""

    log: Snapshot
    keys: SealKeys
    first: int = 1
    checkpoints: Iterable[Checkpoint] = ()
    tally: Tally = field(default_factory=Tally)

    def problems(self) -> Iterator[str]:
        """Every problem, in words: what, and where."""
        yield from self._check_surroundings()
        yield from self._check_chain()
        yield from self._check_checkpoints()

    def _check_surroundings(self) -> Iterator[str]:
        for table in self.log.unprotected():
            yield f"table {table}: the triggers that forbid changes are missing or disabled"
        if astray := self.log.astray():
            yield f"the default partition holds {astray} entries: a month's partition was missing"
        count, oldest = self.log.unsealed()
        if count and oldest:
            yield f"{count} entries are not sealed, the oldest of {oldest.isoformat()}"

    def _check_chain(self) -> Iterator[str]:
        before = self._seal_before()
        yield from self._check_signature(before) if before else ()
        start = before.last_position + 1 if before else 1
        entries = _Entries(self.log.entries(start), start, before.digest if before else GENESIS)
        if self.first == 1 and self.log.has_entries_before(1):
            yield "entries stand before position 1"
        for seal in self.log.seals(self.first):
            yield from self._check_seal(seal, before)
            yield from entries.check(seal)
            self._count(seal)
            before = seal
        yield from entries.check_end()
        self.tally.entries = entries.seen

    def _seal_before(self) -> Seal | None:
        """The batch that the first one continues."""
        if self.first == 1:
            return None
        found = next(self.log.seals(self.first - 1), None)
        if found is None or found.number != self.first - 1:
            raise ValueError(f"seal {self.first - 1} is missing: begin with an earlier one")
        return found

    def _check_seal(self, seal: Seal, before: Seal | None) -> Iterator[str]:
        where = f"seal {seal.number}"
        expected = before.number + 1 if before else 1
        if seal.number != expected:
            yield f"{where}: seals {expected} to {seal.number - 1} are missing"
        elif seal.previous_hmac != (before.hmac if before else GENESIS):
            yield f"{where}: does not continue the seal before it"
        if before and seal.number == expected and seal.first_position != before.last_position + 1:
            yield f"{where}: does not begin where the one before ended"
        if before is None and seal.number == 1 and seal.first_position != 1:
            yield f"{where}: does not begin with position 1"
        if before and seal.sealed_at < before.sealed_at:
            yield f"{where}: is older than the one before it"
        if seal.count != seal.last_position - seal.first_position + 1:
            yield f"{where}: its count does not fit its positions"
        yield from self._check_signature(seal)

    def _check_signature(self, seal: Seal) -> Iterator[str]:
        where, key = f"seal {seal.number}", self.keys.find(seal.key_id)
        if key is None:
            yield f"{where}: was made with a key that AUDIT_KEY does not hold ({seal.key_id})"
        elif sign(seal, key) != seal.hmac:
            yield f"{where}: its signature is wrong"

    def _check_checkpoints(self) -> Iterator[str]:
        told = {one.number: one for one in self.checkpoints if one.number >= self.first}
        for seal in self.log.seals(self.first) if told else ():
            known = told.pop(seal.number, None)
            if known and (known.hmac, known.last_position) != (seal.hmac, seal.last_position):
                yield f"seal {seal.number}: is not the one of the checkpoint"
        for number in sorted(told):
            yield f"seal {number}: a checkpoint knows it and the log does not: it was cut off"

    def _count(self, seal: Seal) -> None:
        self.tally.first_seal = self.tally.first_seal or seal.number
        self.tally.last_seal = seal.number
        self.tally.seals += 1


class _Entries:
    """The stream of entries, consumed seal by seal."""

    def __init__(self, rows: Iterator[Row], start: int, link: bytes) -> None:
        self._rows = rows
        self._next = next(rows, None)
        self._expected = start
        # The hash before the expected position; unknown after a gap.
        self._link: bytes | None = link
        self.seen = 0

    def check(self, seal: Seal) -> Iterator[str]:
        """The entries of a batch."""
        is_whole = True
        while self._next is not None and self._next[0] <= seal.last_position:
            for problem in self._check_next(seal):
                is_whole = False
                yield problem
        if self._expected <= seal.last_position:
            is_whole = False
            yield _gap(self._expected, seal.last_position)
            self._link = None
        if is_whole and self._link != seal.digest:
            yield (
                f"seal {seal.number}: its entries (positions {seal.first_position} to "
                f"{seal.last_position}) are not the ones that were sealed"
            )
        self._expected, self._link = seal.last_position + 1, seal.digest

    def check_end(self) -> Iterator[str]:
        """What no seal covers."""
        while self._next is not None:
            yield f"position {self._next[0]}: entry {self._next[3]} is covered by no seal"
            self._advance()

    def _check_next(self, seal: Seal) -> Iterator[str]:
        assert self._next is not None
        position, stored, sealed_at, *columns = self._next
        where = f"position {position}, entry {columns[0]}"
        if position < self._expected:
            yield f"{where}: the position stands twice"
            self._advance()
            return
        if position > self._expected:
            yield _gap(self._expected, position - 1)
            self._link = None
        stored = bytes(stored)
        if self._link is not None and entry_hash(self._link, position, columns) != stored:
            yield f"{where}: was altered, or the one before it"
        if sealed_at != seal.sealed_at:
            yield f"{where}: its instant of sealing was altered"
        self._link, self._expected = stored, position + 1
        self._advance()

    def _advance(self) -> None:
        self.seen += 1
        self._next = next(self._rows, None)


def _gap(first: int, last: int) -> str:
    many = f"positions {first} to {last}: entries are" if last > first else f"position {first}: is"
    return f"{many} missing"
