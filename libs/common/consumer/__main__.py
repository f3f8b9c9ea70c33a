"""Looks at events, and at dead letters, from a terminal.

    python -m libs.common.consumer follow [--types 'ticket.*' …] [--from TIME] [--until-quiet]
    python -m libs.common.consumer dead --team T --name N [--replay | --discard] [--id ID …]

The broker's address, with the team's user, is AMQP_URI. `follow` prints an event a line, in JSON.
"""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime

from .follow import follow
from .letters import DeadLetters


def main(arguments: list[str]) -> int:
    """The command; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    uri = os.environ.get("AMQP_URI")
    if not uri:
        print("AMQP_URI is not set", file=sys.stderr)
        return 2
    act: Callable[[str, argparse.Namespace], None] = chosen.act
    act(uri, chosen)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="consumer", description="Tidedesk's events")
    commands = parser.add_subparsers(required=True)
    look = commands.add_parser("follow", help="print events as they come")
    look.add_argument("--types", nargs="+", default=["#"], metavar="PATTERN")
    look.add_argument("--from", dest="since", type=_instant, metavar="TIME")
    look.add_argument("--until-quiet", action="store_true", help="end after what is there")
    look.set_defaults(act=_follow)
    dead = commands.add_parser("dead", help="list, replay or discard dead letters")
    dead.add_argument("--team", required=True)
    dead.add_argument("--name", required=True)
    dead.add_argument("--id", nargs="+", help="only events of these ids")
    which = dead.add_mutually_exclusive_group()
    which.add_argument("--replay", action="store_true")
    which.add_argument("--discard", action="store_true")
    dead.set_defaults(act=_dead)
    return parser


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.astimezone()


def _follow(uri: str, chosen: argparse.Namespace) -> None:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    found = follow(
        uri, chosen.types, since=chosen.since, until_quiet=chosen.until_quiet, stopping=stopping
    )
    for event in found:
        print(json.dumps(event.envelope, ensure_ascii=False), flush=True)


def _dead(uri: str, chosen: argparse.Namespace) -> None:
    letters = DeadLetters(uri, chosen.team, chosen.name)
    if chosen.replay or chosen.discard:
        count = (letters.replay if chosen.replay else letters.discard)(chosen.id)
        print(f"{count} {'replayed' if chosen.replay else 'discarded'}")
        return
    for one in letters.list():
        when = datetime.fromtimestamp(one.failed_at).astimezone().isoformat()
        print(one.event_id or "-", one.type, when, f"{one.attempts} attempts", one.reason)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
