"""CPU time of the installation's processes and of its servers' (Linux, this machine)."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench.memory import MARKS

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_SERVERS = {b"postgres": "PostgreSQL", b"beam.smp": "RabbitMQ"}


def cpu_seconds(database_url: str) -> dict[str, float]:
    """Seconds by what a process runs: its roles, or the server.

    Only servers of this user's that were started where the installation's processes were count.
    """
    spent: dict[str, float] = defaultdict(float)
    ours = [(pid, words) for pid, words in _processes() if _is_ours(pid, words, database_url)]
    for pid, words in ours:
        spent[_name(words)] += _own(pid)
    parents = {_parent(pid) for pid, _ in ours}
    for pid, words in _processes():
        server = _SERVERS.get(os.path.basename(words[0]) if words else b"")
        if server and _parent(pid) in parents:
            spent[server] += _with_children(pid)
    return spent


def per_ticket(before: Mapping[str, float], after: Mapping[str, float], count: int) -> str:
    """Milliseconds a ticket, the largest first."""
    spent = {name: seconds - before.get(name, 0.0) for name, seconds in after.items()}
    ordered = sorted(spent.items(), key=lambda one: -one[1])
    parts = [f"{name} {1000 * value / count:.1f}" for name, value in ordered if value]
    return f"CPU ms a ticket: {1000 * sum(spent.values()) / count:.1f} = {', '.join(parts)}"


def _processes() -> Iterator[tuple[str, list[bytes]]]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            yield process.name, (process / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        except OSError:
            continue


def _is_ours(pid: str, words: list[bytes], database_url: str) -> bool:
    if not any(mark.encode() in words for mark in MARKS):
        return False
    try:
        return database_url.encode() in (Path("/proc") / pid / "environ").read_bytes()
    except OSError:
        return False


def _name(words: list[bytes]) -> str:
    roles = [word.decode() for word in words[words.index(b"-m") + 1 :]]
    return "+".join(roles[1:] or [roles[0].rpartition(".")[2]])


def _stat(pid: str) -> list[str]:
    """The fields of proc(5) from the third on, the state; none of a process that has ended."""
    try:
        return (Path("/proc") / pid / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(pid: str) -> str:
    fields = _stat(pid)
    return fields[1] if fields else ""


def _own(pid: str) -> float:
    """Of the process and of those of its children that have ended."""
    fields = _stat(pid)
    return sum(int(field) for field in fields[11:15]) / _TICK if fields else 0.0


def _with_children(pid: str) -> float:
    children = [other for other, _ in _processes() if _parent(other) == pid]
    return _own(pid) + sum(_own(child) for child in children)
