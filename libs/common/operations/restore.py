"""Brings an installation back to the moment of a backup. Nothing of it may be running.

    python -m libs.common.operations.restore FOLDER [--replace]

Databases that exist are replaced only with `--replace`. Our queues are emptied: what stands in them
belongs to a time that has not happened. What was on its way at the moment of the backup is sent
again from the logs of sent events when the processes start; inboxes drop what had arrived.
"""

import argparse
import importlib
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from libs.common.bus.queue_depths import empty_queues
from libs.common.bus.topology import committed, declare_at
from libs.common.clock import utc_now
from libs.common.config import Config, ConfigError
from libs.common.crypto.key_file import find_ring
from libs.common.database.engine import open_engine
from libs.common.database.roll_call import list_processes
from libs.common.database.sent import Resent, resend
from libs.common.migrate import create_database, owners, upgrade
from libs.common.operations.backup import key_fingerprints
from libs.common.operations.manifest import Manifest, NotABackup, check_files
from libs.common.operations.postgres_tools import ToolFailed, find_tool, run_tool

_ESSENTIAL = ("FIELD_KEYS", "INDEX_KEY")
# Everything kept: more than this was hardly on its way.
_ON_ITS_WAY = timedelta(days=1)


class Refused(Exception):
    """It would do harm; the message says what to do instead."""


def restore(config: Config, folder: Path, *, replace: bool = False) -> dict[str, Resent]:
    """Restore everything; returns by owner what will be sent again.

    Raises NotABackup, Refused or ToolFailed. Until the first database is replaced nothing has
    changed; from then on the only way is to repeat it.
    """
    manifest = Manifest.read(folder)
    check_files(folder, manifest)
    urls = {owner: config.database_url(owner) for owner in manifest.dumps}
    _check(config, manifest, urls, replace)
    for owner, url in urls.items():
        _restore_database(url, folder / manifest.dumps[owner].file)
        upgrade(owner, url)
    _restore_blobs(config, folder / "blobs")
    uri = config.broker()
    declare_at(uri)
    empty_queues(uri, committed())
    return {owner: _mend(config, owner, url, manifest.taken_at) for owner, url in urls.items()}


def _check(config: Config, manifest: Manifest, urls: Mapping[str, str], replace: bool) -> None:
    unknown = sorted(set(manifest.dumps) - set(owners()))
    if unknown:
        raise Refused(f"this release knows no {', '.join(unknown)}")
    _check_keys(manifest, key_fingerprints(config, os.environ))
    for owner, url in urls.items():
        alive, is_there = _look(url)
        if alive:
            raise Refused(f"{owner} is running ({', '.join(alive)}): stop every process first")
        if is_there and not replace:
            raise Refused(f"{owner} has a database already: --replace takes its place")


def _check_keys(manifest: Manifest, here: Mapping[str, str]) -> None:
    """Other keys than then would make the restored values unreadable."""
    for name, known in manifest.keys.items():
        if here.get(name) != known and name.startswith(_ESSENTIAL):
            raise Refused(f"{name} is missing or not the key of that time: its values need it")


def _look(url: str) -> tuple[list[str], bool]:
    """Who is running on a database, and whether there is one with anything in it."""
    engine = open_engine(url, application="tidedesk-restore", pool_size=0)
    with suppress(SQLAlchemyError), engine.connect() as connection:
        tables = connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
        if not tables.scalar():
            return [], False
        try:
            processes = [one for one in list_processes(connection) if one["is_alive"]]
        except SQLAlchemyError:  # of a release that kept no list
            processes = []
        return [f"{'+'.join(one['roles'])} on {one['host']}" for one in processes], True
    return [], False


def _restore_database(url: str, dump: Path) -> None:
    target = make_url(url)
    engine = create_engine(
        target.set(database="postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{target.database}" WITH (FORCE)'))
    create_database(url)
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={target.database}"]
    run_tool(find_tool("pg_restore"), url, [*arguments, str(dump)])
    with open_engine(url, application="tidedesk-restore", pool_size=0).begin() as connection:
        connection.execute(text("ANALYZE"))


def _restore_blobs(config: Config, source: Path) -> None:
    """Add what is missing; what is there has the same content, for blobs never change."""
    for path in (one for one in sorted(source.rglob("*")) if one.is_file()):
        target = Path(config.blob_dir) / path.relative_to(source)
        if target.is_file() and target.stat().st_size == path.stat().st_size:
            continue
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _mend(config: Config, owner: str, url: str, taken_at: datetime) -> Resent:
    """What is no more since then must not come to life again, and what was on its way must."""
    with open_engine(url, application="tidedesk-restore", pool_size=0).begin() as connection:
        connection.execute(text("DELETE FROM processes"))
        _own_mending(owner, connection, taken_at, config)
        return resend(connection, taken_at - _ON_ITS_WAY, find_ring(config))


def _own_mending(owner: str, connection: Connection, taken_at: datetime, config: Config) -> None:
    """An owner may have a module `restored` with `mend(connection, taken_at, now, config)`."""
    name = "gateway.restored" if owner == "gateway" else f"services.{owner}.restored"
    if find_spec(name) is not None:
        module: Any = importlib.import_module(name)
        module.mend(connection, taken_at, utc_now(), config)


def main(arguments: list[str]) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="libs.common.operations.restore")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--replace", action="store_true", help="databases that exist are replaced")
    chosen = parser.parse_args(arguments)
    try:
        sent = restore(Config.read(), chosen.folder, replace=chosen.replace)
    except (NotABackup, Refused, ToolFailed, ConfigError, OSError, SQLAlchemyError) as error:
        print(f"not restored: {error}", file=sys.stderr)
        return 1
    for owner, again in sorted(sent.items()):
        lost = f", {again.unreadable} batches that no key opens" if again.unreadable else ""
        print(f"{owner}: restored; {again.events} events will be sent again{lost}")
    print("start the processes; everybody logs in anew")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
