"""Bytes to text when the declared charset is missing, unknown or a lie."""

import codecs
import re

# A superset of what is declared: mailers say GB2312 and send GBK or GB18030.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
}
_NICKNAMES = {"x-gbk": "gbk", "gb": "gbk", "gb2312-80": "gbk", "chinese": "gbk", "cn-gb": "gbk"}
# Codecs that are not charsets of mail, or take quadratic time.
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_MULTIBYTE = {"gb18030", "big5hkscs", "cp932", "cp949", "hz", "euc_jp"}
# UTF-8 of Chinese text: three bytes a letter. Text in GBK practically never looks like this.
_CHINESE_UTF8 = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


def codec_of(declared: str | None) -> str | None:
    """Python's name of the charset to use for a declared one; None if it names none."""
    name = (declared or "").strip().strip("\"'").lower().replace(" ", "")
    try:
        info = codecs.lookup(_NICKNAMES.get(name, name))
    except (LookupError, ValueError):
        return None
    known = info.name.replace("-", "_") if info.name.startswith(("unicode", "raw")) else info.name
    if known in _REFUSED or not getattr(info, "_is_text_encoding", True):
        return None
    return _SUPERSETS.get(known, known)


def decode(content: bytes, declared: str | None = None) -> str:
    """Text of the bytes; never raises. What no charset explains becomes U+FFFD."""
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return content.decode(codec, "replace")
    for codec in _candidates(content, codec_of(declared)):
        try:
            return content.decode(codec)
        except (UnicodeError, ValueError):
            continue
    return content.decode(codec_of(declared) or "utf-8", "replace")


def _candidates(content: bytes, declared: str | None) -> list[str]:
    if content.isascii() and declared not in ("hz", "utf-7", "iso2022_jp", "utf-16", "utf-32"):
        return ["ascii"]
    guesses = ["utf-8", "gb18030", "big5hkscs"]
    if declared is None or declared == "utf-8":
        return guesses
    if declared in _MULTIBYTE and _CHINESE_UTF8.search(content):
        return ["utf-8", declared, *guesses]
    # Latin-1 explains any bytes: believe it only of text that is no valid UTF-8.
    if declared in ("cp1252", "iso8859-15"):
        return ["utf-8", *(["gb18030"] if _is_mostly_double(content) else []), declared]
    return [declared, *guesses]


def _is_mostly_double(content: bytes) -> bool:
    """High bytes that come in pairs, as in GBK, rather than alone, as accents do."""
    runs = re.findall(rb"[\x80-\xff]+", content)
    paired = sum(len(run) for run in runs if len(run) % 2 == 0)
    return paired * 5 > sum(map(len, runs)) * 4
