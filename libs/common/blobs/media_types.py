"""What a file is, judged by its first bytes; its name only chooses among kindred types."""

import codecs
import re

from libs.common.errors import Unsupported

SNIFF_BYTES = 8_192

# All that a browser may show in place: no type here can run a script.
INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_BY_CONTAINER = {
    "application/zip": {
        "docx": f"{_OFFICE}.wordprocessingml.document",
        "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
        "pptx": f"{_OFFICE}.presentationml.presentation",
        "odt": f"{_OPEN}.text",
        "ods": f"{_OPEN}.spreadsheet",
        "odp": f"{_OPEN}.presentation",
        "apk": "application/vnd.android.package-archive",
        "jar": "application/java-archive",
    },
    "application/x-ole-storage": {
        "doc": "application/msword",
        "xls": "application/vnd.ms-excel",
        "ppt": "application/vnd.ms-powerpoint",
        "msg": "application/vnd.ms-outlook",
        "msi": "application/x-msi",
    },
    "text/plain": {
        "csv": "text/csv",
        "css": "text/css",
        "eml": "message/rfc822",
        "htm": "text/html",
        "html": "text/html",
        "ics": "text/calendar",
        "js": "text/javascript",
        "json": "application/json",
        "md": "text/markdown",
        "svg": "image/svg+xml",
        "vcf": "text/vcard",
        "xml": "application/xml",
    },
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PRINTABLE_FORMATS = {"application/pdf", "application/rtf", "application/postscript"}
_EXECUTABLE = {
    "application/x-msdownload",
    "application/x-executable",
    "application/wasm",
    "application/x-mach-binary",
    "application/java-vm",
    "application/x-msi",
    "text/x-script",
}
_MAGIC = {
    b"\xca\xfe\xba\xbe": "application/java-vm",  # also the fat binaries of macOS
    b"\xfe\xed\xfa\xce": "application/x-mach-binary",
    b"\xfe\xed\xfa\xcf": "application/x-mach-binary",
    b"\xce\xfa\xed\xfe": "application/x-mach-binary",
    b"\xcf\xfa\xed\xfe": "application/x-mach-binary",
}
_HONEST_NAMES = re.compile(
    r"(exe|dll|scr|com|sys|msi|elf|bin|so|o|out|run|appimage|wasm|class|dylib|"
    r"sh|bash|zsh|py|pl|rb|js|bat|cmd|ps1|txt|log|)"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HTML = re.compile(r"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|script)\b", re.I | re.S)
_SVG = re.compile(r"<svg\b", re.I)


def sniff_media_type(first_bytes: bytes, name: str) -> str:
    """The media type of a file that begins with `first_bytes` (SNIFF_BYTES of them are enough).

    Never an image, page or document that the bytes are not. Raises Unsupported when a program
    carries another thing's name (`photo.jpg`); a program under its own name is told as such.
    """
    head, extension = first_bytes[:SNIFF_BYTES], _extension(name)
    found = _by_content(head)
    media_type = _BY_CONTAINER.get(found, {}).get(extension, found)
    if media_type in _EXECUTABLE and not _HONEST_NAMES.fullmatch(extension):
        raise Unsupported("attachment.disguised", f"{name} is a program", {"field": "name"})
    return "text/plain" if media_type == "text/x-script" else media_type


def _by_content(head: bytes) -> str:
    import filetype  # only where files come in

    text = _as_text(head)
    kind = filetype.guess_mime(head) if head else None
    # "BMW …" begins like a bitmap and "MZ" like a program: those formats are never printable.
    if text is not None and kind not in _PRINTABLE_FORMATS:
        return _text_type(text)
    if head.startswith(_OLE) and kind is None:
        return "application/x-ole-storage"
    return kind or _MAGIC.get(head[:4], "application/octet-stream")


def _text_type(text: str) -> str:
    if text.startswith("#!"):
        return "text/x-script"
    if _HTML.match(text):
        return "text/html"
    return "image/svg+xml" if _SVG.search(text) else "text/plain"


def _as_text(head: bytes) -> str | None:
    """The text that the bytes are, in UTF-8 or GB18030 and possibly cut inside a letter."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


def _extension(name: str) -> str:
    # Windows drops trailing dots and blanks: "a.exe. " runs as a.exe there.
    stem, dot, extension = name.strip(". ").rpartition(".")
    return extension.lower() if dot and stem else ""
