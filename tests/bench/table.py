"""The bench's table: what was measured, beside the floor and the ceiling."""

from typing import Any

_HEAD = f"{'':<34}{'rate/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'floor':>9}{'of C':>7}"


def print_table(rows: list[dict[str, Any]]) -> None:
    """A line a row; `!` marks what is under its floor, or takes longer than it may."""
    ceiling = next((row["rate"] for row in rows if row["name"] == "C: empty REST → RPC"), None)
    print(f"\n{_HEAD}")
    for row in rows:
        print(_line(row, ceiling))


def _line(row: dict[str, Any], ceiling: float | None) -> str:
    cells = [f"{row['name']:<34}"]
    for key in ("rate", "p50", "p95", "p99", "floor"):
        value = row.get(key)
        cells.append(f"{value:>9.1f}" if value is not None else f"{'':>9}")
    compared = row.get("of_c") and ceiling
    cells.append(f"{row['rate'] / ceiling:>7.2f}" if compared and ceiling else f"{'':>7}")
    is_low = row.get("floor") is not None and (row.get("rate") or 0) < row["floor"]
    is_slow = any(
        row.get(most) is not None and row[at] > row[most]
        for at, most in (("p50", "most"), ("p95", "p95_most"))
    )
    note = row.get("note", "")
    refused = f"  {row['refused']} refused" if row.get("refused") else ""
    return (
        "".join(cells)
        + (" !" if is_low or is_slow else "")
        + refused
        + (f"  {note}" if note else "")
    )
