"""PostgreSQL's own programs for dumps, and how they are told where to go."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs

from sqlalchemy.engine import URL, make_url


class ToolFailed(Exception):
    """A program is missing or did not succeed; the message is for operators."""


def find_tool(name: str) -> Path:
    """`pg_dump` or `pg_restore`: the newest there is, for an older one refuses newer servers."""
    found = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    if on_path := shutil.which(name):
        found.append(Path(on_path))
    if not found:
        raise ToolFailed(f"{name} is missing: install the package postgresql-client")
    return max(found, key=_version)


def _version(tool: Path) -> float:
    said = subprocess.run([str(tool), "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\) (\d+(?:\.\d+)?)", said.stdout)
    return float(number[1]) if number else 0.0


def run_tool(tool: Path, url: str, arguments: Sequence[str]) -> None:
    """Run it against the database of a SQLAlchemy URL; raises ToolFailed with what it said."""
    target = make_url(url)
    done = subprocess.run(
        [str(tool), *arguments],
        env={**_searched(), **connection_variables(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ToolFailed(f"{tool.name} of {target.database} failed: {done.stderr.strip()[-2000:]}")


def connection_variables(target: URL) -> dict[str, str]:
    """libpq's variables: arguments are everybody's to see, and one is a password."""
    variables = {
        "PGHOST": target.host or "",
        "PGPORT": str(target.port or ""),
        "PGUSER": target.username or "",
        "PGPASSWORD": str(target.password or ""),
        "PGDATABASE": target.database or "",
    }
    for option in ("sslmode", "sslrootcert", "sslcert", "sslkey"):
        values = parse_qs(target.render_as_string().partition("?")[2]).get(option)
        variables[f"PG{option.upper()}"] = values[0] if values else ""
    return {name: value for name, value in variables.items() if value}


def _searched() -> dict[str, str]:
    """Nothing of our environment but where programs are: it is full of secrets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
