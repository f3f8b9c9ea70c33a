"""The Erlang that makes users and gives them rights inside a RabbitMQ node."""

import re

from libs.common.bus.broker_users import Rights
from libs.common.bus.topology import RPC_EXCHANGE

_BACKEND = "rabbit_auth_backend_internal"
_US = '<<"tidedesk">>'  # who acts, in the node's own events


def put_user(name: str, password: str) -> str:
    """Make a user, or give one that exists this password."""
    fields = f"name => {binary(name)}, password => {_any(password)}, tags => <<>>"
    return f"{_BACKEND}:put_user(#{{{fields}}}, {_US})"


def grant(user: str, vhost: str, rights: Rights) -> str:
    """Let a user do in a vhost what the rights say and nothing else."""
    who = f"{binary(user)}, {binary(vhost)}"
    rules = ", ".join(_any(rule) for rule in (rights.configure, rights.write, rights.read))
    granted = f"{_BACKEND}:set_permissions({who}, {rules}, {_US})"
    if rights.calls is None or rights.replies is None:
        return granted
    keys = f"{binary(RPC_EXCHANGE)}, {_any(rights.calls)}, {_any(rights.replies)}"
    return f"{granted}, {_BACKEND}:set_topic_permissions({who}, {keys}, {_US})"


def binary(name: str) -> str:
    """A name as an Erlang binary. Names are plain words: nothing in them can end it."""
    if not re.fullmatch(r"[\w./*-]+", name, re.ASCII):
        raise ValueError(f"not a name for a vhost or a user: {name!r}")
    return f'<<"{name}">>'


def _any(text: str) -> str:
    """Any text as an Erlang binary."""
    return f"<<{','.join(str(byte) for byte in text.encode())}>>"
