"""One broker user per owner with least rights, and one per outside team.

    python -m libs.common.bus.broker_users [--vhost V] [--team NAME …]

prints what to run on a real installation; passwords come from the environment of whoever runs it.
Rights at RabbitMQ are three regular expressions over names, which do not tell queues from
exchanges: https://www.rabbitmq.com/docs/access-control.
"""

import argparse
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from libs.common.bus.replay_stream import NAME as REPLAY
from libs.common.bus.topology import RPC_EXCHANGE, Topology, call_queue, committed, owner_of

OWNERS = ("gateway", "intake", "ticketing", "dispatch", "sla", "notify", "kb", "reporting")
REPLIES = "tidedesk.reply-"
_MARKS = "tidedesk.topology-"
_ASKS = "gateway"  # the only one that calls others
_NOTHING = "^$"
# To the gateway, and to what operators have: stock nameko clients listen under a bare UUID.
_ANSWERS = r"^(tidedesk\.reply-.*|[0-9a-f-]{36})$"


@dataclass(frozen=True)
class Rights:
    """What a user may do, as regular expressions over the names of exchanges and queues.

    `calls` and `replies` are over routing keys at the RPC exchange: publishing and binding.
    """

    configure: str
    write: str
    read: str
    calls: str | None = None
    replies: str | None = None


def user_of(owner: str) -> str:
    """The broker user's name of an owner or a team."""
    return f"tidedesk-{owner}"


def rights_of(owner: str, topology: Topology | None = None) -> Rights:
    """An owner's: writes its own exchanges and RPC, reads its own queues, declares nothing.

    Only the gateway calls, so only it has queues of replies.
    """
    topology = topology or committed()
    exchanges = [name for name in topology.exchanges if owner_of(name) == owner]
    # A release that is being replaced may still read its own.
    known = {*topology.queues, *topology.retired}
    queues = sorted(name for name in known if owner_of(name) == owner)
    if owner == _ASKS:
        return Rights(
            configure=_names(beginnings=[REPLIES]),
            write=_names([*exchanges, RPC_EXCHANGE], [REPLIES]),
            read=_names([*queues, RPC_EXCHANGE], [REPLIES, _MARKS]),
            calls=_names(beginnings=[f"{callee}." for callee in topology.callees]),
            replies=_names(beginnings=[REPLIES]),
        )
    if owner in topology.callees:
        return Rights(
            configure=_NOTHING,
            write=_names([*exchanges, RPC_EXCHANGE]),
            read=_names([*queues, call_queue(owner)], [_MARKS]),
            calls=_ANSWERS,
            replies=_NOTHING,
        )
    return Rights(_NOTHING, _names(exchanges), _names(queues, [_MARKS]))


def rights_of_team(team: str) -> Rights:
    """An outside team's: binds queues of its own to the public exchanges, and reads them.

    It reads the replay stream too. Its queues are named `<team>.…`, as is an exchange for its dead
    letters, or as nameko names a service's handlers. Raises ValueError for a name that could be
    taken for one of ours.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", team) or team in (*OWNERS, "amq", "tidedesk"):
        raise ValueError(f"not a name for a team: {team!r}")
    own = f"{_escape(team)}\\..*|evt-[a-z]+-[a-z0-9_.]+--{_escape(team)}\\..*"
    public = "|".join(_escape(name) for name in (*(f"{owner}.events" for owner in OWNERS), REPLAY))
    return Rights(configure=f"^({own})$", write=f"^({own})$", read=f"^({own}|{public})$")


def commands(vhost: str, teams: Iterable[str] = ()) -> Iterator[str]:
    """The shell commands that make all these users, or bring their rights up to date."""
    everybody = {owner: rights_of(owner) for owner in OWNERS}
    everybody.update({team: rights_of_team(team) for team in teams})
    for name, rights in everybody.items():
        user, at = user_of(name), f"--vhost {shlex.quote(vhost)} {user_of(name)}"
        # By standard input: a command's arguments are everybody's to see.
        yield f'printf %s "${name.upper()}_AMQP_PASSWORD" | rabbitmqctl add_user {user}'
        yield f"rabbitmqctl set_permissions {at} " + _quoted(
            rights.configure, rights.write, rights.read
        )
        if rights.calls and rights.replies:
            keys = _quoted(rights.calls, rights.replies)
            yield f"rabbitmqctl set_topic_permissions {at} {RPC_EXCHANGE} {keys}"


def _names(exact: Iterable[str] = (), beginnings: Iterable[str] = ()) -> str:
    parts = [_escape(name) for name in exact]
    parts += [f"{_escape(beginning)}.*" for beginning in beginnings]
    return f"^({'|'.join(parts)})$" if parts else _NOTHING


def _escape(name: str) -> str:
    return name.replace(".", r"\.")


def _quoted(*words: str) -> str:
    return " ".join(shlex.quote(word) for word in words)


def main(arguments: list[str]) -> None:
    """Print the commands; they go on where a user exists already."""
    parser = argparse.ArgumentParser(prog="libs.common.bus.broker_users")
    parser.add_argument("--vhost", default="tidedesk")
    parser.add_argument("--team", action="append", default=[])
    chosen = parser.parse_args(arguments)
    try:
        print("\n".join(commands(chosen.vhost, chosen.team)))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
