"""One form for texts that mean the same: case, width, traditional characters. Length is kept.

Character by character, so that a place in the folded text is the same place in the original.
Phrases that traditional writing tells apart (乾坤, 乾燥) fold alike, in texts and queries both.
"""

from functools import cache

from opencc import OpenCC

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# CJK Unified Ideographs, their extension A and the compatibility ideographs.
_IDEOGRAPHS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))


def fold(text: str) -> str:
    """Lower case, half width, simplified; as long as the text itself."""
    return text.translate(_table())


@cache
def _table() -> dict[int, int]:
    table = dict(_FULL_WIDTH)
    for code in range(0x41, 0x2000):
        lower = chr(code).lower()
        # İ becomes two characters, which would move all places behind it.
        if len(lower) == 1 and ord(lower) != code:
            table[code] = ord(lower)
    for full, half in _FULL_WIDTH.items():
        table[full] = table.get(half, half)
    return table | _simplified()


def _simplified() -> dict[int, int]:
    # Separated by line feeds, so that none is read as part of a phrase.
    known = [chr(code) for block in _IDEOGRAPHS for code in block]
    found = OpenCC("t2s").convert("\n".join(known)).split("\n")
    pairs = zip(known, found, strict=True)
    return {ord(old): ord(new) for old, new in pairs if len(new) == 1 and new != old}
