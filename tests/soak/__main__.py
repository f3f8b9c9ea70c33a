"""`make soak`: mixed work for a while against the system that `make run` runs; what grows?

Every 15 s memory of each process, database connections, queues and waiting rows are read. A value
is flat if its slope after the warm-up (a quarter of the time) stays within its tolerance, an hour:
memory 5 % + 12 MiB, connections 5 % + 4, what waits 20 rows. Ends with 1 if something grows. Less
than five minutes after the warm-up say nothing.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.demo.__main__ import agents_of, desk_of, outside_of, read_card
from tests.demo.desk import Desk
from tests.soak.load import Mixed, listening
from tests.soak.sampling import Kind, Sampler
from tests.soak.trend import Trend, trend_of

_OUTPUT = Path(__file__).resolve().parents[2] / ".run" / "soak.json"
_LIMITLESS = {"role": "supervisor", "rate_per_minute": 1_000_000}
_WORDS = {True: "flat", False: "GROWS", None: "too short to tell"}

Series = dict[str, list[tuple[float, float]]]


def main() -> None:
    """Load, sample, judge."""
    options = _options()
    card = read_card()
    tokens = _keys(card, 1 + options.streams // 5)
    supervisor = Desk.by_key(card["addresses"]["api"], tokens.pop())
    mixed = Mixed(outside_of(card), agents_of(card), supervisor)
    sampler = Sampler({**os.environ, **card["variables"]})
    base = card["addresses"]["api"].removesuffix("/api/v1")
    kinds: dict[str, Kind] = {}
    series: Series = defaultdict(list)
    with listening(base, tokens) as crowd, mixed.running(options.rate):
        for second in _instants(options.minutes * 60, options.every):
            for name, (kind, value) in sampler.sample().items():
                kinds[name] = kind
                series[name].append((second, value))
            print(_line(second, series, mixed, len(crowd.delays)), flush=True)
    trends = {name: trend_of(found, kinds[name].tolerance) for name, found in series.items()}
    _print(trends, kinds)
    print(f"\n{sum(mixed.done.values())} acts {dict(mixed.done)}")
    print(f"{mixed.late} late, {len(mixed.errors)} errors {sorted(set(mixed.errors))[:5]}")
    print(f"{len(crowd.delays)} live updates heard by {len(tokens) * 5} streams")
    _OUTPUT.write_text(json.dumps(series, indent=1))
    growing = [name for name, trend in trends.items() if trend.is_flat is False]
    sys.exit(f"these grow: {', '.join(growing)}" if growing else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--rate", type=float, default=5, help="acts a second")
    parser.add_argument("--every", type=float, default=15, help="seconds between samples")
    parser.add_argument("--streams", type=int, default=20, help="open consoles")
    return parser.parse_args()


def _keys(card: dict[str, Any], count: int) -> list[str]:
    """Programs' keys of the supervisor's role: people may not ask so often."""
    administrator, tag = desk_of(card, "administrator"), uuid4().hex[:8]
    wanted = [{**_LIMITLESS, "name": f"soak {number} {tag}"} for number in range(count)]
    return [str(administrator.ask("POST", "/api-keys", one)["token"]) for one in wanted]


def _instants(seconds: float, every: float) -> Any:
    """Waits for each; yields how many seconds have gone by."""
    started = time.monotonic()
    for number in range(int(seconds // every) + 1):
        time.sleep(max(started + number * every - time.monotonic(), 0))
        yield time.monotonic() - started


def _line(second: float, series: Series, mixed: Mixed, heard: int) -> str:
    newest = {name: found[-1][1] for name, found in series.items()}
    queued = sum(value for name, value in newest.items() if name.startswith("queue"))
    unsent = sum(value for name, value in newest.items() if name.startswith("outbox"))
    return (
        f"{second:6.0f} s  {sum(mixed.done.values()):6} acts  {len(mixed.errors)} errors  "
        f"memory {newest['memory of all']:5.0f} MiB  "
        f"connections {newest['database connections']:3.0f}  queued {queued:4.0f}  "
        f"outboxes {unsent:4.0f}  deliveries {newest['deliveries due']:4.0f}  updates {heard}"
    )


def _print(trends: dict[str, Trend], kinds: dict[str, Kind]) -> None:
    """A line a value; queues and outboxes in which nothing ever stood are left out."""
    print(f"\n{'':<44}{'first':>8}{'mean':>8}{'most':>8}{'last':>8}{'gain/h':>9}{'allowed':>9}")
    for name, trend in trends.items():
        if not trend.highest:
            continue
        gain = "" if trend.gain is None else f"{trend.gain:.1f}"
        print(
            f"{name[:43]:<44}{trend.first:>8.0f}{trend.mean:>8.0f}{trend.highest:>8.0f}"
            f"{trend.last:>8.0f}{gain:>9}{trend.allowed:>9.1f}  {kinds[name].unit:<4}"
            f"{_WORDS[trend.is_flat]}"
        )


if __name__ == "__main__":
    main()
