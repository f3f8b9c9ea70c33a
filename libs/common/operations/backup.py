"""Backs an installation up while it runs.

    python -m libs.common.operations.backup [--to FOLDER] [--keep N] [--jobs N]

Writes FOLDER/<moment>/: one dump per database, all of the same moment (see `cut`), the attachments,
what the broker needs declared, and a manifest. Keys and passwords are not in it: keep those apart.
Attachments never change, so those of the backup before are linked, not copied. Beside its folder
nothing of an earlier backup is needed. `--keep` removes all but the newest N.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import orjson

from libs.common.bus.broker_users import OWNERS, rights_of
from libs.common.bus.topology import committed
from libs.common.config import Config, ConfigError
from libs.common.crypto.key_file import find_ring
from libs.common.migrate import owners
from libs.common.operations.cut import NoQuietMoment, Snapshot, hold_cut
from libs.common.operations.manifest import (
    NAME,
    Dump,
    Manifest,
    fingerprint,
    sum_of,
)
from libs.common.operations.postgres_tools import ToolFailed, find_tool, run_tool

DEFAULT_FOLDER = "backups"
_PARTIAL = ".partial"
_FORM = "%Y%m%dT%H%M%SZ"


def back_up(config: Config, place: Path, *, jobs: int = 2) -> Path:
    """Make one backup below `place`; returns its folder.

    Raises ToolFailed, NoQuietMoment, ConfigError or OSError; nothing half done is left then.
    """
    began = datetime.now(UTC)
    folder = place / began.strftime(_FORM)
    partial = folder.with_name(folder.name + _PARTIAL)
    earlier = next(iter(finished(place)), None)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial.mkdir(mode=0o700)
    try:
        dumps = _dump_all(config, partial, jobs)
        blobs, size, remarks = _copy_blobs(config, partial / "blobs", earlier)
        _describe_broker(partial / "broker.json")
        Manifest(
            taken_at=min(dump.taken_at for dump in dumps.values()),
            dumps=dumps,
            keys=key_fingerprints(config, os.environ),
            blobs=blobs,
            blob_bytes=size,
            remarks=remarks,
        ).write(partial)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return folder


def finished(place: Path) -> list[Path]:
    """Whole backups, newest first."""
    return sorted((path.parent for path in place.glob(f"*Z/{NAME}")), reverse=True)


def forget_old(place: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` and what broke off; returns what went."""
    gone = [*finished(place)[keep:], *place.glob(f"*Z{_PARTIAL}")]
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def key_fingerprints(config: Config, env: Mapping[str, str]) -> dict[str, str]:
    """By name; without keys of that name, or with others, a backup cannot be read or verified."""
    named = {f"FIELD_KEYS {key_id}": mark for key_id, mark in _ring_marks(config)}
    if config.index_key:
        named["INDEX_KEY"] = fingerprint(config.index_key)
    if config.thread_keys:
        named["THREAD_KEY"] = fingerprint(config.thread_keys[0])
    if audit := env.get("AUDIT_KEY"):
        named["AUDIT_KEY"] = fingerprint(bytes.fromhex(audit.split(",")[0]))
    return named


def _ring_marks(config: Config) -> Iterator[tuple[str, str]]:
    ring = find_ring(config)
    for known in ring.fingerprints(b"", "backup") if ring else ():
        length = known[0]
        yield known[1 : length + 1].decode(), known[length + 1 :].hex()[:16]


def _dump_all(config: Config, folder: Path, jobs: int) -> dict[str, Dump]:
    urls = {owner: config.database_url(owner) for owner in owners()}
    tool = find_tool("pg_dump")
    with hold_cut(urls) as snapshots, ThreadPoolExecutor(jobs) as threads:
        waiting = {
            owner: threads.submit(_dump, tool, urls[owner], folder / f"{owner}.dump", snapshot)
            for owner, snapshot in snapshots.items()
        }
        return {owner: dump.result() for owner, dump in waiting.items()}


def _dump(tool: Path, url: str, path: Path, snapshot: Snapshot) -> Dump:
    arguments = [
        "--format=custom",
        "--compress=1",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot.snapshot_id}",
        f"--file={path}",
    ]
    run_tool(tool, url, arguments)
    path.chmod(0o600)
    return Dump(path.name, sum_of(path), path.stat().st_size, snapshot.revision, snapshot.taken_at)


def _copy_blobs(
    config: Config, target: Path, earlier: Path | None
) -> tuple[int | None, int, tuple[str, ...]]:
    """After the dumps: whatever they name was there before them, and what is there stays."""
    if os.environ.get("BLOB_S3_BUCKET"):
        return None, 0, ("attachments are in a bucket: it needs versions or a copy of its own",)
    count = size = 0
    for path in _files(Path(config.blob_dir)):
        name = path.relative_to(config.blob_dir)
        size += _take(path, target / name, earlier / "blobs" / name if earlier else None)
        count += 1
    return count, size, ()


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.glob("*")):
        # What is being written has a folder of its own, whose name begins with a dot.
        if path.is_dir() and not path.name.startswith("."):
            yield from (file for file in sorted(path.rglob("*")) if file.is_file())


def _take(source: Path, target: Path, before: Path | None) -> int:
    """Copy, or link to the backup before; returns the size, or 0 if it has gone meanwhile."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        size = source.stat().st_size
        if before is not None and before.is_file() and before.stat().st_size == size:
            os.link(before, target)
        else:
            shutil.copyfile(source, target)
            target.chmod(0o600)
    except FileNotFoundError:
        return 0
    return size


def _describe_broker(path: Path) -> None:
    """What `topology --declare` and `broker_users` will make again, to be looked at and compared.

    Messages are not in it: those of the last hours are in the databases' logs of sent events.
    """
    topology = committed()
    rights = {owner: vars(rights_of(owner)) for owner in OWNERS}
    body = {"topology": orjson.loads(topology.dump()), "mark": topology.mark, "rights": rights}
    path.write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2))


def main(arguments: list[str]) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="libs.common.operations.backup")
    parser.add_argument("--to", default=os.environ.get("BACKUP_DIR") or DEFAULT_FOLDER)
    parser.add_argument("--keep", type=int, default=0, help="remove all but the newest N")
    parser.add_argument("--jobs", type=int, default=2, help="databases dumped at a time")
    chosen = parser.parse_args(arguments)
    place = Path(chosen.to)
    try:
        folder = back_up(Config.read(), place, jobs=max(chosen.jobs, 1))
    except (ToolFailed, NoQuietMoment, ConfigError, OSError) as error:
        print(f"no backup was made: {error}", file=sys.stderr)
        return 1
    print(_summary(folder))
    if chosen.keep > 0:
        for gone in forget_old(place, chosen.keep):
            print(f"removed {gone}")
    return 0


def _summary(folder: Path) -> str:
    manifest = Manifest.read(folder)
    dumped = sum(dump.size for dump in manifest.dumps.values())
    blobs = "in a bucket" if manifest.blobs is None else f"{manifest.blobs} attachments"
    return (
        f"{folder}\n  {len(manifest.dumps)} databases as of {manifest.taken_at.isoformat()}, "
        f"{dumped / 1e6:.1f} MB; {blobs}, {manifest.blob_bytes / 1e6:.1f} MB\n"
        "  keys and passwords are not in it: keep them apart"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
