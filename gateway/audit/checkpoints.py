"""Checkpoints: the newest seal, told to a file and the process's log, outside of the database.

Whoever cuts off the log's end, or writes all of it anew, cannot change what stands here.
"""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.audit.chain import Seal

_log = logging.getLogger(__name__)

FILE = "audit-checkpoints.jsonl"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """That a batch was sealed thus; `hmac` covers everything before it."""

    number: int
    last_position: int
    hmac: bytes


class Checkpoints:
    """Those of one process; replicas write files of their own, which say the same."""

    def __init__(self, directory: Path | None) -> None:
        self._file = directory / FILE if directory else None
        self._newest = 0

    def export(self, seal: Seal) -> bool:
        """Tell a seal that was not told yet: appended, and on the disk when this returns."""
        if seal.number <= self._newest:
            return False
        line = _line(seal)
        _log.info("audit checkpoint", extra=line)
        if self._file is not None:
            _append(self._file, line)
        self._newest = seal.number
        return True


def read_checkpoints(file: Path) -> Iterator[Checkpoint]:
    """All of a file. A line that a dying process left unfinished is no checkpoint."""
    with file.open("rb") as lines:
        for line in lines:
            try:
                told = json.loads(line)
                yield Checkpoint(told["number"], told["last_position"], bytes.fromhex(told["hmac"]))
            except (ValueError, KeyError, TypeError):
                _log.warning("%s holds a line that is no checkpoint", file.name)


def _line(seal: Seal) -> dict[str, Any]:
    sealed_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=seal.sealed_at)
    return {
        "number": seal.number,
        "last_position": seal.last_position,
        "hmac": seal.hmac.hex(),
        "key_id": seal.key_id,
        "sealed_at": sealed_at.isoformat(),
    }


def _append(file: Path, line: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as target:
        if target.tell() and not _ends_well(file):
            target.write(b"\n")
        target.write(json.dumps(line).encode() + b"\n")
        target.flush()
        os.fsync(target.fileno())


def _ends_well(file: Path) -> bool:
    with file.open("rb") as kept:
        kept.seek(-1, os.SEEK_END)
        return kept.read(1) == b"\n"
