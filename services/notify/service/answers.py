"""What the operation log must not keep of notify's settings."""

from typing import Any
from urllib.parse import urlsplit


def without_path(answer: dict[str, Any]) -> dict[str, Any]:
    """Of an address the log keeps where it leads: what stands behind that is often a secret."""
    for part in (answer["audit"]["before"], answer["audit"]["after"]):
        if part.get("url"):
            address = urlsplit(part["url"])
            part["url"] = f"{address.scheme}://{address.netloc}"
    return answer
