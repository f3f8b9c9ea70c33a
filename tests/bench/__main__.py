"""`make bench`: measures the system that `make run` runs, everything on the same machine."""

import argparse
import json
from pathlib import Path
from typing import Any

from tests.bench.measures import Bench
from tests.bench.table import print_table
from tests.demo.__main__ import read_card

_OUTPUT = Path(__file__).resolve().parents[2] / ".run" / "bench.json"


def main() -> None:
    """Fill, measure, print the table and keep it beside the running system."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000, help="tickets that must exist")
    parser.add_argument("--seconds", type=float, default=8, help="length of each load")
    parser.add_argument("--forms", type=int, default=3_000, help="of the whole pipeline")
    parser.add_argument("--only", nargs="*", help="names of rows to measure")
    options = parser.parse_args()
    bench = Bench(read_card(), seconds=options.seconds, forms=options.forms)
    bench.fill(options.tickets)
    rows: list[dict[str, Any]] = bench.run(set(options.only or ()))
    print_table(rows)
    _OUTPUT.write_text(json.dumps(rows, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
