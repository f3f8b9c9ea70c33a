"""What a stage of a ticket's life asks for: filled fields, files, a closing summary."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.ticketing.domain.templates.fields import Wording

STAGES = ("create", "solve", "close")
CREATE, SOLVE, CLOSE = STAGES

FILE_KINDS = ("photo", "document", "video")

# The closing summary: fields that every template has by these keys once a stage asks for them.
SUMMARY: Mapping[str, Wording] = {
    "cause": {"zh": "原因", "en": "Cause"},
    "measure": {"zh": "措施", "en": "Measure"},
    "prevention": {"zh": "预防", "en": "Prevention"},
}


@dataclass(frozen=True)
class Requirement:
    """`attachments`: how many files of a kind the ticket must have by then, wherever they stand."""

    fields: tuple[str, ...] = ()
    attachments: tuple[tuple[str, int], ...] = ()
    summary: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form that is stored."""
        return {
            "fields": list(self.fields),
            "attachments": [{"kind": kind, "count": count} for kind, count in self.attachments],
            "summary": list(self.summary),
        }


def file_kind(media_type: str) -> str:
    """The kind of a file: whatever is neither picture nor film is a document."""
    return {"image": "photo", "video": "video"}.get(media_type.partition("/")[0], "document")


def files_of_kind(kind: str, media_types: Iterable[str]) -> int:
    """How many of the files are of this kind."""
    return sum(1 for one in media_types if file_kind(one) == kind)
