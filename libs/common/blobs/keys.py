"""Blob keys: `<owner>/<yyyy>/<mm>/<dd>/<random>`, which nobody can guess and no path can escape."""

import base64
import re
import secrets
from datetime import date

from libs.common.errors import field_error

SEALED = ".sealed"  # the key, not the content, says that a blob is encrypted

_OWNER = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_KEY = re.compile(
    rf"{_OWNER.pattern}/[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}}/[a-z2-7]{{26}}({re.escape(SEALED)})?"
)


def new_key(owner: str, day: date, *, sealed: bool) -> str:
    """A key with 128 random bits, in letters that survive file systems without case."""
    name = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    return f"{day_prefix(owner, day)}{name}{SEALED if sealed else ''}"


def check_key(key: str) -> str:
    """The key itself; raises InvalidInput for everything that `new_key` cannot have made."""
    if not _KEY.fullmatch(key):
        raise field_error("blob_key", "not a blob key", "blob_key.invalid")
    return key


def is_sealed(key: str) -> bool:
    """Whether the blob is encrypted."""
    return key.endswith(SEALED)


def day_prefix(owner: str, day: date) -> str:
    """What the keys of one owner and day (UTC) begin with; raises InvalidInput."""
    if not _OWNER.fullmatch(owner):
        raise field_error("owner", "not a name of letters and digits")
    return f"{owner}/{day:%Y/%m/%d}/"
