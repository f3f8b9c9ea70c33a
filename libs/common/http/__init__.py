"""The only way out: HTTP requests to addresses that people and other systems name."""

from libs.common.http.addresses import parse_networks
from libs.common.http.client import OutboundHttp, OutboundResponse, open_http
from libs.common.http.errors import OutboundFailed, OutboundRefused

__all__ = [
    "OutboundFailed",
    "OutboundHttp",
    "OutboundRefused",
    "OutboundResponse",
    "open_http",
    "parse_networks",
]
