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
            # Another installation may run on this machine: its processes are not ours to count.
            environment = (process / "environ").read_bytes()
            if b"DATABASE_URL=" in environment and database_url.encode() not in environment:
                continue
            rollup = (process / "smaps_rollup").read_text()
        except OSError:
            continue
        sizes = {line.split(":")[0]: line.split()[1] for line in rollup.splitlines()[1:]}
        count += 1
        rss += int(sizes["Rss"]) / 1024
        pss += int(sizes["Pss"]) / 1024
    return count, rss, pss
