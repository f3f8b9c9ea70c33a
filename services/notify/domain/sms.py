"""How a text message is signed on its way to the provider.

HMAC-SHA256 over `<timestamp>.<body>`, the timestamp in Unix seconds, so that a recorded request
is good for a few minutes only.
"""

import hashlib
import hmac

TIMESTAMP = "X-Tidedesk-Timestamp"
SIGNATURE = "X-Tidedesk-Signature"

_PREFIX = "sha256="
_TOLERANCE = 300  # seconds between the two clocks


def sign(body: bytes, timestamp: int, key: bytes) -> str:
    """The signature header's value."""
    return _PREFIX + hmac.digest(key, b"%d.%s" % (timestamp, body), hashlib.sha256).hex()


def is_signed(body: bytes, timestamp: str, signature: str, *, key: bytes, now: float) -> bool:
    """Whether the two headers' values are ours and fresh; for whoever receives."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(now - int(timestamp)) > _TOLERANCE:
        return False
    expected = sign(body, int(timestamp), key)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
