"""Creates missing databases and brings every service's schema up to date.

    python -m libs.common.migrate [service …]
    python -m libs.common.migrate --wait service …    until somebody else has done it

Migrations run under a transaction's advisory lock, so that several replicas may start at once.
"""

import sys
import time
from importlib.util import find_spec
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from libs.common.config import Config, ConfigError
from libs.common.database.engine import assert_usable, open_engine
from libs.common.database.upkeep import extend_partitions

_LOCK = 0x316A7E
_EXISTS = ("42P04", "23505")  # duplicate_database; unique_violation, if both began at once
_ROOT = Path(__file__).resolve().parents[2]


def owners() -> list[str]:
    """Services (and the gateway) that have migrations on this machine."""
    found = _ROOT.glob("services/*/migrations/versions")
    names = sorted(path.parents[1].name for path in found)
    return [*names, *(["gateway"] if _folder("gateway").is_dir() else [])]


def _folder(owner: str) -> Path:
    spec = find_spec(owner if owner == "gateway" else f"services.{owner}")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(f"there is no service {owner} here")
    return Path(spec.submodule_search_locations[0]) / "migrations" / "versions"


def create_database(url: str) -> None:
    """Create the database of this URL unless it exists; needs the right to, then."""
    target = make_url(url)
    engine = create_engine(
        target.set(database="postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        name = {"name": target.database}
        known = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), name)
        if known.scalar() is None:
            _create(connection, str(target.database))


def _create(connection: Connection, name: str) -> None:
    try:
        connection.execute(text(f'CREATE DATABASE "{name}" ENCODING UTF8 TEMPLATE template0'))
    except DBAPIError as error:
        # Another migrator was quicker.
        if getattr(error.orig, "pgcode", None) not in _EXISTS:
            raise


def upgrade(owner: str, url: str) -> list[str]:
    """Run the owner's missing migrations; returns their revisions."""
    engine = open_engine(url, application=f"tidedesk-migrate-{owner}", pool_size=0)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        done = _run(connection, _folder(owner))
        assert_usable(connection)
        extend_partitions(connection)
    return done


def _run(connection: Connection, folder: Path) -> list[str]:
    scripts = ScriptDirectory(str(folder.parent), version_locations=[str(folder)])
    done: list[str] = []

    def missing_steps(current: object, _: MigrationContext) -> list[object]:
        steps = scripts._upgrade_revs("head", current)  # type: ignore[arg-type]
        done.extend(step.revision.revision for step in steps)
        return list(steps)

    context = MigrationContext.configure(connection, opts={"fn": missing_steps, "script": scripts})
    with Operations.context(context):
        context.run_migrations()
    return done


def is_current(owner: str, url: str) -> bool:
    """Whether the schema is this release's, or a later one's: those suit this release as well."""
    scripts = ScriptDirectory(str(_folder(owner).parent), version_locations=[str(_folder(owner))])
    ours = {one.revision for one in scripts.walk_revisions()}
    engine = open_engine(url, application=f"tidedesk-wait-{owner}", pool_size=0)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found is not None and (found == scripts.get_current_head() or found not in ours)


def wait_for(names: list[str]) -> None:
    """Return when the schemas of these owners are current, however long that takes."""
    config = Config.read()
    for owner in names or owners():
        url, said = config.database_url(owner), ""
        while said := _why_not(owner, url, said):
            time.sleep(2)
        print(f"{owner}: current", flush=True)


def _why_not(owner: str, url: str, before: str) -> str:
    """Empty if current; a reason that has changed is printed."""
    try:
        why = "" if is_current(owner, url) else "waits for its migrations"
    except OperationalError as error:
        why = str(error.orig).strip()
    if why and why != before:
        print(f"{owner}: {why}", file=sys.stderr, flush=True)
    return why


def main(names: list[str]) -> None:
    """Upgrade the named owners, or all; with --wait only wait."""
    if names[:1] == ["--wait"]:
        return wait_for(names[1:])
    config = Config.read()
    for owner in names or owners():
        url = config.database_url(owner)
        create_database(url)
        done = upgrade(owner, url)
        print(f"{owner}: {', '.join(done) if done else 'up to date'}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ConfigError as error:
        sys.exit(f"configuration: {error}")
    except OperationalError as error:
        sys.exit(f"database: {str(error.orig).strip()}")
