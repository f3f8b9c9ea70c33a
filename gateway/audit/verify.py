"""`make audit-verify`: finds every edit, gap and replacement in the sealed operation log.

Ends with 1 if there is any problem, 2 if the check could not be made.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from gateway.audit.checking import Check, Tally
from gateway.audit.checkpoints import FILE, Checkpoint, read_checkpoints
from gateway.audit.reading import Snapshot, snapshot
from gateway.audit.settings import SealKeys, checkpoint_directory
from gateway.audit.verifications import note_verification
from libs.common.clock import utc_now
from libs.common.config import Config, ConfigError
from libs.common.database.unit_of_work import Database

_SHOWN = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = _options(arguments)
    try:
        keys, database = SealKeys.read(), Database.connect("gateway", Config.read())
    except ConfigError as error:
        print(f"configuration: {error}", file=sys.stderr)
        return 2
    try:
        return _verify(database, keys, options)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        database.close()


def _verify(database: Database, keys: SealKeys, options: argparse.Namespace) -> int:
    started, found = time.perf_counter(), 0
    with snapshot(database.engine) as log:
        check = Check(log, keys, _first(log, options.since), list(_checkpoints(options)))
        for problem in check.problems():
            found += 1
            if found <= _SHOWN:
                print(problem, flush=True)
    if found > _SHOWN:
        print(f"… and {found - _SHOWN} more")
    print(_summary(check.tally, found, time.perf_counter() - started))
    note_verification(database, check.tally, found, utc_now())
    return 1 if found else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gateway.audit.verify", description=__doc__)
    parser.add_argument(
        "--checkpoints",
        type=Path,
        nargs="*",
        help=f"files of checkpoints (default: {FILE} in AUDIT_CHECKPOINT_DIR, if there is one)",
    )
    parser.add_argument(
        "--since", help="begin with this seal (its number), or the first of a day (2026-01-31, UTC)"
    )
    return parser.parse_args(arguments)


def _first(log: Snapshot, since: str | None) -> int:
    if since is None:
        return 1
    if since.isdecimal():
        return max(int(since), 1)
    instant = datetime.fromisoformat(since)
    found = log.first_seal_since(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
    if found is None:
        raise ValueError(f"nothing was sealed since {since}")
    return found


def _checkpoints(options: argparse.Namespace) -> Iterator[Checkpoint]:
    files = options.checkpoints
    if files is None:
        directory = checkpoint_directory()
        files = [directory / FILE] if directory and (directory / FILE).exists() else []
    for file in files:
        yield from read_checkpoints(file)


def _summary(tally: Tally, problems: int, seconds: float) -> str:
    rate = tally.entries / seconds if seconds else 0
    seals = f"seals {tally.first_seal} to {tally.last_seal}" if tally.seals else "no seals"
    verdict = f"{problems} problems" if problems else "nothing is wrong"
    return f"{tally.entries} entries, {seals}: {verdict} ({seconds:.1f} s, {rate:,.0f} entries/s)"


if __name__ == "__main__":
    sys.exit(main())
