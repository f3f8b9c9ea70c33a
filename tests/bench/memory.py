"""Memory of the product's own processes, from /proc (Linux)."""

from pathlib import Path

MARKS = ("libs.common.launcher", "libs.common.supervisor", "services.notify.mailbox")


def resident(database_url: str) -> tuple[int, float, float]:
    """The installation's processes: how many, resident and proportional memory in MiB."""
    count, rss, pss = 0, 0.0, 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if not any(mark in command for mark in MARKS):
                continue
            if not is_of(process, database_url):
                continue
            rollup = (process / "smaps_rollup").read_text()
        except OSError:
            continue
        sizes = {line.split(":")[0]: line.split()[1] for line in rollup.splitlines()[1:]}
        count += 1
        rss += int(sizes["Rss"]) / 1024
        pss += int(sizes["Pss"]) / 1024
    return count, rss, pss


def is_of(process: Path, database_url: str) -> bool:
    """Whether it belongs to this installation: another one may run on the machine.

    Raises OSError where one may not look.
    """
    environment = (process / "environ").read_bytes()
    return b"DATABASE_URL=" not in environment or database_url.encode() in environment
