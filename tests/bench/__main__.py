"""`make bench`: measures the system that `make run` runs, everything on the same machine."""

import argparse
import json
from pathlib import Path
from typing import Any

from tests.bench.alone import ALONE, measure_alone
from tests.bench.measures import ROWS, Bench
from tests.bench.table import print_table
from tests.demo.__main__ import read_card

_OUTPUT = Path(__file__).resolve().parents[2] / ".run" / "bench.json"


def main() -> None:
    """Fill, measure, print the table and keep it beside the running system."""
    options = _options()
    only = set(options.only or (*ROWS, *ALONE))
    rows: list[dict[str, Any]] = []
    if running := only & ROWS.keys():
        bench = Bench(read_card(), seconds=options.seconds, forms=options.forms)
        bench.fill(options.tickets)
        rows += bench.run(running)
    rows += measure_alone([name for name in ALONE if name in only], options.seconds)
    print_table(rows)
    _OUTPUT.write_text(json.dumps(rows, indent=1, ensure_ascii=False))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench",
        description=__doc__,
        epilog=f"rows of the running system: {' '.join(ROWS)}; "
        f"rows with servers of their own, which need no `make run`: {' '.join(ALONE)}",
    )
    parser.add_argument("--tickets", type=int, default=100_000, help="tickets that must exist")
    parser.add_argument("--seconds", type=float, default=8, help="length of each load")
    parser.add_argument("--forms", type=int, default=3_000, help="of the whole pipeline")
    parser.add_argument(
        "--only", nargs="+", choices=[*ROWS, *ALONE], metavar="ROW", help="which to measure"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
