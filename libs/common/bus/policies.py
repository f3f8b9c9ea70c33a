"""Limits of queues, as policies of the broker: unlike a queue's arguments they may change later."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from libs.common.bus.broker_users import OWNERS

_OURS = "|".join(OWNERS)


@dataclass(frozen=True)
class Policy:
    """What holds for queues whose name matches the pattern."""

    name: str
    pattern: str
    definition: Mapping[str, int | str] = field(default_factory=dict)
    priority: int = 0


POLICIES = (
    # RabbitMQ 4 drops a message after 20 deliveries unless told otherwise. Ours are parked by their
    # consumers, and come back as often as a database is away. 0 and -1 do not mean the same in all
    # of its versions.
    Policy("tidedesk-inbox", rf"^({_OURS})\.(inbox|urgent)$", {"delivery-limit": 1_000_000}, 10),
    # Narrower than the stream's own arguments where disks are small; its age is bounded there.
    Policy("tidedesk-replay", r"^tidedesk\.replay$", {"max-length-bytes": 20 * 2**30}, 10),
    # Other teams' queues: one that nobody reads must not fill the disk for everybody. Its oldest
    # messages go: refusing new ones would hold up our relays.
    Policy(
        "tidedesk-teams",
        rf"^(?!amq\.|tidedesk\.|rpc-|({_OURS})\.)",
        {"max-length-bytes": 2 * 2**30, "overflow": "drop-head", "delivery-limit": 50},
    ),
)
