"""Cuts the words of all tickets anew while everything runs: after damage, or to be sure.

python -m services.ticketing.reindex [--processes 2] [--queue-only]

What has to be done stands in the database: stopped at any point, it is gone on with by the next
call and, more slowly, by the service's own jobs.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context

from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from services.ticketing.use_cases.index_tickets import continue_run, index_some

_BATCH = 250
_PATIENCE = 0.2  # seconds


def main() -> None:
    """Note all tickets, cut them, and say how fast."""
    options = _options()
    config = Config.read()
    with closing(Database.connect("ticketing", config)) as database:
        continue_run(database, utc_now(), is_wanted=not options.resume)
        if options.queue_only:
            print("noted; the jobs of ticketing go on with it")
            return
        started = time.perf_counter()
        count = reindex(database, options.processes)
        seconds = time.perf_counter() - started
    print(f"{count} tickets in {seconds:.1f} s: {count / seconds:.0f}/s")


def reindex(database: Database, processes: int) -> int:
    """Until nothing waits any more; how many tickets these processes have cut."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        at_work = [pool.submit(_cut_all) for _ in range(processes)]
        while not all(one.done() for one in at_work):
            if not continue_run(database, utc_now()):
                time.sleep(_PATIENCE)
        return sum(one.result() for one in at_work)


def _cut_all() -> int:
    """One process's share. It ends when it finds nothing twice: more may just have been noted."""
    count = idle = 0
    with closing(Database.connect("ticketing", Config.read())) as database:
        while idle < 5:
            done = index_some(database, _BATCH)
            count += done
            idle = 0 if done else idle + 1
            if not done:
                time.sleep(_PATIENCE)
    return count


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.ticketing.reindex")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="go on with what was stopped")
    parser.add_argument("--queue-only", action="store_true", help="leave it to the running jobs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
