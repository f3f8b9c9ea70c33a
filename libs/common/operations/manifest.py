"""What a backup says of itself: the moment, the files with their sums, the keys it needs."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

FORMAT = 1
NAME = "manifest.json"
_BLOCK = 1 << 20


class NotABackup(Exception):
    """A folder that holds no whole backup; the message says what is wrong with it."""


@dataclass(frozen=True)
class Dump:
    """One owner's database. `revision` is its schema's; `size` in bytes."""

    file: str
    sha256: str
    size: int
    revision: str
    taken_at: datetime


@dataclass(frozen=True)
class Manifest:
    """`keys` are fingerprints: without these very keys the backup cannot be read or verified."""

    taken_at: datetime
    dumps: Mapping[str, Dump]
    keys: Mapping[str, str]
    blobs: int | None = None
    blob_bytes: int = 0
    remarks: tuple[str, ...] = field(default_factory=tuple)

    def write(self, folder: Path) -> None:
        """Last of all: a folder without it is no backup."""
        body = {"format": FORMAT, **asdict(self)}
        (folder / NAME).write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2))

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises NotABackup."""
        try:
            raw = orjson.loads((folder / NAME).read_bytes())
            return _manifest(raw)
        except FileNotFoundError:
            raise NotABackup(f"{folder} holds no {NAME}") from None
        except (ValueError, KeyError, TypeError) as error:
            raise NotABackup(f"{folder / NAME} cannot be read: {error!r}") from None


def _manifest(raw: dict[str, Any]) -> Manifest:
    if raw["format"] != FORMAT:
        raise ValueError(f"format {raw['format']} is not {FORMAT}, which this release reads")
    dumps = {
        owner: Dump(**{**dump, "taken_at": datetime.fromisoformat(dump["taken_at"])})
        for owner, dump in raw["dumps"].items()
    }
    return Manifest(
        taken_at=datetime.fromisoformat(raw["taken_at"]),
        dumps=dumps,
        keys=raw["keys"],
        blobs=raw["blobs"],
        blob_bytes=raw["blob_bytes"],
        remarks=tuple(raw["remarks"]),
    )


def sum_of(path: Path) -> str:
    """SHA-256 in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raises NotABackup if a dump is missing or damaged."""
    for owner, dump in manifest.dumps.items():
        path = folder / dump.file
        if not path.is_file():
            raise NotABackup(f"the dump of {owner} is missing")
        if path.stat().st_size != dump.size or sum_of(path) != dump.sha256:
            raise NotABackup(f"the dump of {owner} is damaged")


def fingerprint(key: bytes) -> str:
    """Tells keys apart and gives nothing away."""
    return hmac.new(key, b"tidedesk backup", hashlib.sha256).hexdigest()[:16]
