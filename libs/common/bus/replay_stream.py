"""The stream that keeps what was published, so that other teams can read it again from a time.

A RabbitMQ stream over plain AMQP (https://www.rabbitmq.com/docs/streams): reading removes nothing,
everybody reads at a place of their own. It has the public exchanges only.
"""

NAME = "tidedesk.replay"
# Arguments of a queue cannot be changed: another choice needs another name. A policy can make age
# and size smaller. Whole segments are dropped, so a small one keeps the sum near its limit.
ARGUMENTS: dict[str, str | int] = {
    "x-queue-type": "stream",
    "x-max-age": "30D",
    "x-max-length-bytes": 5_000_000_000,
    "x-stream-max-segment-size-bytes": 50_000_000,
}


def bindings_of(exchanges: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Everything of every public exchange."""
    return tuple((name, "#") for name in sorted(exchanges) if name.endswith(".events"))
